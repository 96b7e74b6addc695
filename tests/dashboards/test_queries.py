"""A release opened for reading: what it may and may not do, a new release noticed, and the marts that say where findings belong."""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb
import pytest

from dashboards.filters import Filters, read
from dashboards.queries import Column, Release, ReleaseError, Releases, Table


@pytest.fixture(scope="module")
def release(releases: Path) -> Release:
    return Releases(releases).get()


def test_it_reads_its_own_folder_and_nothing_else(release: Release, tmp_path: Path) -> None:
    (tmp_path / "other.csv").write_text("a\n1\n")
    with pytest.raises(duckdb.Error):
        release.rows(f"select * from read_csv('{tmp_path / 'other.csv'}')")
    with pytest.raises(duckdb.Error):
        release.rows("set enable_external_access = true")


def test_what_comes_from_an_address_is_bound(release: Release) -> None:
    table = Table("t", "t", "select count(*) as n from finding_month where {cube}", (Column("n", "N", "count"),))
    assert table.rows(release, read("?payer=99901' or '1'='1"))[0]["n"] == 0
    assert table.rows(release, read("?payer=99901"))[0]["n"] > 0


def test_a_release_of_an_older_version_is_told_in_words(releases: Path, tmp_path: Path) -> None:
    old = Releases(releases).get()
    shutil.copytree(old.folder, tmp_path / old.run_id)
    (tmp_path / old.run_id / "finding_month.parquet").unlink()
    with pytest.raises(ReleaseError, match="run midpoint audit again"):
        Releases(tmp_path, old.run_id).get().rows("select * from finding_month")


def test_a_new_release_is_noticed_and_an_older_one_can_be_opened(releases: Path, tmp_path: Path) -> None:
    newer, older = Releases(releases).names
    for name in (newer, older):
        shutil.copytree(releases / name, tmp_path / name)
    (tmp_path / "current").symlink_to(older)
    opened = Releases(tmp_path)
    assert opened.get().run_id == older
    (tmp_path / "current").unlink()
    (tmp_path / "current").symlink_to(newer)
    assert opened.get().run_id == newer
    assert opened.get(older).run_id == older
    with pytest.raises(ReleaseError, match="no release"):
        opened.get("2020-01-01-000000000000")


def test_no_folder_no_release(tmp_path: Path) -> None:
    with pytest.raises(ReleaseError, match="midpoint audit"):
        Releases(tmp_path).get()


def test_every_finding_has_one_place_and_every_basis_the_same_sum(release: Release) -> None:
    row = release.row(
        "select (select count(*) from finding) as findings, count(*) as places, count(distinct finding_key) as keys,"
        " count(*) filter (where code_family is null) as unknown from finding_context"
    )
    assert row["findings"] == row["places"] == row["keys"] > 0
    assert row["unknown"] == 0
    sums = release.rows(
        "select date_basis, sum(finding_count) as n, sum(at_risk_amount) as risk, sum(recoverable_amount) as due from finding_month"
        " group by date_basis"
    )
    wanted = release.row(
        "select count(*) as n, sum(at_risk_amount) filter (where at_risk_counted) as risk,"
        " sum(recoverable_amount) filter (where at_risk_counted) as due from finding"
    )
    assert {row["date_basis"] for row in sums} == {"service", "submission", "remit"}
    assert all({key: row[key] for key in wanted} == wanted for row in sums)


def test_a_claims_rows_stand_together(release: Release) -> None:
    """Claim 360 reads by key: row groups that cannot hold the claim are passed over only where the file is in that order."""
    for table in ("claim_line", "remit_line"):
        keys = [row["claim_key"] for row in release.rows(f"select claim_key from read_parquet('{release.folder}/{table}.parquet')")]
        known = [key for key in keys if key is not None]
        assert known == sorted(known)


def test_an_acp_day_names_no_patient(release: Release) -> None:
    row = release.row("select count(*) as n, count(*) filter (where regexp_matches(day_key, '^[0-9a-f]{16}$')) as keyed from acp_day")
    assert row["n"] == row["keyed"] > 0
    lines = release.row(
        "select count(*) filter (where claim_key is null and code_family <> 'hospice') as strange, count(*) as n from acp_day_line"
    )
    assert lines["strange"] == 0
    assert lines["n"] > 0


def test_months_have_no_gaps(release: Release) -> None:
    months = release.months
    assert months[0] == "2025-02"
    assert len(months) == len(set(months)) == 12
    assert Filters().parameters(release.as_of)["mature_month"] == "2026-03"
