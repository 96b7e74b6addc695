"""The command as its users meet it: what it prints, its exit codes, and one line for whatever goes wrong."""

from __future__ import annotations

import contextlib
import csv
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import duckdb
import pytest

from pipelines.checks.catalogue import load_catalogue
from pipelines.warehouse import connect
from tests.command import Command, Done

ROOT = Path(__file__).parents[1]
INBOX = ROOT / "data_samples" / "inbox"
DAY = ("--as-of", "2026-06-30")


def one_line(done: Done, *words: str) -> None:
    assert done.code == 1, done
    assert done.err.startswith("midpoint: ")
    assert done.err.count("\n") == 1
    assert done.out == ""
    for word in words:
        assert word in done.err


def test_help_is_quick() -> None:
    """Help loads nothing heavy."""
    heavy = {"dagster", "duckdb", "great_expectations", "polars", "numba", "plotly"}
    code = f"import sys, pipelines.cli; print(sorted({heavy} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_an_audit_from_first_to_last(midpoint: Command) -> None:
    """First run, nothing new, --strict, status, quarantine, report: one warehouse, since each run takes seconds."""
    first = midpoint("audit", INBOX, *DAY)
    assert (first.code, first.err) == (0, "")
    assert "12 in: 10 accepted, 2 partial, 0 quarantined, 0 duplicate; 12 new" in first.out
    assert "837p_truncated.edi, transaction set 2: the file ends inside this transaction set" in first.out
    assert "100.0 % matched" in first.out
    assert "Findings, conflict" in first.out
    report = Path(first.out.rsplit("Report", 1)[1].strip())
    assert report.is_file()
    assert report.parent == Path("releases") / Path("releases/current").readlink()
    with (report.parent / "finding.csv").open(newline="") as file:
        findings = list(csv.DictReader(file))
    assert sum(int(line.split()[2]) for line in first.out.splitlines() if line.startswith("Findings")) == len(findings)

    again = midpoint("audit", INBOX, *DAY, "--strict", "--json")
    assert again.code == 3
    summary = json.loads(again.out)
    assert (summary["new_files"], summary["release"]) == (0, str(report.parent))
    assert {piece["source_file"]: piece["unit"] for piece in summary["set_aside"]} == {
        "837p_truncated.edi": "transaction_set",
        "acp_documentation.csv": "row",
    }
    assert {row["direction"] for row in summary["findings"]} == {"over", "under", "denial", "info"}
    assert len(list(Path("releases").glob("2026*"))) == 1

    status = midpoint("status")
    assert "12 in: 10 accepted" in status.out
    assert str(report.parent.resolve()) in status.out
    assert "837p_truncated.edi, transaction set 2" in midpoint("quarantine").out
    assert midpoint("report").out.strip() == "releases/current/report.html"
    midpoint("report", "releases/current", "--save", "again.html")
    assert Path("again.html").read_bytes() == report.read_bytes()

    saved = midpoint("quarantine", "--save", "aside")
    assert saved.code == 0
    contents = [path.read_bytes() for path in sorted(Path("aside").iterdir())]
    assert [content.startswith(b"ST*837*") for content in contents].count(True) == 1
    assert len(contents) == len(summary["set_aside"])

    nothing = midpoint("ingest", INBOX)
    assert "nothing new" in nothing.out


def test_duplicates_are_named(midpoint: Command) -> None:
    inbox = Path("inbox")
    inbox.mkdir()
    for name in ("a.edi", "b.edi"):
        shutil.copy(INBOX / "837p_medicare_south_2026-02.edi", inbox / name)
    done = midpoint("ingest", inbox)
    assert "2 in: 1 accepted, 0 partial, 0 quarantined, 1 duplicate; 2 new" in done.out


def _publish_into_the_inbox() -> None:
    Path("nosuch/releases/old").mkdir(parents=True)
    Path("nosuch/releases/old/finding.csv").touch()


@pytest.mark.parametrize("command", ["audit", "ingest"])
@pytest.mark.parametrize(
    "make",
    [lambda: None, lambda: Path("nosuch").mkdir(), _publish_into_the_inbox],
    ids=["missing folder", "empty folder", "our own output alone"],
)
def test_no_input_is_one_line_and_leaves_nothing_behind(midpoint: Command, make: Callable[[], None], command: str) -> None:
    make()
    Path("midpoint.toml").write_text("out = 'nosuch/releases'", encoding="utf-8")
    one_line(midpoint(command, "nosuch"), "nosuch")
    assert [path.name for path in Path().iterdir() if path.name not in ("nosuch", "midpoint.toml")] == []


