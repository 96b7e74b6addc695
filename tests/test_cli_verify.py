"""`midpoint verify` as its users meet it: the table, --json and --csv, exit codes, one line for whatever goes wrong."""

from __future__ import annotations

import csv
import io
import json
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from pipelines.cli import main
from pipelines.reconciliation.identities import RELEASE, load_identities
from pipelines.warehouse import connect
from tests.reconciliation.conftest import INBOX, Audited, audit

IDENTITIES = load_identities()


Command = Callable[..., "Done"]


class Done(NamedTuple):
    code: int
    out: str
    err: str


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Audited:
    return audit(tmp_path_factory.mktemp("verified"), INBOX)


@pytest.fixture
def tampered(made: Audited, tmp_path: Path) -> Audited:
    copy = Audited(tmp_path / "w.duckdb", tmp_path / "releases" / made.release.name)
    shutil.copy(made.warehouse, copy.warehouse)
    shutil.copytree(made.release, copy.release)
    (tmp_path / "releases" / "current").symlink_to(copy.release)
    return copy


@pytest.fixture
def midpoint(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Command:
    """The command, called in this process from an empty working folder."""
    monkeypatch.chdir(tmp_path)

    def call(*arguments: object) -> Done:
        monkeypatch.setattr(sys, "argv", ["midpoint", "verify", *map(str, arguments)])
        code = 0
        try:
            main()
        except SystemExit as left:
            code = int(left.code or 0)
        said = capsys.readouterr()
        return Done(code, said.out, said.err)

    return call


def at(found: Audited) -> tuple[object, ...]:
    return "--warehouse", found.warehouse, "--out", found.release.parent


def test_everything_ties(midpoint: Command, made: Audited) -> None:
    done = midpoint(*at(made))
    assert (done.code, done.err) == (0, "")
    lines = done.out.splitlines()
    assert lines[0].split() == ["left", "right", "difference", "groups", "differ"]
    rows = [line for line in lines if line.startswith("  ") and line.rstrip()[-1:].isdigit() and "·" not in line and "  0" in line]
    assert all(line.endswith("       0") for line in rows)
    charges = next(line for line in lines if "Claim charges: in the files" in line)
    assert charges.split("aside")[1].split() == ["29,455.00", "29,455.00", "0.00", "7", "0"]
    assert len({line.index("29,455.00") for line in lines if "29,455.00" in line}) == 1  # right-aligned, one below the other
    assert "landed 29,030.00 · set aside 425.00" in done.out
    ours, senders = (sum(i.side == side for i in IDENTITIES) for side in ("ours", "sender"))
    assert f"{ours} of {ours} identities at 0.00; of the senders' own figures, {senders} of {senders} add up" in done.out
    assert "What differs" not in done.out


def test_a_cent_is_shown_with_its_place_and_leaves_with_3(midpoint: Command, tampered: Audited) -> None:
    tampered.change("update core.claim_version set charge_amount = charge_amount - 0.01 where patient_control_number = 'ACP02-NOTIME-01'")
    done = midpoint(*at(tampered))
    assert done.code == 3
    row = next(line for line in done.out.splitlines() if "Claim charges: landed = claim versions" in line)
    assert row.split()[-5:] == ["29,030.00", "29,029.99", "0.01", "51", "1"]
    after = done.out.split("What differs\n")[1]
    assert after.startswith("  claim_charge_core: 837p_medicare_2025-04.edi, transaction set 1, segment ")
    assert ", ACP02-NOTIME-01\n" in after
    assert "difference 0.01\n" in after


def test_a_changed_release_leaves_with_3(midpoint: Command, tampered: Audited) -> None:
    path = tampered.release / "denial.csv"
    path.write_bytes(path.read_bytes() + b"\n")
    done = midpoint(tampered.release, *at(tampered))
    assert done.code == 3
    assert "release_hashes: denial.csv, changed since it was published\n      1 against 0, difference 1" in done.out


def test_json_and_csv(midpoint: Command, made: Audited) -> None:
    found = json.loads(midpoint(*at(made), "--json").out)
    assert [i["identity"] for i in found["identities"]] == [i.name for i in IDENTITIES]
    assert {i["difference_amount"] for i in found["identities"]} == {"0.00"}
    assert (found["difference_count"], found["differences"]) == (0, [])
    rows = list(csv.DictReader(io.StringIO(midpoint(*at(made), "--csv").out)))
    assert [row["left_amount"] for row in rows] == [i["left_amount"] for i in found["identities"]]
    both = midpoint(*at(made), "--csv", "--json")
    assert both.code == 2


def test_the_first_groups_of_each_identity_are_shown(midpoint: Command, tampered: Audited) -> None:
    tampered.change("update raw.claim set line_charge_amount = 1; update raw.remit set patient_responsibility_amount = -1")
    done = midpoint(*at(tampered))
    shown = done.out.split("What differs\n")[1]
    assert shown.count("claim_charge_balance") == shown.count("patient_share_balance") == 10
    assert "  and 74 more" in shown


def test_without_a_release_the_warehouse_alone_is_verified(midpoint: Command, made: Audited, tmp_path: Path) -> None:
    done = midpoint("--warehouse", made.warehouse, "--out", tmp_path / "nowhere")
    assert done.code == 0
    assert "none yet, so no files of one were verified" in done.out
    ours = sum(i.side == "ours" and i.stage != RELEASE for i in IDENTITIES)
    assert f"{ours} of {ours} identities" in done.out


def test_what_landed_since_the_audit_is_told(midpoint: Command, tampered: Audited) -> None:
    tampered.change("insert into raw.file select * replace (99 as file_key, 'new.edi' as path, 'x' as sha256) from raw.file limit 1")
    done = midpoint(*at(tampered))
    assert done.code == 3
    assert "1 file landed since the last audit; run midpoint audit" in done.out


def test_errors_are_one_line(midpoint: Command, made: Audited, tmp_path: Path) -> None:
    connect(tmp_path / "empty.duckdb").close()
    for arguments, words in (
        (("--warehouse", tmp_path / "none.duckdb"), "not there yet"),
        (("--warehouse", tmp_path / "empty.duckdb"), "run midpoint audit"),
        ((tmp_path / "no-release", *at(made)), "not a release"),
    ):
        done = midpoint(*arguments)
        assert (done.code, done.out, done.err.count("\n")) == (1, "", 1)
        assert words in done.err
