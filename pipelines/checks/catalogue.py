"""The check catalogue: the YAML header of each file of sql/checks becomes a Check; everything shown about a check comes from here.

What does not belong here: running a check (runner) and the rules themselves (the SQL).
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, cast

import yaml

from pipelines.errors import MidpointError
from pipelines.warehouse import SQL

CHECKS = SQL / "checks"
FAMILIES = ("time", "conflict", "wellness", "setting", "content", "pattern", "hospice", "palliative", "denial")
DIRECTIONS = ("over", "under", "denial", "info")
PROOFS = ("claim", "suggests", "chart")
SEVERITIES = ("high", "medium", "low")
NEEDS = (  # and documentation.<column>
    "claims", "remits", "documentation", "minutes", "time_separation", "author", "taxonomies", "peers", "hospice", "care_units",
)  # fmt: skip

_TEXTS = (
    "id", "title", "family", "direction", "proof", "severity", "counts", "amount", "authority", "false_positives", "fix", "teach",
)  # fmt: skip
_KEYS = frozenset((*_TEXTS, "needs", "valid_from", "valid_to", "beyond_billed"))
_FILE_NAME = re.compile(r"(?P<id>[A-Z]{3}-\d\d)_(?P<slug>[a-z][a-z0-9_]*)\.sql")
_NEED = re.compile(r"documentation\.[a-z_]+")


@dataclass(frozen=True)
class Check:
    """One rule: its header, and its query, which gives every eligible row with is_violation and dollars (see runner)."""

    id: str
    slug: str  # of the file name
    title: str
    family: str
    direction: str
    proof: str
    severity: str
    needs: tuple[str, ...]
    counts: str  # what is eligible: the denominator
    amount: str  # how its dollars are made
    beyond_billed: str | None  # why its dollars are not those of a billed line, and so not held against what was billed; usually none
    authority: str
    valid_from: date  # first day of service that is eligible
    valid_to: date | None  # last one
    false_positives: str  # known ones: when a finding is no error
    fix: str  # what to do about a finding
    teach: str  # what to tell the provider
    path: Path
    sql: str

    @property
    def query_hash(self) -> str:
        """sha256 of the file, header and query."""
        return hashlib.sha256(self.sql.encode()).hexdigest()

    @property
    def query(self) -> str:
        """The SQL without the header."""
        return self.sql.split("--- */\n", 1)[1]


def load_catalogue() -> list[Check]:
    """All checks, by id. Raises MidpointError on a header that is missing, incomplete or wrong, or an id used twice."""
    checks: dict[str, Check] = {}
    for path in sorted(CHECKS.glob("*/*.sql"), key=lambda p: p.name):
        check = read_check(path)
        if check.id in checks:
            raise MidpointError(f"{_where(path)}: id {check.id} is used by {_where(checks[check.id].path)} too; give it another")
        checks[check.id] = check
    return list(checks.values())


def read_check(path: Path) -> Check:
    """One check from its file. Raises MidpointError that names the file and what is wrong with the header."""
    sql = path.read_text(encoding="utf-8")
    named = _FILE_NAME.fullmatch(path.name)
    if named is None:
        raise MidpointError(f"{_where(path)}: the name must be <id>_<slug>.sql, as ACP-20_critical_care_same_npi.sql")
    header = _header(path, sql)
    wrong = _first_fault(header, named["id"], path.parent.name)
    if wrong:
        raise MidpointError(f"{_where(path)}: {wrong}")
    texts = {key: " ".join(str(header[key]).split()) for key in _TEXTS}
    return Check(
        **texts,
        slug=named["slug"],
        beyond_billed=" ".join(str(header["beyond_billed"]).split()) if header.get("beyond_billed") else None,
        needs=tuple(header["needs"]),
        valid_from=header["valid_from"],
        valid_to=header.get("valid_to"),
        path=path,
        sql=sql,
    )


def _header(path: Path, sql: str) -> dict[str, Any]:
    found = re.match(r"\s*/\* ---\n(.*?)\n--- \*/", sql, re.DOTALL)
    if found is None:
        raise MidpointError(f"{_where(path)}: no header; begin the file with /* --- , YAML, and --- */")
    try:
        header = yaml.safe_load(found[1])
    except yaml.YAMLError as error:
        raise MidpointError(f"{_where(path)}: the header is no YAML: {' '.join(str(error).split())}") from error
    if not isinstance(header, dict):
        raise MidpointError(f"{_where(path)}: the header must be YAML keys and values")
    return cast("dict[str, Any]", header)


def _first_fault(header: dict[str, Any], file_id: str, folder: str) -> str | None:
    """What is wrong with the header, the first thing found; None when it is sound."""
    missing = [key for key in (*_TEXTS, "needs", "valid_from") if not header.get(key)]
    if missing:
        return f"the header lacks {', '.join(missing)}"
    unknown = sorted(set(header) - _KEYS)
    if unknown:
        return f"the header has unknown keys: {', '.join(unknown)}"
    if header["id"] != file_id:
        return f"the header's id {header['id']} is not the file name's {file_id}"
    if header["family"] != folder:
        return f"family {header['family']} is not the folder's {folder}"
    for key, words in (("family", FAMILIES), ("direction", DIRECTIONS), ("proof", PROOFS), ("severity", SEVERITIES)):
        if header[key] not in words:
            return f"{key} {header[key]!r} is none of {', '.join(words)}"
    if not isinstance(header["needs"], list):
        return "needs must be a list, as [claims, documentation]"
    strange = [str(n) for n in cast("list[Any]", header["needs"]) if n not in NEEDS and not _NEED.fullmatch(str(n))]
    if strange:
        return f"needs {', '.join(strange)} is none of {', '.join(NEEDS)} or documentation.<column>"
    if any(header.get(key) is not None and not isinstance(header[key], date) for key in ("valid_from", "valid_to")):
        return "valid_from and valid_to must be dates, as 2016-01-01"
    return None


def _where(path: Path) -> str:
    return f"sql/checks/{path.parent.name}/{path.name}"
