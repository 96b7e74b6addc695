"""Releases for education: one made by hand, table by table, so that every figure is known; and that of the samples."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipelines.education.lists import Lists, Release, education_lists, period_of
from pipelines.settings import Education
from tests.dashboards.conftest import INBOX, make_release

TABLES = {
    "check_month": "check_id VARCHAR, month DATE, clinician_npi VARCHAR, billing_npi VARCHAR, eligible_count BIGINT, flagged_count BIGINT",
    "check_result": "check_id VARCHAR, title VARCHAR, family VARCHAR, direction VARCHAR, proof VARCHAR, severity VARCHAR,"
    " authority VARCHAR, fix VARCHAR, teach VARCHAR",
    "clinician": "clinician_npi VARCHAR, clinician_taxonomy_code VARCHAR, specialty_code VARCHAR, specialty VARCHAR",
    "clinician_metric": "clinician_npi VARCHAR, metric VARCHAR, numerator DOUBLE, denominator DOUBLE, ratio DOUBLE, peer_count INTEGER,"
    " peer_ratio DOUBLE, percentile DOUBLE, p_value DOUBLE",
    "finding": "check_id VARCHAR, direction VARCHAR, clinician_npi VARCHAR, billing_npi VARCHAR, service_date DATE, finding_key VARCHAR,"
    " patient_control_number VARCHAR, claim_key VARCHAR, line_number INTEGER, documentation_id VARCHAR, procedure_code VARCHAR,"
    " modifiers VARCHAR, units DECIMAL(18,4), minutes INTEGER, at_risk_amount DECIMAL(18,2), recoverable_amount DECIMAL(18,2),"
    " at_risk_counted BOOLEAN, source_file VARCHAR, transaction_set INTEGER, segment_number INTEGER",
    "letter": "npi VARCHAR, check_id VARCHAR, sent_date DATE, run_id VARCHAR, acknowledged_date DATE, acknowledged_by VARCHAR",
    "letter_result": "level VARCHAR, npi VARCHAR, check_id VARCHAR, sent_date DATE, acknowledged_date DATE, before_count BIGINT,"
    " before_flagged_count BIGINT, after_count BIGINT, after_flagged_count BIGINT, peer_before_count BIGINT,"
    " peer_before_flagged_count BIGINT, peer_after_count BIGINT, peer_after_flagged_count BIGINT, month_count BIGINT, verdict VARCHAR",
}
CHECK = ("X-01", "Minutes missing", "time", "over", "chart", "medium", "the rules", "Look.", "Write the minutes.")


def npi(number: int) -> str:
    return f"10000000{number:02d}"


@pytest.fixture
def by_hand(tmp_path: Path) -> Callable[..., Release]:
    """A release with the tables given, each as a list of tuples; the others are empty."""

    def make(**tables: Sequence[tuple[Any, ...]]) -> Release:
        folder = tmp_path / "2026-06-30-000000000000"
        folder.mkdir()
        thresholds = {"metric_minimum_count": 10, "peer_minimum_count": 10}
        manifest = {"run_id": folder.name, "as_of_date": "2026-06-30", "thresholds": thresholds}
        (folder / "manifest.json").write_text(json.dumps(manifest))
        with duckdb.connect() as con:
            for name, columns in TABLES.items():
                con.execute(f"create table {name} ({columns})")
                for row in tables.get(name, ()):
                    con.execute(f"insert into {name} values ({', '.join('?' * len(row))})", list(row))
                con.execute(f"copy {name} to '{folder / name}.parquet'")
        return Release(folder)

    return make


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The release of data_samples/inbox."""
    return make_release(tmp_path_factory.mktemp("education"), [INBOX]) / "current"


@pytest.fixture(scope="session")
def sample_lists(sample: Path) -> Lists:
    """Over twelve months, from April 2025 to March 2026."""
    return education_lists(Release(sample), period_of(date(2026, 6, 30), 12), Education(contact="extension 4711", owner="Coding lead"))
