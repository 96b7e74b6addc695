"""The identities: the YAML header of each file of sql/reconciliation becomes an Identity; all that is shown about one comes from here.

What does not belong here: running an identity (runner) and what it compares (the SQL).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import yaml

from pipelines.errors import MidpointError
from pipelines.warehouse import SQL

IDENTITIES = SQL / "reconciliation"
# In the order of the money's way. The last one speaks of a release's folder, all others of the warehouse.
STAGES = {
    "read": "From the files to the warehouse",
    "core": "From what landed to claims and remittances",
    "adjudication": "What was decided on every line",
    "finding": "Dollars of findings",
    "mart": "Published tables",
    "release": "A release and its files",
    "balance": "What the senders' own figures come to",
}
RELEASE = "release"
SIDES = {"ours": "must be 0.00", "sender": "is the sender's own"}
UNITS = ("dollars", "rows", "files")

_TEXTS = ("name", "stage", "title", "side", "unit", "group", "left", "right", "source", "means")
_KEYS = frozenset((*_TEXTS, "order"))


@dataclass(frozen=True)
class Identity:
    """Two ways to the same number. Its query gives one row a group: where it stands, what it is, and both sides (see runner)."""

    name: str
    stage: str
    order: int  # in its stage
    title: str
    side: str  # ours: a difference is an error of Midpoint or a tampered table; sender: the sender's figures do not add up
    unit: str
    group: str  # what a row of the query is
    left: str
    right: str
    source: str
    means: str  # what a difference means and what to do
    sql: str

    @property
    def query(self) -> str:
        """The SQL without the header."""
        return self.sql.split("--- */\n", 1)[1]


def load_identities() -> list[Identity]:
    """All identities, in the order of the money's way. Raises MidpointError on a header that is missing, incomplete or wrong."""
    found = [_read(path) for path in sorted(IDENTITIES.glob("*.sql"))]
    return sorted(found, key=lambda i: (list(STAGES).index(i.stage), i.order, i.name))


def _read(path: Path) -> Identity:
    sql = path.read_text(encoding="utf-8")
    where = f"sql/reconciliation/{path.name}"
    found = re.match(r"/\* ---\n(.*?)\n--- \*/", sql, re.DOTALL)
    if found is None:
        raise MidpointError(f"{where}: no header; begin the file with /* --- , YAML, and --- */")
    try:
        header = cast("dict[str, Any]", yaml.safe_load(found[1]))
    except yaml.YAMLError as error:
        raise MidpointError(f"{where}: the header is no YAML: {' '.join(str(error).split())}") from error
    missing = sorted(_KEYS - header.keys())
    unknown = sorted(header.keys() - _KEYS)
    if missing or unknown:
        raise MidpointError(f"{where}: the header lacks {', '.join(missing) or 'nothing'}; unknown keys: {', '.join(unknown) or 'none'}")
    if header["name"] != path.stem:
        raise MidpointError(f"{where}: the header's name {header['name']} is not the file's")
    for key, words in (("stage", STAGES), ("side", SIDES), ("unit", UNITS)):
        if header[key] not in words:
            raise MidpointError(f"{where}: {key} {header[key]!r} is none of {', '.join(words)}")
    return Identity(**{key: " ".join(str(header[key]).split()) for key in _TEXTS}, order=int(header["order"]), sql=sql)
