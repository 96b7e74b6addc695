"""The letter to a clinician: one page in the manner of a comparative billing report, as HTML and PDF from the same words and numbers.

What does not belong here: any count, test or priority (lists). No letter names a patient: an example is a service by its date, code and
minutes, and the finding's key, which the dashboard finds; with ``is_deidentified`` by its year alone.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from html import escape
from pathlib import Path
from typing import Any

import typst

from pipelines.education.dotplot import dot_plot, quantile, wilson
from pipelines.education.lists import SIGNIFICANT, Lists, Row, p_text, percent
from pipelines.settings import Education
from pipelines.words import plural

HERE = Path(__file__).parent
MOST_ROWS, MOST_EXAMPLES, MOST_STEPS = 6, 3, 3
SMALL = 11  # counts under this are not told in de-identified letters (RULES.md section 10)

# Name of a metric of core.clinician_metric → its words and how a ratio of it is written.
METRICS = {
    "acp_per_100_em": ("ACP days per 100 days with an E/M visit", "{:.1f}"),
    "acp_dates_per_patient": ("ACP days per patient with ACP", "{:.2f}"),
    "addon_per_primary": ("99498 per 99497", "{:.2f}"),
    "implied_minutes_per_day": ("Least ACP minutes billed a calendar day", "{:.0f}"),
    "acp_without_em": ("ACP days without an E/M visit of yours", "{:.1%}"),
    "awv_with_acp": ("Wellness visits with ACP", "{:.1%}"),
}

WHY = (
    "This letter is for information. It shows how your advance care planning (ACP) services of {period} stand beside the billing"
    " rules and, where there are enough of them, beside colleagues of your specialty. Being flagged, or unlike others, is no"
    " finding of wrongdoing: each service is a question until somebody has read the record. You need not answer."
)
GOOD = (
    "A note that stands by itself says: that the talk was voluntary; who was there; what was explained or discussed, such as code"
    " status, ventilation, artificial nutrition, dialysis, POLST, an advance directive or the surrogate; what was decided or put"
    " off; and the minutes of ACP alone, apart from the visit and from any other timed service. A form need not be completed."
    " Goals-of-care talk alone is not ACP."
)
MODEL_NOTE = (
    "“Patient agreed to talk about future care; her son, the health care agent, was with us. Explained CPR, ventilation and POLST."
    " She wants no CPR and no ventilator, and tube feeding is left open until the family has talked. POLST explained, to be signed"
    " at the next visit. ACP from 10:05 to 10:43, 38 minutes, not counted in today’s visit.”  Supports 99497 × 1; a 99498 would"
    " need 46 minutes."
)
METHOD = (
    "Rules and counts come from claims, remittances and the documentation extract as of {as_of}; late files can change them. Rates"
    " are flagged ÷ looked at. Peers are clinicians of your specialty (by taxonomy) with at least {metric_minimum} such lines; a"
    " comparison needs {peer_minimum} of them. p is Fisher’s exact or a chi-square test, adjusted for the number of tests"
    " (Benjamini–Hochberg). Patients’ needs, setting and team practice are not adjusted for. Dollars at risk and recoverable are"
    " never set against each other."
)


def letter(lists: Lists, npi: str, education: Education, is_deidentified: bool = False) -> Row | None:
    """The letter's words and numbers, ready to print; None where nothing of this clinician is flagged in the period."""
    rows = [row for row in lists.rows if row["level"] == "clinician" and row["npi"] == npi and row["flagged_count"]]
    if not rows:
        return None
    release = lists.release
    shown = rows[:MOST_ROWS]
    plotted = next((row for row in rows if row["p_value"] is not None), None)
    return {
        "title": "Your advance care planning services",
        "organisation": education.organisation,
        "contact": education.contact or "the office that sent this letter",
        "date": f"{release.as_of:%Y-%m-%d}",
        "npi": npi,
        "specialty": _specialty(rows[0]["specialty"]),
        "run_id": release.run_id,
        "why": WHY.format(period=lists.period.words),
        "metrics": _metrics(lists, npi, is_deidentified),
        "table": [_shown(row, is_deidentified) for row in shown],
        "more": f"{plural(len(rows) - len(shown), 'further rule')} in the list." if len(rows) > len(shown) else "",
        "plot": _plot(lists, plotted) if plotted else "",
        "plot_title": f"{plotted['check_id']} {plotted['rule']}: share flagged, you and {plural(plotted['peer_count'], 'colleague')}"
        if plotted
        else "",
        "no_plot": "" if plotted else f"There is no picture of your colleagues: {_why_not(rows)}.",
        "examples": _examples(rows, is_deidentified),
        "good": GOOD,
        "model_note": MODEL_NOTE,
        "steps": _steps(rows),
        "method": METHOD.format(as_of=release.as_of, metric_minimum=release.metric_minimum, peer_minimum=release.peer_minimum),
        "is_deidentified": is_deidentified,
    }


