"""Education: the letters that were sent, and whether they worked: a control chart for each rule, beside peers without a letter.

What does not belong here: the letter and the lists (midpoint education writes them), and what is a signal (sql/mart/letter_effect).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from dash import html

from dashboards import theme
from dashboards.components.cards import chart_card, tile
from dashboards.components.grid import grid
from dashboards.components.layout import empty, heading
from dashboards.figures import control
from dashboards.page import Page, View
from dashboards.queries import Column, Table

VERDICTS = {
    "better": "A month below the limits, or eight in a row below the centre, and none above",
    "worse": "A month above the limits, or eight in a row above the centre, and none below",
    "mixed signals": "Signals of both kinds",
    "no signal of a change": "No month beyond the limits, no eight in a row on one side",
    "too early": "Fewer than three months with services after the letter",
    "nothing to compare with": "No services before the letter",
}

LETTERS = Table(
    "education-letters",
    "Letters and what came after them",
    """
    select
      r.*, c.title, date_diff('day', r.sent_date, r.acknowledged_date) as answer_days,
      '/education' || $link || 'npi=' || r.npi || '&check=' || r.check_id || '&level=' || r.level as href
    from letter_result as r
    left join check_result as c on r.check_id = c.check_id
    where ($provider is null or r.npi = $provider)
    """,
    (
        Column("npi", "NPI", width=110, href="href"),
        Column("level", "Level"),
        Column("check_id", "Rule", width=90, href="href"),
        Column("title", "What it finds", width=260),
        Column("sent_date", "Letter", "date"),
        Column("acknowledged_date", "Acknowledged", "date"),
        Column("verdict", "Since then", width=150, definition="; ".join(f"{name}: {words}" for name, words in VERDICTS.items())),
        Column("before", "Before", "rate", "Flagged ÷ looked at, up to 24 months before", "before_flagged_count", "before_count"),
        Column("before_count", "n", "count"),
        Column("after", "After", "rate", "Flagged ÷ looked at, the months after", "after_flagged_count", "after_count"),
        Column("after_count", "n", "count"),
        Column(
            "peer_before", "Peers before", "rate", "Peers without a letter on the rule", "peer_before_flagged_count", "peer_before_count"
        ),
        Column("peer_after", "Peers after", "rate", "", "peer_after_flagged_count", "peer_after_count"),
        Column("before_flagged_count", "Flagged before", "count", is_hidden=True),
        Column("after_flagged_count", "Flagged after", "count", is_hidden=True),
        Column("peer_before_flagged_count", "Peers flagged before", "count", is_hidden=True),
        Column("peer_before_count", "Peers’ n before", "count", is_hidden=True),
        Column("peer_after_flagged_count", "Peers flagged after", "count", is_hidden=True),
        Column("peer_after_count", "Peers’ n after", "count", is_hidden=True),
    ),
    "One row a letter’s rule: the last letter on it, and the clinician’s or group’s own rate before and after. The month of the letter"
    " belongs to neither side. Peers: the same specialty, without a letter on the rule.",
    order="sent_date desc, npi, check_id, level",
    groups=("npi", "check_id"),
)
CHART = Table(
    "education-chart",
    "Control chart",
    """
    select
      strftime(month, '%Y-%m') as month, phase, eligible_count, flagged_count, peer_count, peer_eligible_count, peer_flagged_count, signal,
      100.0 * flagged_count / eligible_count as share,
      100.0 * peer_flagged_count / nullif(peer_eligible_count, 0) as peer_share,
      100 * centre_share as centre, 100 * low_share as low, 100 * high_share as high
    from letter_effect where npi = $npi and check_id = $check and level = $level
    """,
    (
        Column("month", "Month", "month"),
        Column("phase", "Phase"),
        Column("rate", "Flagged", "rate", "", "flagged_count", "eligible_count"),
        Column("flagged_count", "Flagged lines", "count"),
        Column("eligible_count", "n", "count"),
        Column("low", "Low limit, %", "decimal", "Three standard errors of the month’s own n below the centre"),
        Column("centre", "Centre, %", "decimal", "Rate of all months before the letter"),
        Column("high", "High limit, %", "decimal"),
        Column("signal", "Signal", definition="A month beyond a limit, or the eighth in a row on one side of the centre"),
        Column("peer_rate", "Peers", "rate", "", "peer_flagged_count", "peer_eligible_count"),
        Column("peer_flagged_count", "Peers’ flagged", "count"),
        Column("peer_eligible_count", "Peers’ n", "count"),
    ),
    "Share of lines flagged, by month of service. Centre: the months before the letter. Limits: three standard errors of each month’s n.",
    order="month",
    groups=("month",),
)


def render(view: View) -> Sequence[Any]:
    """Tiles of verdicts, the chart of the letter chosen, and all letters."""
    head = heading(view, "Education", "Letters that were sent to clinicians, and what their claims showed afterwards.")
    if not view.release.has("letter_result"):
        return [head, empty("Needs a newer release", "Run midpoint audit again: this release does not follow letters.")]
    rows = view.rows(LETTERS)
    if not rows:
        words = "midpoint education writes letters; midpoint education sent records that they went out. The next release follows them."
        return [head, empty("No letters recorded", words)]
    counts = {verdict: sum(1 for row in rows if row["verdict"] == verdict) for verdict in VERDICTS}
    tiles = [
        tile(verdict.capitalize(), theme.count(number), view, f"of {len(rows):,}", VERDICTS[verdict], name=verdict)
        for verdict, number in counts.items()
        if number or verdict in ("better", "worse")
    ]
    return [head, html.Div(tiles, className="tiles"), _chart(view, rows), grid(view, LETTERS, height=560)]


def _chart(view: View, rows: list[dict[str, Any]]) -> Any:
    chosen = {key: view.filters[key] for key in ("npi", "check", "level")}
    if not all(chosen.values()):  # the first that says something
        first = next((row for row in rows if row["verdict"] not in ("too early", "nothing to compare with")), rows[0])
        chosen = {"npi": first["npi"], "check": first["check_id"], "level": first["level"]}
    asked = replace(view.filters, drill={**view.filters.drill, **{key: str(value) for key, value in chosen.items()}})
    one = View(view.release, asked, view.theme, view.path, view.releases)
    months = one.rows(CHART)
    row = next((r for r in rows if (r["npi"], r["check_id"], r["level"]) == (chosen["npi"], chosen["check"], chosen["level"])), None)
    title = f"{chosen['check']} of {chosen['npi']}" + (f": {row['verdict']}" if row else "")
    note = row["title"] if row else ""
    figure = control.chart(months, view.theme) if months else None
    return chart_card(one, CHART, figure, title, "No letter on this rule went to this clinician or group.", wide=True, note=note)


PAGE = Page("/education", "Education", render, "Audit", 60, (LETTERS, CHART), filters=frozenset({"provider"}))