def test_a_pdf_named_837(midpoint: Command) -> None:
    Path("scan.837").write_bytes(b"%PDF-1.7\n" + bytes(range(256)))
    done = midpoint("audit", "scan.837", "--strict")
    one_line(done, "scan.837", "not an X12 file")


def test_a_documentation_file_without_its_columns_is_named(midpoint: Command) -> None:
    Path("notes.csv").write_text("when,who\n2024-05-06,1234567893\n", encoding="utf-8")
    done = midpoint("audit", "notes.csv")
    one_line(done, "notes.csv", "documentation_id", "when")


def test_a_truncated_archive(midpoint: Command) -> None:
    Path("remit.edi.gz").write_bytes((INBOX / "835_medicare_2025-10.edi.gz").read_bytes()[:200])
    one_line(midpoint("audit", "remit.edi.gz"), "remit.edi.gz", "cut off")


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (("audit", "x", "--policy", "generous"), "policy 'generous' is not known; "),
        (("status",), "not there yet"),
        (("quarantine", "--warehouse", "elsewhere.duckdb"), "elsewhere.duckdb"),
        (("report",), "not a release"),
        (("checks", "show", "XYZ-01"), "no check XYZ-01; there are ACP-01"),
    ],
)
def test_errors_are_one_line(midpoint: Command, arguments: tuple[str, ...], word: str) -> None:
    one_line(midpoint(*arguments), word)


def test_a_file_that_is_no_warehouse(midpoint: Command) -> None:
    Path("w.duckdb").write_text("hello, this is no database" * 50)
    one_line(midpoint("audit", INBOX, "--warehouse", "w.duckdb"), "w.duckdb", "not a DuckDB file", "--warehouse")


def test_a_warehouse_that_cannot_be_written(midpoint: Command) -> None:
    one_line(midpoint("audit", INBOX, "--warehouse", "no/such/folder/w.duckdb"), "cannot be written", "--warehouse")


