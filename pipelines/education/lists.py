"""Education lists: per clinician and per group, each rule with what was billed and flagged, beside peers, with money, trend and priority.

What does not belong here: rules and counts of single lines (sql/checks; the release's check_month and finding hold them), files (export),
letters (letters). Tests and percentiles follow RULES.md section 10: specialty peers, with n and a test; informational.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
from scipy import stats

from pipelines.errors import MidpointError
from pipelines.settings import Education
from pipelines.summary import read_manifest
from pipelines.words import plural

Row = dict[str, Any]

LEVELS = ("clinician", "group")
MATURE_DAYS = 90  # RULES.md section 7: months that ended later than this before the as-of date are still being answered
SIGNIFICANT = 0.05  # of adjusted p
SMALL_EXPECTED = 5  # expected counts under this make the chi-square approximation poor: Fisher's exact test is used
HIGH_AMOUNT = Decimal(1000)  # dollars of one rule that make it a high priority by themselves
EXAMPLES = 5
TABLES = ("check_month", "check_result", "clinician", "clinician_metric", "finding", "letter", "letter_result")
TOPICS = {
    "time": "Time",
    "content": "Documentation content",
    "conflict": "Same-day conflicts",
    "setting": "Who, where and how",
    "wellness": "Wellness visit and modifier 33",
    "hospice": "Hospice",
    "palliative": "Palliative care",
    "denial": "Denials and follow-up",
    "pattern": "Patterns",
}


@dataclass(frozen=True)
class Period:
    """Months looked at (first days; both ends included), and as many before them."""

    first: date
    last: date
    prior_first: date
    prior_last: date

    @property
    def words(self) -> str:
        return f"{self.first:%Y-%m} to {self.last:%Y-%m}"


class Release:
    """The tables of a release that education reads."""

    def __init__(self, folder: Path) -> None:
        """Raises MidpointError when ``folder`` is no release, or one made before these tables were."""
        self.folder = folder.resolve()
        self.manifest = read_manifest(folder)
        missing = [name for name in TABLES if not (folder / f"{name}.parquet").is_file()]
        if missing:
            raise MidpointError(f"{folder}: this release has no table {', '.join(missing)}; run midpoint audit again, or name a newer one")
        self.run_id: str = self.manifest["run_id"]
        self.as_of = date.fromisoformat(self.manifest["as_of_date"])
        thresholds = self.manifest["thresholds"]
        self.metric_minimum = int(thresholds["metric_minimum_count"])
        self.peer_minimum = int(thresholds["peer_minimum_count"])
        self._con = duckdb.connect(config={"threads": 2})
        for name in TABLES:
            path = str(self.folder / f"{name}.parquet").replace("'", "''")
            self._con.execute(f"create view {name} as select * from read_parquet('{path}')")

    def rows(self, query: str, **values: Any) -> list[Row]:
        """Rows by column; $names are bound."""
        result = self._con.execute(query, values or None)
        names = [column[0] for column in result.description or ()]
        return [dict(zip(names, row, strict=True)) for row in result.fetchall()]


def period_of(as_of: date, months: int, last: date | None = None) -> Period:
    """``months`` months that end with ``last`` (default: the last month that ended MATURE_DAYS before ``as_of``), and those before."""
    end = last or _shift((as_of - timedelta(days=MATURE_DAYS - 1)).replace(day=1), -1)
    first = _shift(end, 1 - months)
    return Period(first, end, _shift(first, -months), _shift(first, -1))


def _shift(month: date, by: int) -> date:
    number = month.year * 12 + month.month - 1 + by
    return date(number // 12, number % 12 + 1, 1)


# One row a level, NPI and check that was eligible in the period or before: own counts, counts of the peers (the others of the specialty, or
# the other groups, with enough eligible lines of their own), the share of peers with a lower rate. A clinician without taxonomy has none.
_COMPARED = """
with tally as (
  select 'clinician' as level, clinician_npi as npi, check_id, month, eligible_count, flagged_count from check_month
  where clinician_npi is not null
  union all
  select 'group' as level, billing_npi as npi, check_id, month, eligible_count, flagged_count from check_month where billing_npi is not null
),
own as (
  select
    level, npi, check_id,
    coalesce(sum(eligible_count) filter (where month is null or month between $first and $last), 0)::bigint as billed_count,
    coalesce(sum(flagged_count) filter (where month is null or month between $first and $last), 0)::bigint as flagged_count,
    coalesce(sum(eligible_count) filter (where month between $prior_first and $prior_last), 0)::bigint as prior_billed_count,
    coalesce(sum(flagged_count) filter (where month between $prior_first and $prior_last), 0)::bigint as prior_flagged_count
  from tally
  group by level, npi, check_id
),
placed as (
  select
    o.*, c.specialty,
    case when o.level = 'group' then 'group' else c.specialty_code end as peer_group,
    o.billed_count >= $metric_minimum and (o.level = 'group' or c.specialty_code is not null) as is_counted,
    o.flagged_count / nullif(o.billed_count, 0)::double as rate
  from own as o
  left join clinician as c on o.level = 'clinician' and o.npi = c.clinician_npi
),
beside as (
  select
    *,
    case when peer_group is null then 0 else
      count(*) filter (where is_counted) over peer - case when is_counted then 1 else 0 end end as peer_count,
    case when peer_group is null then 0 else
      coalesce(sum(billed_count) filter (where is_counted) over peer, 0) - case when is_counted then billed_count else 0 end
    end::bigint as peer_billed_count,
    case when peer_group is null then 0 else
      coalesce(sum(flagged_count) filter (where is_counted) over peer, 0) - case when is_counted then flagged_count else 0 end
    end::bigint as peer_flagged_count,
    case when is_counted then 100 * percent_rank() over place end as percentile
  from placed
  window
    peer as (partition by level, check_id, peer_group),
    place as (partition by level, check_id, peer_group, is_counted order by rate)
)
select b.*, r.title, r.family, r.direction, r.proof, r.severity, r.authority, r.fix, r.teach
from beside as b
inner join check_result as r on b.check_id = r.check_id
where b.billed_count > 0 or b.prior_flagged_count > 0
order by b.level, b.npi, b.check_id
"""

# Dollars that stand on the finding that carries them, so that a line's count once; each direction in a column of its own.
_MONEY = """
select
  check_id, {npi} as npi,
  coalesce(sum(at_risk_amount) filter (where direction = 'over'), 0)::decimal(18, 2) as at_risk_amount,
  coalesce(sum(recoverable_amount) filter (where direction = 'under'), 0)::decimal(18, 2) as recoverable_amount,
  coalesce(sum(at_risk_amount) filter (where direction = 'denial'), 0)::decimal(18, 2) as denial_risk_amount
