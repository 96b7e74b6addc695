"""docs/reconciliation.md: the identities as a page to keep open, made from the headers of sql/reconciliation and from nothing else.

What does not belong here: any text about one identity (its header holds it). ``python -m pipelines.reconciliation.page FILE`` writes it.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from pathlib import Path

from pipelines.reconciliation.identities import SIDES, STAGES, Identity, load_identities

_INTRO = """\
# Reconciliation

<!-- Made by `make docs` from the headers of sql/reconciliation: change a header, not this page. -->

Money is followed from the bytes of the files to the published tables. Each step is an identity: two ways to the same number, compared group
by group (file, claim, line …), to the cent. Every audit runs those of the warehouse and publishes them (`reconciliation`,
`reconciliation_difference`); `midpoint verify` runs all of them anew, those of the release's own files too, prints both sides with their
difference, names the groups that differ with file, transaction set and segment, and leaves with exit code 3 when any does.

- **Ours** must be 0.00. A difference is an error of Midpoint, a table that was changed by hand, or a release that is not the warehouse's
  present state. Where what was read, kept and published does not tie, an audit stops before it publishes (Great Expectations).
- **The sender's** figures may fail to add up: remittances out of balance exist. They land as sent, are counted as sent, and are listed.
- **Differing** counts groups, for differences may cancel each other out in a sum. A row that is missing differs from 0.00.
- **Set aside** amounts are read from the segments of every piece that did not land. What cannot be read (a damaged amount, a file that
  is no X12) is counted as unreadable and is in no sum; it is never taken for zero.
"""


def identity_page(identities: Sequence[Identity]) -> str:
    """The page as Markdown: how to read it, a table of the identities in the order given, then each in full by stage."""
    parts = [
        _INTRO,
        "## All identities\n",
        "| identity | says | difference |\n|---|---|---|\n" + "".join(map(_row, identities)),
    ]
    for stage, title in STAGES.items():
        parts += [f"## {title}\n", *(_section(identity) for identity in identities if identity.stage == stage)]
    return "\n".join(parts)


def _row(identity: Identity) -> str:
    return f"| [{identity.name}](#{identity.name}) | {_plain(identity.title)} | {SIDES[identity.side]} |\n"


def _section(identity: Identity) -> str:
    lines = (
        ("Says", identity.title),
        ("Left", identity.left),
        ("Right", identity.right),
        ("Compared", f"{identity.unit}, for each {identity.group}"),
        ("A difference", f"{SIDES[identity.side]}. {identity.means}"),
        ("Source", identity.source),
    )
    path = f"sql/reconciliation/{identity.name}.sql"
    facts = "".join(f"- **{name}**: {_plain(text)}\n" for name, text in lines)
    return f"### {identity.name}\n\n{facts}- **SQL**: [{path}](../{path})\n"


def _plain(text: str) -> str:
    """text as Markdown that shows it as it is."""
    return re.sub(r"([\\`*<|\[\]_])", r"\\\1", text)


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(identity_page(load_identities()), encoding="utf-8")