@pytest.mark.parametrize(
    ("make", "arguments", "words"),
    [
        (lambda: Path("w").mkdir(), ("--warehouse", "w"), ("warehouse w: is a folder; name a file, as w/midpoint.duckdb",)),
        (lambda: None, ("--warehouse", "/dev/full"), ("/dev/full", "not an ordinary file", "--warehouse")),
        (lambda: Path("taken").touch(), ("--out", "taken/releases"), ("taken is not a folder", "--out")),
        (lambda: Path("r/current").mkdir(parents=True), ("--out", "r"), ("r/current is in the way", "--out")),
        (lambda: Path("midpoint.toml").write_text("reference = 'nosuch'"), (), ("reference nosuch: no such folder",)),
        (lambda: Path("midpoint.toml").write_text("memory_limit = 'lots'"), (), ("midpoint.toml: memory_limit cannot be 'lots'",)),
    ],
    ids=["warehouse is a folder", "warehouse is a device", "out below a file", "current is a folder", "reference", "memory_limit"],
)
def test_what_stops_the_run_is_told_before_it(
    midpoint: Command, make: Callable[[], object], arguments: tuple[str, ...], words: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipelines.assets.run.run_job", None)
    make()
    one_line(midpoint("audit", INBOX, *arguments), *words)
    assert not Path("midpoint.duckdb").exists()


def test_a_reference_file_that_replaces_nothing_is_told(midpoint: Command) -> None:
    Path("own").mkdir()
    Path("own/fees.csv").write_text("a\n", encoding="utf-8")
    Path("midpoint.toml").write_text("reference = 'own'", encoding="utf-8")
    one_line(midpoint("audit", INBOX), "fees.csv is no reference table's name", "fee_schedule.csv")


def test_a_lost_link_to_the_newest_release_is_told(midpoint: Command) -> None:
    Path("releases/2026-06-30-0123456789ab").mkdir(parents=True)
    Path("releases/2026-06-30-0123456789ab/manifest.json").write_text("{}", encoding="utf-8")
    one_line(midpoint("report"), "the link to the newest release is lost", "2026-06-30-0123456789ab")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_run_that_is_stopped_says_so_in_one_line(midpoint: Command, monkeypatch: pytest.MonkeyPatch, number: signal.Signals) -> None:
    def land(*_: object) -> None:
        os.kill(os.getpid(), number)
        time.sleep(10)

    monkeypatch.setattr("pipelines.assets.landing.land", land)
    done = midpoint("ingest", INBOX)
    assert done == (130, "", "midpoint: stopped; nothing is half-landed, run it again\n")


def test_a_signal_that_duckdb_swallows_stops_the_run(midpoint: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before the next step, where the step itself did not notice."""

    def land(*_: object) -> SimpleNamespace:
        with contextlib.suppress(BaseException):
            os.kill(os.getpid(), signal.SIGINT)
            time.sleep(10)
        return SimpleNamespace(files=[])

    monkeypatch.setattr("pipelines.assets.landing.land", land)
    assert midpoint("audit", INBOX) == (130, "", "midpoint: stopped; nothing is half-landed, run it again\n")


def test_a_reader_that_leaves_early_is_no_error() -> None:
    reader, writer = os.pipe()
    os.close(reader)
    code = "from pipelines.cli import main; main()"
    done = subprocess.run([sys.executable, "-c", code, "checks", "list"], cwd=ROOT, stdout=writer, stderr=subprocess.PIPE, check=False)
    os.close(writer)
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("GE*1*105~", "GE*7*105~", "1 functional group, 0 interchanges"),
        ("GE*1*105~", "GE*1*999~", "1 functional group, 0 interchanges"),
        ("IEA*1*000000105~", "IEA*2*000000105~", "0 functional groups, 1 interchange\n"),
        ("IEA*1*000000105~", "IEA*1*000000999~", "0 functional groups, 1 interchange\n"),
        ("SE*44*0001~", "SE*45*0001~", "trailers of 1 transaction set,"),
        ("SV1*HC:99497*150*", "SV1*HC:99497*151*", "1 of 1 transaction set, 1 claim, 0 remittance claims"),
    ],
    ids=["GE01", "GE02", "IEA01", "IEA02", "SE01", "CLM02"],
)
def test_strict_passes_only_what_balances(midpoint: Command, old: str, new: str, words: str) -> None:
    text = (INBOX / "837p_medicare_south_2026-02.edi").read_text(encoding="utf-8")
    assert old in text
    Path("x.edi").write_text(text.replace(old, new, 1), encoding="utf-8")
    done = midpoint("ingest", "x.edi", "--strict")
    assert done.code == 3
    assert words in done.out


def test_strict_passes_what_balances(midpoint: Command) -> None:
    assert midpoint("ingest", INBOX / "837p_medicare_south_2026-02.edi", "--strict").code == 0


def test_a_wrong_settings_file(midpoint: Command) -> None:
    Path("midpoint.toml").write_text("polcy = 'medicare'", encoding="utf-8")
    one_line(midpoint("status"), "midpoint.toml: unknown setting 'polcy'")


def test_an_unexpected_system_error_is_one_line(midpoint: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied", "secret/midpoint.toml")

    monkeypatch.setattr("pipelines.cli.load_settings", refuse)
    one_line(midpoint("status"), "secret/midpoint.toml: Permission denied")


def test_a_full_disk_is_one_line(midpoint: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise duckdb.OutOfMemoryException("Out of Memory Error: failed to offload\nmore")

    monkeypatch.setattr("pipelines.cli.load_settings", fail)
    one_line(midpoint("status"), "failed to offload; free disk space or memory")


@pytest.mark.parametrize("arguments", [("audit",), ("audit", "x", "--as-of", "yesterday"), ("nonsense",), ("status", "--nonsense")])
def test_wrong_usage_is_exit_2(midpoint: Command, arguments: tuple[str, ...]) -> None:
    assert midpoint(*arguments).code == 2


def test_the_checks(midpoint: Command) -> None:
    listed = midpoint("checks", "list")
    assert listed.out.splitlines()[0].startswith("ACP-01  content")
    shown = midpoint("checks", "show", "acp-20")
    assert "critical care" in shown.out
    assert shown.out.count("false_positives") == 1  # the header once, as a table
    assert "from core.acp_line" in shown.out
    assert shown.out.endswith("Last result  none in releases nor in midpoint.duckdb; midpoint audit runs the checks\n")
    as_json = json.loads(midpoint("checks", "show", "ACP-20", "--json").out)
    assert (as_json["family"], as_json["last_result"]) == ("conflict", None)


def test_the_cases_of_a_check(midpoint: Command, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    tested = midpoint("checks", "test", "ACP-20")
    assert tested.code == 0
    assert [line.split()[:3] for line in tested.out.splitlines()] == [
        ["ACP-20", "fires", "passed"],
        ["ACP-20", "clean", "passed"],
        ["ACP-20", "edge", "passed"],
        ["3", "of", "3"],
    ]
    # A case that expects something else, and one that is not there.
    monkeypatch.setattr("pipelines.checks.scenario.SCENARIOS", tmp_path)
    (tmp_path / "ACP-20").mkdir()
    for case in ("fires", "clean"):
        text = (ROOT / "tests" / "checks" / "ACP-20" / "clean.yaml").read_text(encoding="utf-8")
        (tmp_path / "ACP-20" / f"{case}.yaml").write_text(text.replace("eligible: 6", "eligible: 7"), encoding="utf-8")
    one_line(midpoint("checks", "test", "ACP-20"), "ACP-20/edge.yaml: cannot be read")
    (tmp_path / "ACP-20" / "edge.yaml").write_text(text, encoding="utf-8")
    tested = midpoint("checks", "test", "ACP-20")
    assert tested.code == 1
    assert tested.out.count("    eligible: expected 7, got 6\n") == 2
    assert tested.out.endswith("1 of 3 cases passed\n")


def test_the_last_result_of_a_check(midpoint: Command) -> None:
    """Of the newest release, else of the warehouse; and whether the rule is still the same."""
    check = next(check for check in load_catalogue() if check.id == "ACP-20")
    result = "'flagged' as status, cast(null as varchar) as reason, 46 as eligible_count, 1005 as flagged_count, 'over' as direction, "
    result += (
        "1285.95 as at_risk_amount, 0.00 as recoverable_amount, 213.49 as counted_at_risk_amount, 0.00 as counted_recoverable_amount, "
    )
    result += f"date '2026-06-30' as as_of_date, '{check.query_hash}' as query_hash"
    with connect("midpoint.duckdb") as con:
        con.execute(f"create table audit.check_result as select 'ACP-20' as check_id, {result}")
        con.execute(
            "insert into audit.check_result by name"
            " select 'ACP-05' as check_id, 'not_evaluable' as status, 'no column' as reason, date '2026-06-30' as as_of_date"
        )
    shown = midpoint("checks", "show", "ACP-20").out
    assert shown.endswith(
        "Last result  flagged: 1,005 of 46 eligible, $1,285.95"
        " ($213.49 of it counted here, the rest with other findings of the same lines)\n"
        "  as of      2026-06-30\n"
        "  from       warehouse midpoint.duckdb\n"
    )
    unknown = midpoint("checks", "show", "ACP-05").out
    assert "Last result  not evaluable: no column\n" in unknown
    assert "  by         another version of this check" in unknown
    assert "Last result  none in releases" in midpoint("checks", "show", "ACP-10").out

    Path("out/2026-07-31-0123456789ab").mkdir(parents=True)
    Path("out/current").symlink_to("2026-07-31-0123456789ab")
    with connect(":memory:") as con:
        newer = result.replace("46 as", "50 as").replace("213.49 as", "1285.95 as")
        con.execute(f"copy (select 'ACP-20' as check_id, {newer}) to 'out/current/check_result.parquet'")
    shown = midpoint("checks", "show", "ACP-20", "--out", "out").out
    assert "flagged: 1,005 of 50 eligible, $1,285.95\n" in shown
    assert shown.endswith("  from       release out/2026-07-31-0123456789ab\n")
    assert "warehouse" in midpoint("checks", "show", "ACP-05", "--out", "out").out.splitlines()[-2]
    published = json.loads(midpoint("checks", "show", "ACP-20", "--out", "out", "--json").out)["last_result"]
    assert (published["eligible_count"], published["is_of_this_version"]) == (50, True)


def test_a_warehouse_that_is_none_still_shows_the_rule(midpoint: Command) -> None:
    Path("midpoint.duckdb").write_text("hello, this is no database" * 50)
    shown = midpoint("checks", "show", "ACP-20")
    assert shown.code == 0
    assert "from core.acp_line" in shown.out
    assert "Last result  warehouse midpoint.duckdb: not a DuckDB file" in shown.out


def test_the_reference_of_the_checks(midpoint: Command) -> None:
    printed = midpoint("checks", "docs").out
    assert printed.startswith("# The checks\n")
    assert midpoint("checks", "docs", "--save", "checks.md").out == "checks.md\n"
    assert Path("checks.md").read_text(encoding="utf-8") == printed