from finding
where at_risk_counted and {npi} is not null and (service_date is null or date_trunc('month', service_date) between $first and $last)
group by all
"""

_EXAMPLES = """
select
  check_id, {npi} as npi, finding_key, patient_control_number, claim_key, line_number, documentation_id, service_date, procedure_code,
  modifiers, units, minutes, case when direction = 'under' then recoverable_amount else at_risk_amount end as amount, source_file,
  transaction_set, segment_number
from finding
where {npi} is not null and (service_date is null or date_trunc('month', service_date) between $first and $last)
qualify row_number() over (
  partition by check_id, {npi}
  order by at_risk_counted desc, coalesce(at_risk_amount, recoverable_amount, 0) desc, service_date, finding_key
) <= $examples
order by check_id, npi, amount desc nulls last, service_date, finding_key
"""
_LETTERS = """
select npi, check_id, max(sent_date) as letter_date, arg_max(acknowledged_date, sent_date) as acknowledged_date
from letter group by npi, check_id
"""
_EFFECT = "select * from letter_result order by level, npi, check_id"
_NPI = {"clinician": "clinician_npi", "group": "billing_npi"}


@dataclass(frozen=True)
class Lists:
    """rows: one a level, NPI and rule with something flagged, now or before, by priority, as education_lists says."""

    release: Release
    period: Period
    rows: list[Row]
    rates: dict[tuple[str, str], list[Row]]  # (level, check) → every counted NPI with its rate, for the dot plot
    metrics: dict[str, list[Row]]  # clinician → rows of clinician_metric


# The list's columns in their order, with what each says; every file form has them all.
COLUMNS: dict[str, str] = {
    "level": "clinician or group (billing provider)",
    "npi": "NPI of the clinician, or of the group",
    "specialty": "Of the clinician's taxonomy; the peers are the others of it. Groups are compared with groups",
    "topic": "What the rule is about",
    "check_id": "The rule's id in Midpoint's catalogue",
    "rule": "What is flagged",
    "authority": "Where the rule stands",
    "direction": "over: overpayment risk; under: missed revenue; denial: denial risk; info: for information",
    "proof": "claim: the claim proves it; suggests: the claim suggests it; chart: only the record can tell",
    "period": "Months of service looked at",
    "billed_count": "Lines (or documented services, claims) that the rule looks at",
    "flagged_count": "Of these, flagged",
    "rate": "flagged ÷ billed",
    "peer_count": "Peers with at least the least number of lines (threshold metric_minimum_count)",
    "peer_billed_count": "Lines of these peers together",
    "peer_flagged_count": "Of these, flagged",
    "peer_rate": "Flagged ÷ lines of the peers together",
    "percentile": "Share of the peers with a lower rate, in percent",
    "test": "fisher (exact), chi-square (with continuity correction), or why there is none",
    "p_value": "Two-sided: own lines against those of the peers",
    "adjusted_p_value": "Benjamini–Hochberg over all tests of the level: the share of false alarms to expect among those this small",
    "at_risk_amount": "Dollars of overpayment risk, each once; potential until somebody has read the record",
    "recoverable_amount": "Dollars that may still be recovered, each once; never set against what is at risk",
    "denial_risk_amount": "Dollars that a payer is likely to refuse as billed",
    "prior_period": "As many months before",
    "prior_billed_count": "Lines then",
    "prior_flagged_count": "Flagged then",
    "prior_rate": "Their ratio",
    "trend": "better, worse or no clear change, by Fisher's exact test between the periods; new where nothing was billed before",
    "examples": "Up to five, the largest first",
    "priority": "high, medium or low",
    "priority_reason": "Why",
    "due_date": "When the talk should have taken place",
    "owner": "Who follows it up",
    "letter_date": "The last letter on this rule",
    "acknowledged_date": "When the clinician or group acknowledged it",
    "re_audit_date": "When services after the talk can be judged",
    "effect": "What the control chart after the letter says, beside peers without a letter",
}


def education_lists(release: Release, period: Period, education: Education) -> Lists:
    """The lists of one release over a period; the same release and settings give the same lists.

    Each row has the columns of COLUMNS (rates as shares, percentile 0 to 100, dollars Decimal, examples as the list of their rows), and
    family, severity, fix and teach for the letters. letter_date, acknowledged_date and effect are None where no letter was sent.
    """
    dates: Row = {"first": period.first, "last": period.last}
    compared = release.rows(
        _COMPARED, **dates, prior_first=period.prior_first, prior_last=period.prior_last, metric_minimum=release.metric_minimum
    )
    _test(compared, release.peer_minimum)
    money = {
        (level, row["npi"], row["check_id"]): row for level, npi in _NPI.items() for row in release.rows(_MONEY.format(npi=npi), **dates)
    }
    examples: dict[tuple[str, str, str], list[Row]] = {}
    for level, npi in _NPI.items():
        for row in release.rows(_EXAMPLES.format(npi=npi), **dates, examples=EXAMPLES):
            examples.setdefault((level, row["npi"], row["check_id"]), []).append(row)
    known = {(row["npi"], row["check_id"]): row for row in release.rows(_LETTERS)}
    effects = {(row["level"], row["npi"], row["check_id"]): effect(row) for row in release.rows(_EFFECT)}
    rates: dict[tuple[str, str], list[Row]] = {}
    for row in compared:
        if row["is_counted"]:
            rates.setdefault((row["level"], row["check_id"]), []).append(row)
    rows = [
        _row(row, money.get(key := (row["level"], row["npi"], row["check_id"]), {}), examples.get(key, []), release, period, education)
        for row in compared
        if row["flagged_count"] or row["prior_flagged_count"]
    ]
    for row in rows:
        letter = known.get((row["npi"], row["check_id"]), {})
        row |= {name: letter.get(name) for name in ("letter_date", "acknowledged_date")}
        row["effect"] = effects.get((row["level"], row["npi"], row["check_id"]))
    rows.sort(key=lambda r: (LEVELS.index(r["level"]), PRIORITIES.index(r["priority"]), -(r["at_risk_amount"] + r["recoverable_amount"]),
                             -r["flagged_count"], r["npi"], r["check_id"]))  # fmt: skip
    metrics: dict[str, list[Row]] = {}
    for row in release.rows("select * from clinician_metric order by clinician_npi, metric"):
        metrics.setdefault(row["clinician_npi"], []).append(row)
    return Lists(release, period, rows, rates, metrics)


def _test(rows: Sequence[Row], peer_minimum: int) -> None:
    """Set test, p_value and adjusted_p_value: own flagged of billed against the peers', where there is enough of both."""
    for row in rows:
        row["p_value"] = row["adjusted_p_value"] = None
        row["peer_rate"] = row["peer_flagged_count"] / row["peer_billed_count"] if row["peer_billed_count"] else None
        if not row["is_counted"]:
            row["test"] = "no specialty" if row["peer_group"] is None else "too few lines"
        elif row["peer_count"] < peer_minimum:
            row["test"] = "too few peers"
        else:
            table = _table(row["flagged_count"], row["billed_count"], row["peer_flagged_count"], row["peer_billed_count"])
            row["test"], row["p_value"] = compare(table)
        if row["p_value"] is None:
            row["percentile"] = None  # a place among few, or none, says nothing
    for level in LEVELS:
        tested = [row for row in rows if row["level"] == level and row["p_value"] is not None]
        if tested:
            adjusted = stats.false_discovery_control([row["p_value"] for row in tested], method="bh")
            for row, value in zip(tested, adjusted, strict=True):
                row["adjusted_p_value"] = float(value)


