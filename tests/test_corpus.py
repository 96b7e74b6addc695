"""The public X12 files that MIDPOINT_CORPUS names: each lands with the counts of its manifest, or is set aside with a correct reason.

Which files must be set aside follows from the file itself (its GS08, whether it has an ISA), read here by plain splitting, never from
what the program says. Without MIDPOINT_CORPUS there is nothing to collect.
"""

from __future__ import annotations

import csv
import os
from dataclasses import dataclass
from pathlib import Path

import pytest

from pipelines.landing.land import land
from pipelines.settings import Settings
from pipelines.warehouse import connect

FOLDER = Path(os.environ["MIDPOINT_CORPUS"]) if os.environ.get("MIDPOINT_CORPUS") else None
SEGMENTS = ("clm", "lx", "sv", "clp", "svc", "cas", "plb")
READ = ("005010X222", "005010X223", "005010X221")


@dataclass(frozen=True)
class Expected:
    """What the manifest and the text itself say of one file."""

    name: str
    counts: dict[str, int]
    versions: set[str]
    has_isa: bool
    kind: str


def expected() -> list[Expected]:
    """The manifest's rows; a file without counts there (it has no ISA to count by) is counted by its tilde-ended lines."""
    if FOLDER is None:
        return []
    found: list[Expected] = []
    with (FOLDER / "MANIFEST.tsv").open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines, delimiter="\t"):
            text = (FOLDER / row["file"]).read_bytes().decode("latin-1").removeprefix("ï»¿").lstrip()
            counts = {k: int(v) for k, v in (pair.split("=") for pair in row["counts"].split())}
            has_isa = text.startswith("ISA")
            if not has_isa:
                ids = [segment.strip().split("*", 1)[0] for segment in text.split("~")]
                counts = {name: ids.count(name) for name in set(ids)}
            wanted = {s: counts.get(s.upper(), 0) for s in SEGMENTS}
            wanted["sv"] = counts.get("SV1", 0) + counts.get("SV2", 0)
            elements = text.split(text[3]) if has_isa else []
            terminator = elements[16][1] if has_isa else "~"
            groups = [s.strip().split(text[3]) for s in text.split(terminator) if s.strip().startswith(f"GS{text[3]}")]
            versions = {group[8] for group in groups}
            found.append(Expected(row["file"], wanted, versions, has_isa, row["type"]))
    return found


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, object]]:
    """raw.file after landing the whole folder, by path."""
    assert FOLDER is not None
    warehouse = tmp_path_factory.mktemp("corpus") / "corpus.duckdb"
    con = connect(warehouse)
    land(con, Settings(warehouse=warehouse), [FOLDER])
    names = [column[0] for column in con.execute("describe raw.file").fetchall()]
    rows = con.execute("select * from raw.file").fetchall()
    con.close()
    return {str(row[1]): dict(zip(names, row, strict=True)) for row in rows}


@pytest.mark.parametrize("wanted", expected(), ids=lambda wanted: wanted.name)
def test_lands_whole_or_is_set_aside_with_a_reason(ledger: dict[str, dict[str, object]], wanted: Expected) -> None:
    file = ledger[wanted.name]
    landed = {s: file[f"landed_{s}"] for s in SEGMENTS}
    aside = {s: file[f"aside_{s}"] for s in SEGMENTS}
    nothing = dict.fromkeys(SEGMENTS, 0)
    if not wanted.has_isa:
        assert (file["status"], landed, aside) == ("quarantined", nothing, wanted.counts)
        assert "no ISA header" in str(file["reason"])
    elif all(version.startswith(READ) for version in wanted.versions):
        assert (file["status"], landed, aside) == ("accepted", wanted.counts, nothing), file["reason"]
    else:
        assert (file["status"], landed, aside) == ("quarantined", nothing, wanted.counts)
        assert all(version in str(file["reason"]) for version in wanted.versions), file["reason"]
    if wanted.kind in ("837P", "837I", "835") and wanted.has_isa:
        assert file["kind"] == wanted.kind
