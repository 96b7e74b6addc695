"""The definitions of denial: the header of each file of sql/definitions becomes a Definition, its query a part of audit.denial_unit.

What does not belong here: what a definition counts (its SQL), the marts made of it (sql/mart) and tables of rates (rates).

A query gives every unit of the denominator once, with COLUMNS: what it is (claim_key, line_number, remit_key, as far as the unit has them),
the three dates that can place it in a month, whom and what it belongs to, its charge, and is_denied, with its reason and remark code.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import duckdb
import yaml

from pipelines.errors import MidpointError
from pipelines.warehouse import SQL, transaction

DEFINITIONS = SQL / "definitions"

# In the order of the bridge: from the widest count of lines to the remittances; the HFMA pair counts the same claims.
PLACES = {"line_any": 1, "default": 2, "hfma_volume": 3, "hfma_dollars": 3, "primary_zero_pay": 4}
BASES = ("service", "submission", "remit")
MEASURES = ("count", "amount")

COLUMNS = (
    "claim_key",
    "line_number",
    "remit_key",
    "service_date",
    "submission_date",
    "remit_date",
    "payer_id",
    "billing_npi",
    "clinician_npi",
    "code_family",
    "is_facility",
    "charge_amount",
    "is_denied",
    "reason_code",
    "remark_code",
)

# Steps of the bridge (sql/mart/denial_bridge.sql): place from which it leads to the next, its code there, the reason walking up, and down.
STEPS = (
    (1, "no_charge", "lines charged 0.01 or less, which cannot be denied, left out", "lines charged 0.01 or less counted too"),
    (1, "duplicate_only", "lines with duplicate denials (18) only left out", "lines with duplicate denials (18) only counted too"),
    (
        1,
        "later_denial",
        "only initial adjudications: denial reason at a later one only",
        "any adjudication: denial reason at a later one only",
    ),
    (
        1,
        "line_paid_in_part",
        "line paid in part, with a denial reason: not denied",
        "line paid in part, with a denial reason: counts as denied",
    ),
    (2, "dated_by_claim", "dated by the claim instead of the line", "dated by the line instead of the claim"),
    (2, "lines_grouped", "lines grouped into claims, denied when one line is", "claims split into their lines"),
    (
        2,
        "whole_charge",
        "the claim's whole charge instead of its counted or denied lines",
        "charges of the lines instead of the whole claim",
    ),
    (2, "not_answered", "claims submitted and not answered yet", "claims not answered yet left out"),
    (2, "no_counted_line", "claims answered as duplicates, or in uncharged lines, only", "claims without a counted line left out"),
    (3, "no_remit", "claims not answered yet left out", "claims submitted and not answered yet"),
    (
        3,
        "later_payer",
        "secondary payers: claims sent to a second or later payer only left out",
        "claims sent to a second or later payer only",
    ),
    (3, "no_primary_remit", "claims answered as duplicates only left out", "claims answered as duplicates only"),
    (3, "dated_by_remit", "dated by the remittance instead of the claim", "dated by the claim instead of the remittance"),
    (3, "payer_charge", "charge as the remittance states it", "charge as the claim states it"),
    (
        3,
        "claim_paid_in_part",
        "claim denied in part: its first remittance paid something",
        "claims denied in part, though something was paid",
    ),
    (3, "zero_without_denial", "zero pay without a denied line: patient share, capitation", "zero pay without a denied line is no denial"),
    (3, "further_remits", "further remittances of the same claim", "only the first remittance of a claim"),
    (3, "other_claim", "remittances of voided claims and of further copies", "remittances of voided claims and of further copies left out"),
    (3, "no_claim", "remittances linked to no claim", "remittances linked to no claim left out"),
    (3, "before_window", "posted before the last 28 days of the month: left out", "posted before the last 28 days of the month"),
)

_TEXTS = ("name", "title", "wording", "source", "unit", "measure", "numerator", "denominator", "left_out", "date", *BASES)
_KEYS = frozenset((*_TEXTS, "denominator_months"))


@dataclass(frozen=True)
class Definition:
    """One definition of the denial rate: its header, and its query."""

    name: str
    title: str
    wording: str
    source: str
    unit: str  # what is counted, in the singular
    measure: str  # of which the rate is made: count | amount
    denominator_months: int  # 0: the same months; 3: for each month the mean of the three before it
    numerator: str
    denominator: str
    left_out: str  # what, and why
    date: str  # the basis that it is usually read by: service | submission | remit
    service: str  # what that date is
    submission: str
    remit: str
    sql: str

    @property
    def query(self) -> str:
        """The SQL without the header."""
        return self.sql.split("--- */\n", 1)[1]


def load_definitions() -> list[Definition]:
    """All definitions, in the order of the bridge. Raises MidpointError on a header that is missing, incomplete or wrong."""
    found = {path.stem: _read(path) for path in DEFINITIONS.glob("*.sql")}
    if set(found) != set(PLACES):
        raise MidpointError(f"sql/definitions: there must be {', '.join(PLACES)}, and there are {', '.join(sorted(found))}")
    return [found[name] for name in PLACES]


def _read(path: Path) -> Definition:
    where, sql = f"sql/definitions/{path.name}", path.read_text(encoding="utf-8")
    match = re.match(r"/\* ---\n(.*?)\n--- \*/\n", sql, re.DOTALL)
    try:
        header = yaml.safe_load(match[1]) if match else None
    except yaml.YAMLError as error:
        raise MidpointError(f"{where}: the header is no YAML: {' '.join(str(error).split())}") from error
    if not isinstance(header, dict):
        raise MidpointError(f"{where}: no header; begin the file with /* --- , YAML, and --- */")
    values = cast("dict[str, Any]", header)
    if differing := sorted(_KEYS ^ set(values)):
        raise MidpointError(f"{where}: the header lacks, or has beside what it should, {', '.join(differing)}")
    texts = {key: " ".join(str(values[key]).split()) for key in _TEXTS}
    months = values["denominator_months"]
    for key, words in (("name", (path.stem,)), ("measure", MEASURES), ("date", BASES)):
        if texts[key] not in words:
            raise MidpointError(f"{where}: {key} {texts[key]!r} is none of {', '.join(words)}")
    if not isinstance(months, int) or months < 0:
        raise MidpointError(f"{where}: denominator_months must be a whole number, not {months!r}")
    return Definition(**texts, denominator_months=months, sql=sql)


def build_units(con: duckdb.DuckDBPyConnection) -> None:
    """Make audit.denial_unit (a view: every definition's units), audit.denial_definition and audit.denial_step of the catalogue.

    Raises MidpointError naming the definition whose query fails or gives other columns than COLUMNS.
    """
    definitions = load_definitions()
    for definition in definitions:
        try:
            given = con.execute(f"select * from ({definition.query}) limit 0").description or []
        except duckdb.Error as error:
            raise MidpointError(f"definition {definition.name}: {str(error).splitlines()[0]}") from error
        if tuple(column[0] for column in given) != COLUMNS:
            raise MidpointError(f"definition {definition.name}: its query must give {', '.join(COLUMNS)}")
    parts = [f"select '{d.name}' as definition, {', '.join(COLUMNS)} from (\n{d.query}\n)" for d in definitions]
    with transaction(con):
        con.execute("create or replace view audit.denial_unit as\n" + "\nunion all\n".join(parts))
        con.execute(
            "create or replace table audit.denial_definition (definition VARCHAR, bridge_place INTEGER, title VARCHAR, wording VARCHAR,"
            " source VARCHAR, unit VARCHAR, measure VARCHAR, denominator_months INTEGER, numerator VARCHAR, denominator VARCHAR,"
            " left_out VARCHAR, date_basis VARCHAR, service VARCHAR, submission VARCHAR, remit VARCHAR, query_hash VARCHAR)"
        )
        for d in definitions:
            texts = (d.title, d.wording, d.source, d.unit, d.measure, d.denominator_months, d.numerator, d.denominator, d.left_out, d.date)
            digest = hashlib.sha256(d.sql.encode()).hexdigest()
            con.execute(
                f"insert into audit.denial_definition values ({', '.join('?' * 16)})",
                [d.name, PLACES[d.name], *texts, d.service, d.submission, d.remit, digest],
            )
        con.execute(
            "create or replace table audit.denial_step"
            " (bridge_place INTEGER, step_number INTEGER, step VARCHAR, reason_up VARCHAR, reason_down VARCHAR)"
        )
        con.executemany("insert into audit.denial_step values (?, ?, ?, ?, ?)", [(s[0], n, *s[1:]) for n, s in enumerate(STEPS, 1)])
