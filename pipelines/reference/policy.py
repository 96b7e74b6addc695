"""Payer policies (payer_policy.csv): their names, what a row may say, and which row applies to a payer on a day, and why.

What does not belong here: how a policy is applied to claims (sql/core/payer_policy.sql, which explain() runs too).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from pipelines.errors import MidpointError
from pipelines.reference.rows import Row, check_reference, read_rows
from pipelines.settings import Settings
from pipelines.warehouse import connect, load_reference, models, reference_files, run_model, set_parameters

FILE = "payer_policy.csv"
_FLAGS = (
    "is_acp_covered",
    "is_in_person_covered",
    "is_video_covered",
    "is_audio_covered",
    "is_audio_home_only",
    "is_icu_allowed",
    "is_gv_regardless",
)
_LESS = "less specific"
_CODE_IN_PLACE = re.compile(r"[A-V]\d{4}")  # HCPCS level II: no CPT code can stand for another one


@dataclass(frozen=True)
class Explanation:
    """Which row applies to a payer on a day. ``rule`` is None where none does; ``others`` says of each other row why it does not."""

    policy: str
    payer_id: str | None
    line_of_business: str | None
    day: date
    path: Path
    rule: Row | None
    why: str
    others: tuple[tuple[Row, str], ...]


def policy_rows(own: Path | None) -> tuple[Path, list[Row]]:
    """The policy file that applies and its rows. Raises MidpointError that names the line with a value that does not fit."""
    path = next(path for path in reference_files(own) if path.name == FILE)
    _, rows = read_rows(path)
    for row in rows:
        fault = _fault(row)
        if fault:
            raise MidpointError(f"{path}, line {row.line}: {fault}")
    return path, rows


def _fault(row: Row) -> str | None:
    missing = [column for column in ("policy", "payer_id", "filing_indicator_code", *_FLAGS) if column not in row.values]
    if missing:
        return f"column {', '.join(missing)} is missing"
    if not row.values["policy"]:
        return "no policy; give the name by which --policy picks the row"
    if row.valid_from is None:
        return "no valid_from; give the first day of the rule"
    for column in _FLAGS:
        if row.values[column].lower() not in ("true", "false"):
            return f"{column} {row.values[column]!r} is neither true nor false"
    days = row.values.get("timely_filing_days", "")
    if days and not days.isdecimal():
        return f"timely_filing_days {days!r} is no whole number"
    code = row.values.get("acp_code_in_place", "")
    if code and not _CODE_IN_PLACE.fullmatch(code):
        return f"acp_code_in_place {code!r} is no HCPCS code like S0257"
    return None


def check_policy(settings: Settings) -> None:
    """Raises MidpointError where the settings' policy has no rows, or reference data are wrong or overlap (see rows.check_reference)."""
    path, rows = policy_rows(settings.reference)
    names = list(dict.fromkeys(row.values["policy"] for row in rows))
    if settings.policy not in names:
        raise MidpointError(f"policy {settings.policy!r} is not known; {path} has {', '.join(names)}")
    check_reference(settings.reference)


def explain(settings: Settings, payer_id: str | None, line_of_business: str | None, day: date) -> Explanation:
    """Which row of the settings' policy applies to the payer (None: one without a row of its own) on the day, as the models judge it.

    line_of_business: claim filing indicator (SBR09) as MB, MC, CI; None: rows for one are passed over.
    Raises MidpointError as check_policy does.
    """
    check_policy(settings)
    path, rows = policy_rows(settings.reference)
    ours = [row for row in rows if row.values["policy"] == settings.policy]
    applying = _applying(settings, payer_id, line_of_business, day)
    rule = next((row for row in ours if applying == (*_scope(row), row.valid_from)), None)
    others = tuple((row, _why_not(row, payer_id, line_of_business, day)) for row in ours if row is not rule)
    beaten = [row for row, reason in others if reason == _LESS]
    return Explanation(settings.policy, payer_id, line_of_business, day, path, rule, _why(rule, beaten, payer_id, line_of_business), others)


