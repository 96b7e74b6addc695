"""Each identity holds on the samples, and is seen failing when a table or file that it guards is changed by a cent, a row or a byte."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from pipelines.reconciliation.identities import RELEASE, load_identities
from pipelines.reconciliation.runner import differences, reconcile, reconcile_warehouse
from pipelines.warehouse import connect
from tests.reconciliation.conftest import Audited

CENT = Decimal("0.01")
FIRST = "where rowid = (select min(rowid) from {t} {which})"


def cent(table: str, column: str, which: str = "") -> str:
    """One cent more in the first row (of those that ``which`` names)."""
    which = which or f"where {column} is not null"
    return f"update {table} set {column} = {column} + 0.01 {FIRST.format(t=table, which=which)}"


def gone(table: str, which: str = "") -> str:
    """The first row deleted."""
    return f"delete from {table} {FIRST.format(t=table, which=which)}"


# identity → changes, each of which it must notice
TAMPERED = {
    "claim_charge_read": [
        cent("raw.claim", "charge_amount"),
        gone("raw.claim", "where charge_amount > 0"),
        cent("raw.quarantine", "claim_charge_amount", "where unit = 'transaction_set'"),
    ],
    "line_charge_read": [
        cent("raw.claim_line", "charge_amount"),
        gone("raw.claim_line", "where charge_amount > 0"),
        cent("raw.quarantine", "line_charge_amount", "where unit = 'transaction_set'"),
    ],
    "payment_read": [
        cent("raw.transaction_set", "payment_amount", "where kind = '835'"),
        gone("raw.transaction_set", "where kind = '835'"),
    ],
    "remit_paid_read": [cent("raw.remit", "paid_amount"), gone("raw.remit")],
    "remit_line_paid_read": [cent("raw.remit_line", "paid_amount"), gone("raw.remit_line")],
    "provider_adjustment_read": [cent("raw.provider_adjustment", "amount"), gone("raw.provider_adjustment")],
    "adjustments_read": [cent("raw.remit_adjustment", "amount"), gone("raw.remit_adjustment"), cent("raw.remit", "adjustment_amount")],
    "rows_read": [gone("raw.claim"), gone("raw.claim_line"), gone("raw.remit"), gone("raw.remit_line")],
    "claim_charge_core": [cent("core.claim_version", "charge_amount"), gone("core.claim_version"), gone("raw.claim")],
    "line_charge_core": [cent("core.claim_line", "charge_amount"), gone("core.claim_line"), gone("raw.claim_line")],
    "line_charge_counted": [
        "update core.claim_line set is_primary_copy = null where rowid = 0",
        "update core.claim_line set copy_reason = null where not is_primary_copy",
    ],
    "remit_charge_core": [cent("core.remit_claim", "charge_amount"), gone("core.remit_claim")],
    "remit_paid_core": [cent("core.remit_claim", "paid_amount"), gone("core.remit_claim")],
    "remit_paid_linked": [
        cent("core.adjudication", "paid_amount"),
        gone("core.adjudication", "where paid_amount > 0"),
        gone("core.remit_claim", "where paid_amount > 0"),
    ],
    "adjudicated_charge": [
        cent("raw.remit_adjustment", "amount"),
        gone("raw.remit_adjustment"),
        cent("raw.remit_line", "adjustment_amount"),
    ],
    "net_payment": [cent("core.line_outcome", "paid_amount"), cent("core.adjudication", "paid_amount", "where is_counted")],
    "finding_dollars": [
        "update audit.finding set at_risk_amount = billed_amount + 0.01 where check_id = 'ACP-20'",
        "update audit.finding set at_risk_amount = -0.01 where check_id = 'ACP-20'",
        "update audit.finding set recoverable_amount = -0.01 where check_id = 'ACP-06'",
    ],
    "finding_dollars_counted": [
        "update audit.finding set at_risk_counted = true, at_risk_amount = billed_amount where check_id in ('ACP-20', 'ACP-01')"
    ],
    "claim_line_published": [cent("mart.claim_line", "billed_amount"), gone("mart.claim_line")],
    "claim_line_paid_published": [cent("mart.claim_line", "paid_amount"), cent("core.line_outcome", "paid_amount")],
    "remit_line_charge_published": [cent("mart.remit_line", "billed_amount"), gone("mart.remit_line")],
    "remit_line_paid_published": [cent("mart.remit_line", "paid_amount"), gone("mart.remit_line", "where paid_amount > 0")],
    "denial_charge": [cent("mart.denial", "billed_amount"), gone("mart.denial")],
    "check_result_dollars": [
        cent("audit.check_result", "counted_at_risk_amount", "where check_id = 'ACP-20'"),
        gone("audit.finding", "where at_risk_counted and at_risk_amount > 0"),
    ],
    "missed_revenue_dollars": [cent("mart.missed_revenue", "recoverable_amount"), gone("mart.missed_revenue")],
    "provider_education_dollars": [
        cent("mart.provider_education", "missed_revenue_amount", "where direction = 'under'"),
        gone("mart.provider_education", "where overpayment_risk_amount > 0"),
    ],
    "release_warehouse_rows": [gone("mart.claim_line"), "insert into audit.finding select * from audit.finding limit 1"],
    "release_warehouse_totals": [cent("raw.claim", "charge_amount"), gone("raw.provider_adjustment")],
    "claim_charge_balance": [cent("raw.claim", "line_charge_amount")],
    "payment_balance": [cent("raw.transaction_set", "payment_amount", "where kind = '835'")],
    "remit_paid_balance": [cent("raw.remit", "paid_amount")],
    "remit_claim_balance": [cent("raw.remit", "charge_amount")],
    "remit_line_balance": [cent("raw.remit_line", "charge_amount")],
    "patient_share_balance": [cent("raw.remit", "patient_responsibility_amount", "where status_code = '1'")],
    "finding_allowed_balance": [
        "update core.line_outcome set allowed_amount = 1000000; update audit.finding set at_risk_amount = 1000000 where check_id = 'ACP-20'"
    ],
}


def byte(release: Path) -> None:
    path = release / "finding.csv"
    path.write_bytes(path.read_bytes().replace(b"ACP", b"ACQ", 1))


def row(release: Path) -> None:
    path = release / "claim_line.parquet"
    with duckdb.connect() as con:
        con.execute(f"copy (from read_parquet('{path}') offset 1) to '{path}.new' (format parquet)")
    path.with_name(f"{path.name}.new").replace(path)


def told(release: Path, *keys: str) -> None:
    """One more of a number in the manifest."""
    path = release / "manifest.json"
    manifest = json.loads(path.read_text())
    inner = manifest
    for key in keys[:-1]:
        inner = inner[key]
    inner[keys[-1]] = str(Decimal(str(inner[keys[-1]])) + CENT) if keys[0] == "control_totals" else inner[keys[-1]] + 1
    path.write_text(json.dumps(manifest))


CHANGED_RELEASE: dict[str, list[Callable[[Path], object]]] = {
    "release_hashes": [
        byte,
        row,
        lambda release: (release / "report.html").unlink(),
        lambda release: (release / "more.csv").write_text("x"),
        lambda release: (release / "findings.xlsx").write_bytes(b""),
    ],
    "release_rows": [
        row,
        lambda release: (release / "denial.parquet").unlink(),
        lambda release: told(release, "tables", "finding", "rows"),
    ],
    "release_totals": [row, lambda release: told(release, "control_totals", "payment_amount")],
    "release_warehouse_rows": [lambda release: told(release, "tables", "denial", "rows")],
    "release_warehouse_totals": [lambda release: told(release, "control_totals", "remit_paid_amount")],
}


def test_everything_ties_on_the_samples(samples: Audited) -> None:
    found = samples.verify()
    assert [i["identity"] for i in found["identities"]] == [i.name for i in load_identities()]
    assert [(i["identity"], i["difference_amount"], i["differing_count"]) for i in found["identities"]] == [
        (i.name, 0, 0) for i in load_identities()
    ]
    assert (found["difference_count"], found["differences"], found["new_file_count"], found["set_aside_unreadable_count"]) == (0, [], 0, 0)
    # None of them holds for want of anything to compare.
    assert [i["identity"] for i in found["identities"] if not i["group_count"] or not i["left_amount"]] == []


def test_what_the_broken_file_set_aside_is_told_in_dollars(samples: Audited) -> None:
    """837p_truncated.edi, set 2: claims of 150.00 and 275.00, with lines of 150.00, 150.00 and 125.00."""
    identities = {i["identity"]: i for i in samples.verify()["identities"]}
    for name in ("claim_charge_read", "line_charge_read"):
        assert json.loads(identities[name]["parts"])["set_aside"] == "425.00"
    with connect(samples.warehouse, read_only=True) as con:
        assert con.execute(
            "select source_file, claim_charge_amount, line_charge_amount, unreadable_count from mart.quarantine where unit <> 'row'"
        ).fetchall() == [("837p_truncated.edi", Decimal(425), Decimal(425), 0)]


def test_every_identity_is_tampered_with() -> None:
    assert TAMPERED.keys() | CHANGED_RELEASE.keys() == {i.name for i in load_identities()}
    assert CHANGED_RELEASE.keys() == {i.name for i in load_identities() if i.stage == RELEASE}


IDENTITIES = {i.name: i for i in load_identities()}


@pytest.fixture(scope="module")
def con(samples: Audited, tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    """A copy of the samples' warehouse, in which each change is rolled back."""
    path = tmp_path_factory.mktemp("tampered") / "w.duckdb"
    shutil.copy(samples.warehouse, path)
    with connect(path) as con:
        yield con


