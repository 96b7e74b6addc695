"""From one audit to the next, with the command: reviews survive a rebuild, and every difference between releases has a cause."""

from __future__ import annotations

import csv
import json
import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipelines.checks.catalogue import load_catalogue
from pipelines.checks.runner import run_checks
from pipelines.denials.definitions import build_units
from pipelines.reconciliation.runner import reconcile_warehouse
from pipelines.release.publish import publish
from pipelines.review.compare import compare
from pipelines.settings import Settings
from pipelines.warehouse import SQL, build_room
from tests.command import Command
from tests.release.story import audited, build

INBOX = Path(__file__).parents[2] / "data_samples" / "inbox"
LATE = ("835_commercial_2025-07.edi",)  # lands after the first run


def table(release: Path, name: str) -> list[dict[str, str]]:
    with (release / f"{name}.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def audit(midpoint: Command, *more: object) -> Path:
    done = midpoint("audit", "inbox", *more, "--json")
    assert done.code == 0, done.err
    return Path(json.loads(done.out)["release"])


def test_from_run_to_run(midpoint: Command, tmp_path: Path) -> None:
    """Files land between, a list goes out and comes back, the warehouse is lost, a reference file changes; each told apart."""
    (tmp_path / "inbox").mkdir()
    for path in INBOX.iterdir():
        if path.name not in LATE:
            shutil.copy(path, tmp_path / "inbox")
    first = audit(midpoint, "--as-of", "2026-06-30")
    for name in LATE:
        shutil.copy(INBOX / name, tmp_path / "inbox")
    second = audit(midpoint, "--as-of", "2026-06-30")
    landed = json.loads(midpoint("compare", first.name, second.name, "--json").out)
    assert landed["changed"]["files_added"] == list(LATE)
    assert landed["difference_count"] > 0
    assert {row["cause"] for row in landed["differences"]} == {"data"}

    # out, filled in as a spreadsheet would save it, and back
    assert midpoint("review", "export", "list.xlsx", "--where", "direction=over").code == 0
    assert midpoint("review", "export", second, "list.csv", "--where", "direction=over").code == 0
    rows = list(csv.DictReader((tmp_path / "list.csv").open(newline="")))
    decided = {rows[0]["finding_key"]: "confirmed", rows[1]["finding_key"]: "dismissed", rows[2]["finding_key"]: "reviewed"}
    for row in rows:
        if row["finding_key"] in decided:
            row |= {"status": decided[row["finding_key"]], "reviewer": "Ann", "reason": "record read", "reviewed_date": "2026-06-30"}
    with (tmp_path / "list.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    assert "3 applied" in midpoint("review", "import", "list.csv").out
    assert "0 applied" in midpoint("review", "import", "list.csv").out
    assert "0 applied" in midpoint("review", "import", "list.xlsx").out  # untouched, though version 0 is behind

    # the warehouse is lost; the reviews and the first days are not
    Path("midpoint.duckdb").unlink()
    third = audit(midpoint, "--as-of", "2026-07-31")
    status = {row["finding_key"]: row for row in table(third, "finding_status")}
    assert {key: status[key]["status"] for key in decided} == decided
    for row in table(second, "finding"):
        assert status[row["finding_key"]]["first_seen_date"] == "2026-06-30"
        if row["finding_key"] in decided:
            assert status[row["finding_key"]]["claim_key"] == row["claim_key"]
    assert {row["first_seen_date"] for row in table(third, "finding") if row["finding_key"] in status} >= {"2026-06-30"}
    confirmed = status[rows[0]["finding_key"]]
    assert (confirmed["refund_due_date"], confirmed["days_left"], confirmed["clock"]) == ("2026-08-29", "29", "running")
    found = {row["finding_key"] for row in table(third, "finding")}
    assert {key for key, row in status.items() if row["is_found"] == "true"} == found
    assert {key for key, row in status.items() if row["status"] == "gone"} == {
        row["finding_key"] for row in table(first, "finding")
    } - found
    later = json.loads(midpoint("compare", second.name, third.name, "--json").out)
    assert later["unexplained_count"] == 0
    assert later["counts"]["reviewed"] == {"review": 3}

    # the same run again gives the same release
    assert audit(midpoint, "--as-of", "2026-07-31") == third

    # a reference file of one's own, without the pairs of critical care
    (tmp_path / "reference").mkdir()
    lines = (SQL / "reference" / "ncci_pair.csv").read_text().splitlines()
    (tmp_path / "reference" / "ncci_pair.csv").write_text("\n".join([lines[0], *[x for x in lines[1:] if "99291" not in x]]) + "\n")
    fourth = audit(midpoint, "--as-of", "2026-07-31")
    changed = json.loads(midpoint("compare", third.name, fourth.name, "--json").out)
    assert changed["changed"]["references"] == ["ncci_pair.csv"]
    assert {row["cause"] for row in changed["differences"]} == {"reference"}
    assert "0 unexplained" in midpoint("compare", third.name, fourth.name).out


@pytest.fixture
def story(tmp_path: Path) -> tuple[duckdb.DuckDBPyConnection, Settings, Path]:
    settings = Settings(out=tmp_path / "releases", as_of=date(2024, 12, 31))
    con = build(1, settings.as_of)
    return con, settings, publish(con, settings)


def again(con: duckdb.DuckDBPyConnection, settings: Settings, checks: list[Any]) -> Path:
    run_checks(con, settings, checks)
    build_units(con)
    build_room(con, "mart")
    reconcile_warehouse(con)
    return publish(con, settings)


def test_a_changed_rule_and_what_it_does_to_the_line(story: tuple[duckdb.DuckDBPyConnection, Settings, Path]) -> None:
    """ACP-20 finds nothing any more: its finding is gone, and what else lies on the line now carries its dollars, for the same cause."""
    con, settings, first = story
    checks = [
        replace(c, sql=c.sql.replace("--- */\n", "--- */\nselect * replace (false as is_violation) from (\n", 1) + "\n)")
        if c.id == "ACP-20"
        else c
        for c in load_catalogue()
    ]
    made = compare(first, again(con, settings, checks))
    assert made["changed"]["checks"] == ["ACP-20"]
    assert made["counts"]["gone"] == {"rule": 1}
    assert {row["cause"] for row in made["differences"]} == {"rule"}


def test_a_changed_parameter(story: tuple[duckdb.DuckDBPyConnection, Settings, Path]) -> None:
    con, settings, _ = story
    con.execute("update reference.parameter set as_of_date = date '2024-08-15'")
    build_room(con, "core")
    early = replace(settings, as_of=date(2024, 8, 15))
    audited(con, early.as_of)
    first = publish(con, early)
    con.execute("update reference.parameter set as_of_date = date '2024-12-31'")
    build_room(con, "core")
    audited(con, settings.as_of)
    made = compare(first, publish(con, settings))
    assert made["changed"]["parameters"] == {"as_of_date": ["2024-08-15", "2024-12-31"]}
    assert made["difference_count"] > 0
    assert {row["cause"] for row in made["differences"]} == {"parameter"}


def test_nothing_changed_nothing_differs(story: tuple[duckdb.DuckDBPyConnection, Settings, Path]) -> None:
    made = compare(story[2], story[2])
    assert (made["difference_count"], made["counts"]) == (0, {})


def test_a_difference_without_a_cause_is_said_to_be_unexplained(
    story: tuple[duckdb.DuckDBPyConnection, Settings, Path], tmp_path: Path
) -> None:
    """A published table that somebody has edited."""
    other = tmp_path / "other"
    shutil.copytree(story[2], other)
    (other / "finding.parquet").unlink()
    duckdb.execute(f"copy (select * from read_parquet('{story[2]}/finding.parquet') limit 1) to '{other}/finding.parquet' (format parquet)")
    made = compare(story[2], other)
    assert made["unexplained_count"] == made["difference_count"] > 0


def test_what_is_no_release_is_one_line(midpoint: Command) -> None:
    done = midpoint("compare", "a", "b")
    assert (done.code, done.err.count("\n")) == (1, 1)


def test_reviews_that_are_not_there_yet(midpoint: Command, tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_text("finding_key\n")
    done = midpoint("review", "import", "list.csv")
    assert (done.code, "midpoint audit makes it" in done.err) == (1, True)
    assert not list(tmp_path.glob("*.sqlite"))
