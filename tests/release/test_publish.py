"""Publishing: whole or not at all, the same bytes for the same state, and tables that say what is true."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipelines.errors import MidpointError
from pipelines.release import publish as module
from pipelines.release.publish import TABLES, publish
from pipelines.settings import Settings
from tests.release.story import audited, build

FINDING = (
    "check_id,direction,proof,severity,patient_control_number,documentation_id,claim_key,line_number,service_date,clinician_npi,"
    "billing_npi,payer_id,procedure_code,modifiers,units,minutes,billed_amount,at_risk_amount,recoverable_amount,amount_method,"
    "at_risk_counted,evidence,source_file,transaction_set,segment_number,finding_key,first_seen_date"
)
FILE = (
    "path,sha256,bytes,kind,version,status,reason,interchange_count,transaction_set_count,warnings,landed_clm,aside_clm,landed_lx,aside_lx,"
    "landed_sv,aside_sv,landed_clp,aside_clp,landed_svc,aside_svc,landed_cas,aside_cas,landed_plb,aside_plb"
)


def rows(release: Path, name: str) -> list[dict[str, str]]:
    with (release / f"{name}.csv").open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def parquet(release: Path, query: str, name: str) -> list[tuple[Any, ...]]:
    with duckdb.connect() as con:
        return con.execute(query.format(f"read_parquet('{release / name}.parquet')")).fetchall()


def test_a_release_holds_what_design_says(release: Path, settings: Settings) -> None:
    expected = {f"{name}.{kind}" for name in TABLES for kind in ("csv", "parquet")} | {"manifest.json", "report.html", "findings.xlsx"}
    assert {path.name for path in release.iterdir()} == expected
    assert (release / "finding.csv").read_text().splitlines()[0] == FINDING
    assert (release / "file.csv").read_text().splitlines()[0] == FILE
    assert (settings.out / "current").resolve() == release
    assert [path.name for path in settings.out.iterdir() if path.name.startswith(".")] == []


def test_csv_and_parquet_hold_the_same(release: Path) -> None:
    for name in TABLES:
        counted = parquet(release, "select count(*) from {}", name)[0][0]
        assert counted == len(rows(release, name)), name


def test_the_same_state_gives_the_same_bytes(settings: Settings, release: Path, tmp_path: Path) -> None:
    other = build(2, settings.as_of)
    again = publish(other, replace(settings, out=tmp_path / "again"))
    assert again.name == release.name
    for name in sorted(path.name for path in release.iterdir() if path.name != "manifest.json"):  # which tells when it was made
        assert (again / name).read_bytes() == (release / name).read_bytes(), name


def test_a_published_release_is_left_alone(warehouse: duckdb.DuckDBPyConnection, settings: Settings, release: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in release.iterdir()}
    assert publish(warehouse, settings) == release
    assert {path: path.stat().st_mtime_ns for path in release.iterdir()} == before


def test_another_as_of_date_is_another_release(settings: Settings, tmp_path: Path) -> None:
    con, early, late = build(1, settings.as_of), replace(settings, out=tmp_path), replace(settings, out=tmp_path, as_of=date(2025, 1, 31))
    first = publish(con, early)
    audited(con, late.as_of)
    second = publish(con, late)
    assert first.exists()
    assert second != first
    assert (tmp_path / "current").resolve() == second
    assert {row["first_seen_date"] for row in rows(second, "finding")} == {"2024-12-31"}


def test_a_failure_leaves_nothing_behind(
    warehouse: duckdb.DuckDBPyConnection, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(folder: Path) -> Path:
        raise OSError(28, "No space left on device", str(folder))

    monkeypatch.setattr(module, "write_report", fail)
    with pytest.raises(MidpointError, match="No space left on device"):
        publish(warehouse, replace(settings, out=tmp_path))
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_is_one_line(warehouse: duckdb.DuckDBPyConnection, settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(MidpointError, match="name another folder with --out"):
        publish(warehouse, replace(settings, out=tmp_path / "file" / "releases"))


def test_manifest(release: Path) -> None:
    manifest = json.loads((release / "manifest.json").read_text())
    assert manifest["run_id"] == release.name
    assert manifest["as_of_date"] == "2024-12-31"
    assert manifest["tables"]["finding"]["rows"] == len(rows(release, "finding"))
    assert manifest["control_totals"]["claims"] == 5
    assert manifest["control_totals"]["remits_matched"] == 3
    assert {file["sha256"] for file in manifest["inputs"]} == {row["sha256"] for row in rows(release, "file")}
    assert "fee_schedule.csv" in manifest["reference_sha256"]


def test_rows_in_are_rows_out(warehouse: duckdb.DuckDBPyConnection, release: Path) -> None:
    for name, raw in (
        ("claim_line", "raw.claim_line"),
        ("remit_line", "raw.remit_line"),
        ("file", "raw.file"),
        ("transaction_set", "raw.transaction_set"),
    ):
        expected = warehouse.execute(f"select count(*) from {raw}").fetchall()[0][0]
        assert len(rows(release, name)) == expected > 0, name


def test_denials_are_first_adjudications(release: Path) -> None:
    found = {row["patient_control_number"]: row for row in rows(release, "denial")}
    assert set(found) == {"ICU", "ALONE"}
    assert (found["ICU"]["is_overturned"], found["ICU"]["is_denied"], found["ICU"]["first_denial_reason_code"]) == ("true", "false", "97")
    assert (found["ALONE"]["is_overturned"], found["ALONE"]["is_denied"]) == ("false", "true")


def test_missed_revenue_by_tier(release: Path) -> None:
    under = [row for row in rows(release, "finding") if row["direction"] == "under"]
    missed = rows(release, "missed_revenue")
    assert {row["finding_key"] for row in missed} == {row["finding_key"] for row in under}
    assert {row["check_id"]: row["tier"] for row in missed} == {"ACP-06": "C", "ACP-07": "C", "DEN-01": "A", "DEN-02": "A"}


def test_provider_dollars_add_up_to_the_checks(release: Path) -> None:
    """Counted dollars of a direction are the same sum over clinicians as over checks."""
    by_check = {
        row[0]: row[1:]
        for row in parquet(
            release,
            "select direction, sum(counted_at_risk_amount), sum(counted_recoverable_amount) from {} group by direction",
            "check_result",
        )
    }
    provider = parquet(
        release, "select sum(overpayment_risk_amount), sum(missed_revenue_amount), sum(denial_risk_amount) from {}", "provider_education"
    )[0]
    assert provider[:2] == (by_check["over"][0], by_check["under"][1])
    assert provider[0] > Decimal(0) < provider[1]


def test_no_patient_key_is_published(release: Path) -> None:
    for name in TABLES:
        columns = {row[0] for row in parquet(release, "describe select * from {}", name)}
        assert not {column for column in columns if column in ("patient_key", "member_key", "mrn_key", "patient_age")}, name
