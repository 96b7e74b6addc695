"""What keeps patients private: keyed hashes in place of identifiers, ages in place of birth dates, and sealed bytes.

The key is one file of the warehouse's owner (mode 600). Whoever has the warehouse but not the key can neither open what was set aside
nor test guesses of an identifier. What does not belong here: which columns are private (x12.tables) and storing (land).
"""

from __future__ import annotations

import hashlib
import os
import secrets
import zlib
from pathlib import Path

import duckdb
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from pipelines.errors import MidpointError
from pipelines.settings import Settings

OLDEST_AGE = 90  # ages above are shown as 90: safe-harbor de-identification (RULES.md section 10)
KEY_BYTES = 32
_NONCE_BYTES = 12


class Key:
    """The owner's key, with derived keys for hashes and seals."""

    def __init__(self, secret: bytes) -> None:
        self.hash_key = hashlib.blake2b(secret, person=b"midpoint-hash", digest_size=16).hexdigest()
        self._seal = AESGCM(hashlib.blake2b(secret, person=b"midpoint-seal", digest_size=32).digest())
        self.fingerprint = hashlib.blake2b(secret, person=b"midpoint-print", digest_size=16).hexdigest()

    def seal(self, content: bytes) -> bytes:
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return nonce + self._seal.encrypt(nonce, zlib.compress(content, 6), None)

    def open(self, sealed: bytes) -> bytes:
        """The bytes that were sealed. Raises MidpointError where they were sealed with another key."""
        try:
            return zlib.decompress(self._seal.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], None))
        except InvalidTag as error:
            raise MidpointError(
                "the bytes set aside were sealed with another key file; give the one that the warehouse was made with"
            ) from error


def owner_key(con: duckdb.DuckDBPyConnection, settings: Settings) -> Key:
    """The key of this warehouse; made on first use. Raises MidpointError where the key file is lost, unreadable or another warehouse's."""
    path = settings.key_file
    con.execute("create table if not exists raw.owner_key (fingerprint VARCHAR NOT NULL)")
    known = [row[0] for row in con.execute("select fingerprint from raw.owner_key").fetchall()]
    try:
        if not path.exists() and not known:
            path.parent.mkdir(parents=True, exist_ok=True)
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                file.write(secrets.token_hex(KEY_BYTES) + "\n")
        secret = bytes.fromhex(path.read_text().strip())
        if len(secret) != KEY_BYTES:
            raise ValueError(f"it holds {len(secret)} bytes where {KEY_BYTES} are due")
        path.chmod(0o600)  # a copy or a restore may have opened it to others
        key = Key(secret)
    except FileNotFoundError as error:
        raise MidpointError(f"{path}: the key of this warehouse is missing; restore it, or start a new warehouse from the inbox") from error
    except (OSError, ValueError) as error:
        raise MidpointError(
            f"{path}: the key file cannot be read ({error}); restore it, or start a new warehouse from the inbox"
        ) from error
    if known and key.fingerprint not in known:
        raise MidpointError(f"{path}: this is the key of another warehouse; give the right one with key_file in midpoint.toml")
    if not known:
        con.execute("insert into raw.owner_key values (?)", [key.fingerprint])
    return key


def hashed(kind: str, expression: str) -> str:
    """SQL for a 60-bit keyed hash of an identifier, blanks around it and case apart; null for null and blanks.

    Wants parameter $hash_key. With its 128 bits most identifiers fit one block of SHA-256, on which the speed of landing depends;
    a hash cut to 60 bits cannot be extended, so the key need not stand behind the text as well.
    """
    plain = f"nullif(upper(trim({expression})), '')"
    return f"cast('0x' || left(sha256($hash_key || '{kind}:' || {plain}), 15) as BIGINT)"


_BIRTH = (
    "case when length(birth_date) >= 8 then"
    " try_cast(left(birth_date, 4) || '-' || substr(birth_date, 5, 2) || '-' || substr(birth_date, 7, 2) as DATE) end"
)
_OWN_MEMBER = "coalesce(patient_member_id, member_id)"
_PATIENT, _SUBSCRIBER = hashed("member", "patient_member_id"), hashed("member", "member_id")

# SQL for each stored column that stands in place of private ones (schema.STORED_PRIVATE), over the reader's table.
REPLACEMENTS = {
    ("claim", "member_key"): hashed("member", "member_id"),
    ("claim", "member_birth_key"): hashed("member+birth", f"{_OWN_MEMBER} || '/' || birth_date"),
    ("claim", "mrn_key"): hashed("mrn", "medical_record_number"),
    ("claim", "patient_age"): f"case when from_date >= {_BIRTH} then least(date_sub('year', {_BIRTH}, from_date), {OLDEST_AGE}) end",
    ("claim_payer", "member_key"): hashed("member", "member_id"),
    ("remit", "patient_member_key"): f"coalesce({_PATIENT}, {_SUBSCRIBER})",  # of each hash DuckDB makes one, though two columns name it
    ("remit", "member_key"): f"coalesce({_SUBSCRIBER}, {_PATIENT})",
    ("remit", "corrected_member_key"): hashed("member", "corrected_member_id"),
    ("remit", "mrn_key"): hashed("mrn", "medical_record_number"),
}


def save_quarantine(con: duckdb.DuckDBPyConnection, settings: Settings, folder: Path) -> list[Path]:
    """Open what was set aside and write each piece into ``folder`` (mode 600), as quarantine-<key>.x12; gives the paths."""
    key = owner_key(con, settings)
    folder.mkdir(parents=True, exist_ok=True)
    paths: list[Path] = []
    for (number,) in con.execute("select quarantine_key from raw.quarantine order by quarantine_key").fetchall():
        path = folder / f"quarantine-{number}.x12"
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            parts = con.execute(
                "select part_number from raw.quarantine_bytes where quarantine_key = ? order by part_number", [number]
            ).fetchall()
            for (part,) in parts:
                found = con.execute(
                    "select sealed_bytes from raw.quarantine_bytes where quarantine_key = ? and part_number = ?", [number, part]
                ).fetchall()
                file.write(key.open(found[0][0]))
        paths.append(path)
    return paths
