"""The raw tables as DuckDB stores them: the reader's tables with private columns replaced, and the landing's own ledger tables.

What does not belong here: reading (x12, documentation) and writing (land).
"""

from __future__ import annotations

import duckdb

from pipelines.x12.tables import TABLES, Table

DUCKDB_TYPES = {
    "text": "VARCHAR",
    "amount": "DECIMAL(18,2)",
    "units": "DECIMAL(18,4)",
    "date": "DATE",
    "count": "INTEGER",
    "big": "BIGINT",
    "flag": "BOOLEAN",
}

# Segments counted on the ledger: segments in the file = landed + set aside, always. sv counts SV1 and SV2.
COUNTED = ("clm", "lx", "sv", "clp", "svc", "cas", "plb")

# What the bytes say in dollars (the names of pipelines.x12.amounts), over a whole file and over each piece set aside: landed rows + pieces
# set aside = file, always. unreadable_count: amounts that could not be read and so are in no sum. Null in files landed before there were
# such sums.
SUMMED = (
    "claim_charge_amount", "line_charge_amount", "payment_amount", "claim_paid_amount", "line_paid_amount", "provider_adjustment_amount",
)  # fmt: skip

# Private columns of the reader become keyed hashes (BIGINT; see pipelines/landing/privacy.py), an age and sealed text; nothing else of
# them is stored.
STORED_PRIVATE = {
    "claim": (
        ("member_key", "BIGINT"),  # subscriber's member id
        ("member_birth_key", "BIGINT"),  # patient's member id + birth date: the patient identity where no MRN is given
        ("mrn_key", "BIGINT"),  # REF*EA
        ("patient_age", "INTEGER"),  # whole years on from_date, capped at 90
    ),
    "claim_note": (("sealed_note", "BLOB"),),  # free text may name anybody, so it is sealed like bytes set aside
    "claim_payer": (("member_key", "BIGINT"),),
    "remit": (
        ("patient_member_key", "BIGINT"),  # NM1*QC, else the subscriber's
        ("member_key", "BIGINT"),  # NM1*IL, else the patient's
        ("corrected_member_key", "BIGINT"),  # NM1*74
        ("mrn_key", "BIGINT"),  # REF*EA
    ),
}

_COUNTS = ",\n  ".join(f"landed_{c} BIGINT NOT NULL DEFAULT 0, aside_{c} BIGINT NOT NULL DEFAULT 0" for c in COUNTED)
_SUMS = "".join(
    f"alter table raw.{table} add column if not exists {column};\n"
    for table in ("file", "quarantine")
    for column in (*(f"{name} DECIMAL(18,2)" for name in SUMMED), "unreadable_count BIGINT")
)

LEDGER = f"""
create table if not exists raw.file (
  file_key INTEGER PRIMARY KEY, path VARCHAR NOT NULL, sha256 VARCHAR NOT NULL, bytes BIGINT NOT NULL,
  kind VARCHAR NOT NULL,              -- 837P, 837I, 835, several joined by +, documentation, or unknown
  version VARCHAR,                    -- GS08 of its transaction sets, several joined by +
  status VARCHAR NOT NULL CHECK (status in ('accepted', 'partial', 'quarantined', 'duplicate')),
  reason VARCHAR,                     -- why it is not accepted
  duplicate_of_file_key INTEGER,
  received_at TIMESTAMP NOT NULL,     -- when it was landed; never used in a model
  interchange_count INTEGER NOT NULL, transaction_set_count INTEGER NOT NULL,
  row_count BIGINT NOT NULL,          -- documentation rows landed
  warnings VARCHAR,                   -- joined by '; '
  {_COUNTS}
);
create table if not exists raw.quarantine (
  quarantine_key INTEGER PRIMARY KEY, file_key INTEGER NOT NULL,
  unit VARCHAR NOT NULL CHECK (unit in ('file', 'transaction_set', 'row')),
  transaction_set INTEGER, control_number VARCHAR, version_code VARCHAR,
  reason_code VARCHAR NOT NULL, message VARCHAR NOT NULL,
  segment_number INTEGER, row_number INTEGER, byte_offset BIGINT, byte_count BIGINT
);
-- The bytes set aside, compressed and sealed with the owner's key, since they hold names: `midpoint quarantine` opens them.
create table if not exists raw.quarantine_bytes (
  quarantine_key INTEGER NOT NULL, part_number INTEGER NOT NULL, sealed_bytes BLOB NOT NULL
);
-- Free text (sealed_*) may name anybody; whether it is there at all can be seen.
create table if not exists raw.acp_documentation (
  file_key INTEGER NOT NULL, row_number INTEGER NOT NULL,  -- line of the CSV (header is 1) or ordinal of the Parquet row
  documentation_id VARCHAR NOT NULL, service_date DATE NOT NULL, rendering_npi VARCHAR NOT NULL,
  patient_control_number VARCHAR, mrn_key BIGINT,
  acp_minutes INTEGER, acp_start_time TIME, acp_stop_time TIME, session_seq INTEGER,
  modality VARCHAR, sealed_audio_reason BLOB, unit VARCHAR, participants VARCHAR, patient_present VARCHAR,
  sealed_absence_reason BLOB, voluntary VARCHAR, topics VARCHAR, documents VARCHAR, sealed_decisions BLOB,
  is_dnr_elected BOOLEAN,              -- what the decisions say of it, read before they are sealed; null where they are empty
  status_change VARCHAR, time_separate VARCHAR,
  em_minutes INTEGER, encounter_minutes INTEGER, author_npi VARCHAR, author_credential VARCHAR, payer_id VARCHAR, pos VARCHAR,
  has_note_text BOOLEAN NOT NULL,
  from_note VARCHAR  -- fields that the note reader filled, joined by ;
);
alter table raw.acp_documentation add column if not exists from_note VARCHAR;  -- of warehouses made before there was a note reader
-- Which columns each documentation file had: an absent column is not an empty value. What notes fill counts as had.
create table if not exists raw.documentation_column (file_key INTEGER NOT NULL, column_name VARCHAR NOT NULL);
{_SUMS}"""


def stored_columns(table: Table) -> list[tuple[str, str]]:
    """(column, DuckDB type) of a reader's table as it is stored."""
    public = [(c, DUCKDB_TYPES[k]) for c, k in table.columns if k != "private"]
    return public + list(STORED_PRIVATE.get(table.name, ()))


# How text is stored is named, since DuckDB else tries every way on every column, which took a fifth of the time of landing.
# Identifiers that nearly every row has another of are stored plainly: no dictionary makes them smaller.
_DISTINCT = {
    "patient_control_number", "payer_claim_control_number", "line_control_number", "original_reference_number", "referral_number",
    "prior_authorization_number", "clearinghouse_number",
}  # fmt: skip


def _definition(column: str, kind: str) -> str:
    compression = "uncompressed" if column in _DISTINCT else "dict_fsst"
    return f'"{column}" {kind}' + (f" using compression {compression}" if kind == "VARCHAR" else "")


def create_raw_tables(con: duckdb.DuckDBPyConnection) -> None:
    """Create schema raw and its tables where they do not exist."""
    con.execute("create schema if not exists raw")
    con.execute(LEDGER)
    for table in TABLES:
        columns = ", ".join(_definition(c, t) for c, t in stored_columns(table))
        con.execute(f"create table if not exists raw.{table.name} ({columns})")