def _table(flagged: int, billed: int, other_flagged: int, other_billed: int) -> list[list[int]]:
    return [[flagged, billed - flagged], [other_flagged, other_billed - other_flagged]]


def compare(table: list[list[int]]) -> tuple[str, float]:
    """Name and two-sided p of the test of a 2 x 2 table: Fisher's where an expected count is under five, else chi-square, corrected."""
    observed = np.array(table, dtype=float)
    total = observed.sum()
    expected = observed.sum(axis=1, keepdims=True) * observed.sum(axis=0, keepdims=True) / total
    if (expected == 0).any():
        return "fisher", 1.0  # nothing, or everything, flagged on both sides
    if expected.min() < SMALL_EXPECTED:
        return "fisher", float(stats.fisher_exact(table).pvalue)  # pyright: ignore[reportAttributeAccessIssue]
    distance = np.abs(observed - expected)
    corrected = np.maximum(distance - 0.5, 0)
    return "chi-square", float(stats.chi2.sf((corrected**2 / expected).sum(), 1))


def effect(row: Row) -> str:
    """A row of letter_result in words: its verdict, the rates, and those of peers without a letter."""
    if row["verdict"] == "too early":
        return f"too early: {plural(row['month_count'], 'month')} with services after the letter"
    if row["verdict"] == "nothing to compare with":
        return "nothing to compare with: no services before the letter"
    return (
        f"{row['verdict']}: {_share(row, 'before')} before, {_share(row, 'after')} after;"
        f" peers without a letter {_share(row, 'peer_before')}, {_share(row, 'peer_after')}"
    )


