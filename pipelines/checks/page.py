"""docs/checks.md: the catalogue as a page to keep open, made from the headers of the checks and from nothing else.

What does not belong here: any text about one check (its header holds it) and results of an audit (releases).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipelines.checks.catalogue import FAMILIES, Check
from pipelines.checks.runner import OVERLAP_ORDER

_FAMILIES = {
    "time": "Time and units",
    "conflict": "Conflicts on the same day",
    "wellness": "The annual wellness visit",
    "setting": "Who, where, how",
    "content": "What the record shows",
    "pattern": "Patterns over time and among peers",
    "hospice": "Hospice",
    "palliative": "Palliative care",
    "denial": "Denials and payment",
}
_DIRECTIONS = {"over": "overpayment risk", "under": "missed revenue", "denial": "denial risk", "info": "information"}
_PROOFS = {"claim": "the claim proves it", "suggests": "the claim suggests it", "chart": "only the record can tell"}

_INTRO = """\
# The checks

<!-- Made by `make docs` from the headers of sql/checks: change a header, not this page. -->

Each check is one rule in one SQL file, and what is said of it here stands at the head of that file. `midpoint checks show {example}` prints
a rule, its SQL and its last result; `midpoint checks test {example}` runs its three cases.

## How to read them

- **What takes part**: final versions of claims only (no replaced, voided or repeated submission), and of a service that was billed to
  several payers the first payer's copy only. Professional lines and hospice physician lines (revenue code 0657) are the clinician's work;
  other institutional lines are the facility's and take no part in time, unit and conflict checks. An *ACP line* is such a line of 99497 or
  99498. *The same* clinician, day or patient is the rendering NPI (line, else claim, else billing NPI), the day of service, the patient.
- **What it counts** is the denominator: the rows that the rule speaks of. Findings are those of them that break it.
- **Direction**: {directions}.
  Amounts of different directions are never added.
- **Proof**: {proofs}.
- **What it needs**: without it the check is *not evaluable*, which is neither passed nor zero findings.
- **Allowed** is what the remittances allow, reversals netted, 0 where denied; where no remittance tells it, the expected amount.
  **E(code)** is that expectation, the first that applies: your own contract rate, the payer's own median for code, facility or not, and
  year (from ten payments on), the payer's ratio to the Medicare schedule x the schedule, the schedule. Each finding says how its amount was
  made, and from how many.
- **Counted once**: where several findings of one direction meet on a line, one carries the dollars: {order},
  then the rest by id. Of missed revenue, each family has its own dollars (units not billed, patient share that a modifier waives, denied or
  paid short), so one of each may count.
- **A finding is potential** until somebody has read the record. The false positives named are those known; there may be others.
"""


def catalogue_page(checks: Sequence[Check]) -> str:
    """The page as Markdown: how to read the checks, a table of them in the order given, then each in full by family."""
    parts = [
        _INTRO.format(
            example="ACP-20",
            directions=", ".join(f"{key} ({words})" for key, words in _DIRECTIONS.items()),
            proofs=", ".join(f"{key} ({words})" for key, words in _PROOFS.items()),
            order=", ".join(OVERLAP_ORDER),
        ),
        "## All checks\n",
        "| check | finds | direction | proof | severity |\n|---|---|---|---|---|\n" + "".join(map(_row, checks)),
    ]
    for family in FAMILIES:
        if members := [check for check in checks if check.family == family]:
            parts += [f"## {_FAMILIES[family]}\n", *map(_section, members)]
    return "\n".join(parts)


def _row(check: Check) -> str:
    cells = (f"[{check.id}](#{check.id.lower()})", _plain(check.title), _DIRECTIONS[check.direction], check.proof, check.severity)
    return f"| {' | '.join(cells)} |\n"


def _section(check: Check) -> str:
    dates = f"from {check.valid_from}" + (f" to {check.valid_to}" if check.valid_to else "")
    file = f"sql/checks/{check.family}/{check.path.name}"
    lines = (
        ("Finds", check.title),
        ("Direction", f"{_DIRECTIONS[check.direction]}; {_PROOFS[check.proof]}; severity {check.severity}"),
        ("Authority", check.authority),
        ("Dates of service", dates),
        ("Needs", ", ".join(map(_need, check.needs))),
        ("Counts", check.counts),
        ("Dollars", check.amount + (f". Not held against what was billed: {check.beyond_billed}" if check.beyond_billed else "")),
        ("Known false positives", check.false_positives),
        ("What to do", check.fix),
        ("What to teach", check.teach),
    )
    return f"### {check.id}\n\n" + "".join(f"- **{name}**: {_plain(text)}\n" for name, text in lines) + f"- **Rule**: [{file}](../{file})\n"


def _need(need: str) -> str:
    if need.startswith("documentation."):
        return f"the documentation column {need.removeprefix('documentation.')}"
    return need.replace("_", " ")


def _plain(text: str) -> str:
    """text as Markdown that shows it as it is."""
    return re.sub(r"([\\`*<|\[\]])", r"\\\1", text)