def _why(rule: Row | None, beaten: list[Row], payer_id: str | None, line_of_business: str | None) -> str:
    if rule is None:
        return "no row of the policy is valid on that day; checks that ask the policy pass over such lines"
    if beaten:
        return f"{_whom(rule)} is more specific than line {', '.join(str(row.line) for row in beaten)}"
    own = [f"payer {payer_id}"] if payer_id and not rule.values["payer_id"] else []
    own += [f"line of business {line_of_business}"] if line_of_business and not rule.values["filing_indicator_code"] else []
    absent = f"no row for {' or '.join(own)} is valid on that day, so " if own else ""
    return f"{absent}{_whom(rule)} applies"


def _applying(settings: Settings, payer_id: str | None, line_of_business: str | None, day: date) -> tuple[str, str, date] | None:
    """payer_id, filing_indicator_code and valid_from of the row that core.payer_policy takes for the day."""
    model = next(m for m in models("core") if m.table == "core.payer_policy")
    with connect(":memory:") as con:
        load_reference(con, settings.reference)
        set_parameters(con, settings)
        con.execute(
            "create table core.payer_business as select ?::varchar as payer_id, ?::varchar as filing_indicator_code, true as is_usual",
            [payer_id, line_of_business],
        )
        run_model(con, model)
        return con.execute(
            "select coalesce(rule_payer_id, ''), coalesce(rule_filing_indicator_code, ''), rule_from from core.payer_policy"
            " where ? between valid_from and valid_to",
            [day],
        ).fetchone()


def _scope(row: Row) -> tuple[str, str]:
    return row.values["payer_id"], row.values["filing_indicator_code"]


def _whom(row: Row) -> str:
    payer, business = _scope(row)
    if payer and business:
        return f"the row for payer {payer} and line of business {business}"
    if payer:
        return f"the row for payer {payer}"
    if business:
        return f"the row for line of business {business}"
    return "the row for any payer"


def _why_not(row: Row, payer_id: str | None, line_of_business: str | None, day: date) -> str:
    if row.values["payer_id"] not in ("", payer_id):
        return f"for payer {row.values['payer_id']}"
    if row.values["filing_indicator_code"] not in ("", line_of_business):
        return f"for line of business {row.values['filing_indicator_code']}"
    if row.valid_from and day < row.valid_from:
        return f"begins on {row.valid_from}"
    if row.valid_to and row.valid_to < day:
        return f"ended on {row.valid_to}"
    return _LESS


def explained(found: Explanation) -> dict[str, Any]:
    """The explanation as plain values, for the command: what was asked, the rule with its line, why, what it says, and the other rows."""
    rule = found.rule
    return {
        "policy": found.policy,
        "payer_id": found.payer_id,
        "line_of_business": found.line_of_business,
        "day": found.day,
        "rule": None if rule is None else f"{found.path.name}, line {rule.line}: {_named(rule)}",
        "why": found.why,
        "terms": {} if rule is None else terms(rule, found.day),
        "other_rules": [{"line": row.line, "rule": _named(row), "why_not": why} for row, why in found.others],
        "file": str(found.path),
    }


def _named(row: Row) -> str:
    days = f"{row.valid_from} to {row.valid_to}" if row.valid_to else f"from {row.valid_from}"
    return f"{_whom(row).removeprefix('the row for ')}, {days}"


def terms(row: Row, day: date) -> dict[str, str]:
    """What a row says, in words, for a service of the day."""
    yes = {name: row.values[name].lower() == "true" for name in _FLAGS}
    audio = "audio at home, with the reason for it" if yes["is_audio_home_only"] else "audio"
    modalities = [
        word
        for name, word in (("is_in_person_covered", "in person"), ("is_video_covered", "video"), ("is_audio_covered", audio))
        if yes[name]
    ]
    days = row.values.get("timely_filing_days", "")
    return {
        "ACP": "covered" if yes["is_acp_covered"] else "not covered: nothing is expected for it, and what was not billed is not missed",
        "Modalities": "; ".join(modalities) or "none",
        "Intensive care": "allowed" if yes["is_icu_allowed"] else "not allowed",
        "Hospice": "GV from the attending, related or not" if yes["is_gv_regardless"] else "GV or GW, as related or not",
        "Filing": f"{days} days: by {day + timedelta(int(days))}" if days else "no limit known",
        "First ACP code": row.values.get("acp_code_in_place") or "99497",
        "Source": row.source,
    }