@pytest.mark.parametrize(
    ("identity", "sql"), [(n, sql) for n, changes in TAMPERED.items() for sql in changes if IDENTITIES[n].stage != RELEASE]
)
def test_a_changed_table_is_noticed(con: duckdb.DuckDBPyConnection, identity: str, sql: str) -> None:
    con.execute("begin transaction")
    try:
        con.execute(sql)
        (found,) = reconcile(con, [IDENTITIES[identity]])
        listed = differences(con, 1000)
    finally:
        con.execute("rollback")
    assert len(listed) == found["differing_count"] > 0
    assert all(row["source_file"] or row["subject"] for row in listed)
    if "+ 0.01 where rowid" in sql:
        assert abs(found["difference_amount"]) == CENT
        assert [abs(row["difference_amount"]) for row in listed] == [CENT]


@pytest.mark.parametrize(
    ("identity", "sql"), [(n, sql) for n, changes in TAMPERED.items() for sql in changes if IDENTITIES[n].stage == RELEASE]
)
def test_a_release_that_the_warehouse_has_left_is_noticed(copy: Audited, identity: str, sql: str) -> None:
    copy.change(sql)
    assert identity in copy.differing()


@pytest.mark.parametrize(("identity", "change"), [(name, change) for name, changes in CHANGED_RELEASE.items() for change in changes])
def test_a_changed_release_is_noticed(copy: Audited, identity: str, change: Callable[[Path], object]) -> None:
    change(copy.release)
    assert identity in copy.differing()