def _share(row: Row, part: str) -> str:
    flagged, billed = row[f"{part}_flagged_count"], row[f"{part}_count"]
    return f"{percent(flagged / billed if billed else None)} (n {billed:,})"


PRIORITIES = ("high", "medium", "low")


def _row(row: Row, money: Row, examples: list[Row], release: Release, period: Period, education: Education) -> Row:
    made: Row = {
        "level": row["level"],
        "npi": row["npi"],
        "specialty": row["specialty"],
        "topic": TOPICS.get(row["family"], str(row["family"]).capitalize()),
        "check_id": row["check_id"],
        "rule": row["title"],
        "authority": row["authority"],
        "direction": row["direction"],
        "proof": row["proof"],
        "period": period.words,
    }
    made |= {name: row[name] for name in ("billed_count", "flagged_count", "rate", "peer_count", "peer_billed_count", "peer_flagged_count",
                                          "peer_rate", "percentile", "test", "p_value", "adjusted_p_value")}  # fmt: skip
    made |= {name: money.get(name, Decimal("0.00")) for name in ("at_risk_amount", "recoverable_amount", "denial_risk_amount")}
    made["prior_period"] = f"{period.prior_first:%Y-%m} to {period.prior_last:%Y-%m}"
    made |= {name: row[name] for name in ("prior_billed_count", "prior_flagged_count")}
    made["prior_rate"] = row["prior_flagged_count"] / row["prior_billed_count"] if row["prior_billed_count"] else None
    made["trend"] = trend(row["flagged_count"], row["billed_count"], row["prior_flagged_count"], row["prior_billed_count"])
    made["examples"] = examples
    made |= _priority(row, made)
    days = {"high": education.due_high_days, "medium": education.due_medium_days, "low": education.due_low_days}[made["priority"]]
    due = release.as_of + timedelta(days=days)
    made |= {
        "due_date": due,
        "owner": education.owner,
        "letter_date": None,
        "acknowledged_date": None,
        "re_audit_date": due + timedelta(days=education.re_audit_days),
        "effect": None,
    }
    return made | {name: row[name] for name in ("family", "severity", "fix", "teach")}