def _specialty(words: str | None) -> str:
    if words is None:
        return "specialty unknown: no claim carries your taxonomy"
    return f"taxonomy {words}" if len(words) == 10 and words[:3].isdigit() else words


def _count(number: int, is_deidentified: bool) -> str:
    return f"under {SMALL}" if is_deidentified and 0 < number < SMALL else f"{number:,}"


def _shown(row: Row, is_deidentified: bool) -> list[str]:
    hidden = is_deidentified and (0 < row["flagged_count"] < SMALL or 0 < row["billed_count"] - row["flagged_count"] < SMALL)
    if row["p_value"] is None:
        peers = "too few to compare"
    else:
        peers = f"{percent(row['peer_rate'])} of {plural(row['peer_count'], 'peer')}, p {p_text(row['adjusted_p_value'])}"
    return [
        row["check_id"],
        row["rule"],
        _count(row["flagged_count"], is_deidentified) if hidden else f"{row['flagged_count']:,} of {row['billed_count']:,}",
        "—" if hidden else percent(row["rate"]),
        peers,
        "—" if hidden else _dollars(row["at_risk_amount"]),
        "—" if hidden else _dollars(row["recoverable_amount"]),
        "—" if hidden else row["trend"].split(" (")[0].split(":")[0],
    ]


def _dollars(amount: Any) -> str:
    return f"${amount:,.2f}" if amount else "—"


def _why_not(rows: Sequence[Row]) -> str:
    if rows[0]["test"] == "no specialty":
        return "no claim carries your taxonomy, so your specialty is unknown"
    if all(row["test"] == "too few lines" for row in rows):
        return "your own services are too few to compare"
    return "too few colleagues of your specialty have such services"


def _metrics(lists: Lists, npi: str, is_deidentified: bool) -> list[list[str]]:
    made: list[list[str]] = []
    found = {row["metric"]: row for row in lists.metrics.get(npi, ())}
    for metric, (words, form) in METRICS.items():
        row = found.get(metric)
        if row is None:
            continue
        n = int(row["denominator"])
        is_small = is_deidentified and 0 < n < SMALL
        own = "—" if is_small else _written(form, row["ratio"])
        if row["p_value"] is None:
            made.append([words, own, _count(n, is_deidentified), "—", "—", "—"])
        else:
            place = f"{row['percentile']:.0f}"
            p = p_text(row["p_value"]) + ("*" if row["p_value"] <= SIGNIFICANT else "")
            made.append([words, own, _count(n, is_deidentified), _written(form, row["peer_ratio"]), place, p])
    return made


def _written(form: str, ratio: float) -> str:
    return form.format(ratio).replace("%", " %")


def _plot(lists: Lists, row: Row) -> str:
    everybody = lists.rates[("clinician", row["check_id"])]
    peer_group = next(other["peer_group"] for other in everybody if other["npi"] == row["npi"])
    peers = [other["rate"] for other in everybody if other["peer_group"] == peer_group and other["npi"] != row["npi"]]
    interval = wilson(row["flagged_count"], row["billed_count"])
    words = (
        f"Share of lines flagged by {row['check_id']}: you {percent(row['rate'])} (95 % interval {percent(interval[0])} to"
        f" {percent(interval[1])}), {plural(len(peers), 'colleague')} with median {percent(quantile(peers, 0.5))},"
        f" 80th percentile {percent(quantile(peers, 0.8))}, 90th {percent(quantile(peers, 0.9))}."
    )
    return dot_plot(peers, row["rate"], interval, words)


def _examples(rows: Sequence[Row], is_deidentified: bool) -> list[str]:
    """One of each rule in turn, the largest first."""
    queues = [list(row["examples"]) for row in rows]
    titles = [f"{row['check_id']} {row['rule']}" for row in rows]
    made: list[str] = []
    while len(made) < MOST_EXAMPLES and any(queues):
        for title, queue in zip(titles, queues, strict=True):
            if queue and len(made) < MOST_EXAMPLES:
                made.append(f"{example(queue.pop(0), is_deidentified)}: {title}.")
    return made