def test_senders_and_ours_are_kept_apart(copy: Audited) -> None:
    """What a sender got wrong is no error of ours, but for figures that the release had published already."""
    copy.change(cent("raw.claim", "line_charge_amount"))
    assert {(i["identity"], i["side"]) for i in copy.differing().values()} == {("claim_charge_balance", "sender")}


def test_differences_that_cancel_out_are_seen(copy: Audited) -> None:
    copy.change("update core.claim_version set charge_amount = charge_amount + case rowid when 0 then 1 when 1 then -1 else 0 end")
    found = copy.differing()["claim_charge_core"]
    assert (found["difference_amount"], found["differing_count"]) == (0, 2)


def test_the_audit_keeps_what_it_found(copy: Audited) -> None:
    copy.change(cent("core.claim_version", "charge_amount", "where patient_control_number = 'ACP02-NOTIME-01'"))
    with connect(copy.warehouse) as con:
        reconcile_warehouse(con)
        assert con.execute("select identity from audit.reconciliation where differing_count > 0").fetchall() == [("claim_charge_core",)]
        query = "select identity, source_file, transaction_set, subject, difference_amount from audit.reconciliation_difference"
        assert con.execute(query).fetchall() == [("claim_charge_core", "837p_medicare_2025-04.edi", 1, "ACP02-NOTIME-01", -CENT)]