def trend(flagged: int, billed: int, prior_flagged: int, prior_billed: int) -> str:
    """In words, with what Fisher's exact test says between the periods."""
    if not prior_billed:
        return "new: nothing billed before"
    if not billed:
        return "nothing billed now"
    _, p = compare(_table(flagged, billed, prior_flagged, prior_billed))
    points = 100 * (flagged / billed - prior_flagged / prior_billed)
    if p > SIGNIFICANT:
        return f"no clear change ({points:+.1f} points)"
    return f"{'worse' if points > 0 else 'better'} ({points:+.1f} points)"


def _priority(row: Row, made: Row) -> Row:
    """Priority and its reason. High: clearly above peers on overpayment or a severe rule, or proven by the claim and severe, or dollars."""
    money = made["at_risk_amount"] + made["recoverable_amount"]
    is_above = row["adjusted_p_value"] is not None and row["adjusted_p_value"] <= SIGNIFICANT and row["rate"] > row["peer_rate"]
    is_severe = row["severity"] == "high"
    reasons: list[str] = []
    if is_above:
        reasons.append(
            f"above peers: {percent(row['rate'])} against {percent(row['peer_rate'])}, adjusted p {p_text(row['adjusted_p_value'])}"
        )
    if money >= HIGH_AMOUNT:
        reasons.append(f"${money:,.2f} at risk or recoverable")
    if is_severe and row["proof"] == "claim" and row["direction"] == "over" and row["flagged_count"]:
        reasons.append("the claim itself proves it")
    if not row["flagged_count"]:
        return {"priority": "low", "priority_reason": "flagged before, not in this period"}
    if row["direction"] != "info" and ((is_above and (is_severe or row["direction"] == "over")) or money >= HIGH_AMOUNT or (
        is_severe and row["proof"] == "claim" and row["direction"] == "over"
    )):  # fmt: skip
        return {"priority": "high", "priority_reason": "; ".join(reasons)}
    if row["flagged_count"] >= 3:
        reasons.append(f"flagged {plural(row['flagged_count'], 'time')}")
    if is_severe:
        reasons.append("a severe rule")
    if (is_above or is_severe or row["flagged_count"] >= 3) and row["direction"] != "info":
        return {"priority": "medium", "priority_reason": "; ".join(reasons)}
    if row["direction"] == "info":
        reasons.append("for information")
    return {"priority": "low", "priority_reason": "; ".join(reasons) or f"flagged {plural(row['flagged_count'], 'time')}, not above peers"}


def percent(share: float | None) -> str:
    """12.3 %; an em dash for none."""
    return "—" if share is None else f"{100 * share:.1f} %"


def p_text(p: float | None) -> str:
    """0.0123; below 0.0001 that it is; an em dash for none."""
    return "—" if p is None else "< 0.0001" if p < 0.0001 else f"{p:.4f}"