def example(found: Row, is_deidentified: bool) -> str:
    """A finding in words without a patient: its day (or year), code, units, minutes and key."""
    day = found["service_date"]
    when = "undated" if day is None else f"{day:%Y}" if is_deidentified else f"{day:%Y-%m-%d}"
    parts = [when]
    if found["procedure_code"]:
        units = found["units"]
        parts.append(found["procedure_code"] + (f" × {units.normalize():f}" if units is not None and units != 1 else ""))
    if found["minutes"] is not None:
        parts.append(f"{plural(found['minutes'], 'minute')} documented")
    if not is_deidentified:
        parts.append(f"ref. {found['finding_key'][:8]}")
    return ", ".join(parts)


def _steps(rows: Sequence[Row]) -> list[str]:
    made: list[str] = []
    for row in rows:
        if row["teach"] and row["teach"] not in made and len(made) < MOST_STEPS:
            made.append(row["teach"])
    due, again = min(row["due_date"] for row in rows[:MOST_ROWS]), max(row["re_audit_date"] for row in rows[:MOST_ROWS])
    return [*made, f"Talk the examples over by {due:%Y-%m-%d}. Services after that are looked at again from {again:%Y-%m-%d} on."]


# --- HTML and PDF -----------------------------------------------------------------------------------


def html(made: Row) -> str:
    """The letter as one page that needs nothing beside it."""
    head = ("Measure of all your services in this release", "You", "n", "Colleagues", "Percentile", "p")
    metrics = _table(head, made["metrics"], "metrics") if made["metrics"] else ""
    columns = ("Rule", "What is flagged", "Flagged", "Rate", "Colleagues", "At risk", "Recoverable", "Trend")
    plot = f"<h3>{escape(made['plot_title'])}</h3>{made['plot']}" if made["plot"] else f"<p>{escape(made['no_plot'])}</p>"
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(made["title"])}</title><style>{_css()}</style></head><body><main>
<header><p>{escape(made["organisation"])}</p><p>{escape(made["date"])}</p></header>
<h1>{escape(made["title"])}</h1>
<p class="to">To the clinician with NPI {escape(made["npi"])} · {escape(made["specialty"])}</p>
<h2>Why you got this</h2><p>{escape(made["why"])}</p>
<h2>Your figures</h2>{metrics}{_table(columns, made["table"], "rules")}<p class="small">{escape(made["more"])}</p>{plot}
<h2>Examples</h2><ul>{"".join(f"<li>{escape(text)}</li>" for text in made["examples"])}</ul>
<h2>What good documentation has</h2><p>{escape(made["good"])}</p><blockquote>{escape(made["model_note"])}</blockquote>
<h2>What to do next</h2><ul>{"".join(f"<li>{escape(text)}</li>" for text in made["steps"])}</ul>
<h2>Method and limits</h2><p class="small">{escape(made["method"])}</p>
<footer>Questions: {escape(made["contact"])} · Midpoint run {escape(made["run_id"])}</footer>
</main></body></html>
"""


def _table(head: Sequence[str], rows: Sequence[Sequence[str]], name: str) -> str:
    top = "".join(f"<th scope='col'>{escape(text)}</th>" for text in head)
    body = "".join(f"<tr>{''.join(f'<td>{escape(text)}</td>' for text in row)}</tr>" for row in rows)
    return f"<table class='{name}'><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table>"


@cache
def _css() -> str:
    return (HERE / "letter.css").read_text(encoding="utf-8")


class Printer:
    """Makes PDFs of letters; one for many, since its fonts are read once."""

    def __init__(self) -> None:
        self._compiler = typst.Compiler(input=HERE / "letter.typ", root=HERE, ignore_system_fonts=True)

    def pdf(self, made: Row) -> bytes:
        """One page; equal letters are equal bytes."""
        return self._compiled(made, "pdf")[0]

    def pictures(self, made: Row) -> list[bytes]:
        """Its pages as PNG."""
        return self._compiled(made, "png")

    def _compiled(self, made: Row, form: str) -> list[bytes]:
        given = {"letter": json.dumps(made, ensure_ascii=False)}
        result = self._compiler.compile(format=form, sys_inputs=given, ppi=110 if form == "png" else None)  # pyright: ignore
        return result if isinstance(result, list) else [result]  # pyright: ignore
