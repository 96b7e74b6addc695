"""docs/denials.md: the definitions, the bridge and the marts as a page, made from the headers of their SQL and from nothing else.

    python -m pipelines.denials.page docs/denials.md     (make docs)

What does not belong here: any text about one definition or mart (its SQL holds it), and results (releases).
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

from pipelines.denials.definitions import PLACES, STEPS, Definition, load_definitions
from pipelines.warehouse import models

MARTS = ("denial_month", "denial_reason", "denial_cohort", "first_pass", "denial_bridge")

_INTRO = """\
# Denials

<!-- Made by `make docs` from the headers of sql/definitions and sql/mart: change a header, not this page. -->

A denial rate means little without its definition, so each rate is made by one of five, by name, and the bridge walks from any of them to
any other. All of them are read from a release:

    midpoint denials --by payer --definition hfma_dollars --from 2025-01 --to 2025-12
    midpoint denials --by carc --definition default --basis remit --csv
    midpoint denials --definition default --bridge primary_zero_pay

`--by` payer, provider (billing NPI), clinician (rendering NPI), month, code (family), carc, rarc or setting; `--basis` service, submission
or remit says which date places a unit in a month (default: the definition's own); `--mature 90` leaves out months that ended less than 90
days before the as-of date, whose claims may not be answered yet. `--json` and `--csv` (RFC 4180) give the same figures.

## What all of them share

- A **claim** is counted once: by the submission that the payer answered first, since that answer is the initial adjudication. A
  replacement, or the same claim sent again, is no other claim; a void withdraws what came before it. Further payers' copies of a service
  are left out. Claims on which nothing is charged (notices of election) cannot be denied and are left out.
- An **initial** denial is told by the first answer that is no reversal (22), not forwarded (23), no predetermination (25), and no exact
  duplicate (18); a clearinghouse's repetitions are no answer.
- Where **claims** or remittances are counted, they stand under the clinician, code family and setting of the claim's chief line: ACP, then
  critical care, wellness visit, hospice, E/M, other. Institutional claims are facility.
- **By reason** (CARC, RARC) a unit counts once, under the chief reason of its denial: the largest denial reason of the line, of the largest
  denied line of a claim. Below every reason stand all units.
- Means are exact until they are shown: the total is made of the exact figures, so that rounded rows may differ from it in the last digit.
- Nothing is suppressed here.
"""

_BRIDGE = """\
## The bridge

{start} The measures of the first definition, plus all steps, are those of the second: in units and in dollars, of the numerator and of
the denominator, in every month, to the cent. Walking the other way, the same steps are taken back in reverse order.
"""


def denials_page() -> str:
    """The page as Markdown."""
    definitions = load_definitions()
    found = {model.name: model for model in models("mart")}
    order = " → ".join(f"`{name}`" for name in PLACES if name != "hfma_dollars")
    start = (
        f"Definitions stand in a row: {order}; `hfma_dollars` counts the same claims as `hfma_volume`, and differs in its denominator only."
    )
    parts = [
        _INTRO,
        "| definition | what it is | unit | rate of | dated by |\n|---|---|---|---|---|\n" + "".join(map(_row, definitions)),
        *map(_section, definitions),
        _BRIDGE.format(start=start),
        "| between | walking down the row | walking up |\n|---|---|---|\n" + "".join(map(_step, STEPS)),
        "At its end of a walk, `hfma_dollars` adds two steps: its denominator is the mean of the three months before each month instead\n"
        "of the same months; and months with none before them in the release are left out.\n",
        "## Tables of the release\n",
        *(f"- **{name}**: {_plain(found[name].description)}\n" for name in MARTS),
        "- **denial_definition**: one row a definition, with these texts and the hash of its SQL.\n",
    ]
    return "\n".join(parts)


def _row(definition: Definition) -> str:
    link = f"[{definition.name}](#{definition.name})"
    rate = "charges" if definition.measure == "amount" else "units"
    return f"| {link} | {_plain(definition.title)} | {definition.unit} | {rate} | {definition.date} |\n"


def _section(definition: Definition) -> str:
    lines = (
        ("Wording", definition.wording),
        ("Numerator", definition.numerator),
        ("Denominator", definition.denominator),
        ("Left out", definition.left_out),
        ("Service date", definition.service),
        ("Submission date", definition.submission),
        ("Remit date", definition.remit),
        ("Source", definition.source),
    )
    body = "".join(f"- **{name}**: {_plain(text)}\n" for name, text in lines)
    return f"## {definition.name}\n\n{body}- **SQL**: [sql/definitions/{definition.name}.sql](../sql/definitions/{definition.name}.sql)\n"


def _step(step: tuple[int, str, str, str]) -> str:
    place, _, down, back = step
    names = {number: name for name, number in reversed(PLACES.items()) if name != "hfma_dollars"}
    return f"| {names[place]} – {names[place + 1]} | {_plain(down)} | {_plain(back)} |\n"


def _plain(text: str) -> str:
    """text as Markdown that shows it as it is."""
    return re.sub(r"([\\`*<|\[\]_])", r"\\\1", text)


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(denials_page(), encoding="utf-8")
