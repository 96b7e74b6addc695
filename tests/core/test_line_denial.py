"""Denied lines: their codes, their cause group, and what came after the first denial."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from tests.core.conftest import Built

Build = Callable[[str], Built]


@pytest.mark.parametrize(
    ("line", "whole", "found"),
    [
        ("cas: [CO-97 100.00], remarks: [N20]", "", ("97", "N20", "bundled")),
        # A reason that says nothing gives way to the remark code, of the line or of the claim.
        ("cas: [CO-16 100.00], remarks: [N122]", "", ("16", "N122", "orphan_addon")),
        ("cas: [CO-16 100.00]", "remarks: [N706, MA01]", ("16", "MA01 N706", "documentation")),
        ("cas: [CO-16 100.00], remarks: [MA01]", "", ("16", "MA01", "other")),
        # The chief reason comes first, and reasons before remarks.
        ("cas: [CO-45 20.00, CO-4 30.00, CO-151 50.00], remarks: [N20]", "", ("151 4", "N20", "units_or_frequency")),
        ("cas: [CO-96 60.00, CO-B9 40.00]", "", ("96 B9", None, "hospice")),
        ("cas: [CO-27 100.00]", "", ("27", None, "unlisted")),
    ],
)
def test_codes_and_cause(build: Build, line: str, whole: str, found: tuple[str, str | None, str]) -> None:
    built = build(
        f"""
        claims: [{{id: A, date: 2024-05-06, rendering: 1000000001, lines: [99213, 99497]}}]
        remits:
          - {{pcn: A, date: 2024-06-01, {whole + ", " if whole else ""}lines: [
               {{code: 99213, cas: [CO-45 10.00], remarks: [N640]}}, {{code: 99497, paid: 0, {line}}}]}}
        """
    )
    assert built.rows("select line_number, reason_codes, remark_codes, cause from core.line_denial") == [(2, *found)]


def test_a_remittance_without_lines_denies_with_its_own_reason(build: Build) -> None:
    built = build(
        """
        claims: [{id: A, date: 2024-05-06, rendering: 1000000001, lines: [99497, 99498]}]
        remits: [{pcn: A, date: 2024-06-01, status: 4, charge: 200, paid: 0, cas: [CO-170 200.00], remarks: [N95]}]
        """
    )
    rows = built.rows("select line_number, reason_codes, remark_codes, cause from core.line_denial order by line_number")
    assert rows == [(1, "170", "N95", "provider"), (2, "170", "N95", "provider")]


def test_the_first_denial_and_what_came_after(build: Build) -> None:
    built = build(
        """
        claims:
          - {id: A, date: 2024-05-06, rendering: 1000000001, lines: [99497]}
          - {id: SENT, pcn: S, date: 2024-05-06, rendering: 1000000001, lines: [99497]}
          - {id: RESENT, pcn: S, member: SENT, date: 2024-05-06, rendering: 1000000001, submitted: 2024-06-02, lines: [99497]}
          - {id: NEVER, date: 2024-05-06, rendering: 1000000001, lines: [99497]}
          - {id: OLD, pcn: R, date: 2024-05-06, rendering: 1000000001, lines: [99497]}
          - {id: NEW, pcn: R, member: OLD, date: 2024-05-06, rendering: 1000000001, frequency: 7, submitted: 2024-07-01, lines: [99213]}
        remits:
          - {pcn: A, date: 2024-06-01, payer_claim: A1, lines: [{code: 99497, cas: [CO-45 20.00]}]}
          - {pcn: A, date: 2024-06-10, payer_claim: A1, status: 22, lines: [{code: 99497, charge: -100, paid: -80, cas: [CO-45 -20.00]}]}
          - {pcn: A, date: 2024-06-10, time: "1300", payer_claim: A2, lines: [{code: 99497, paid: 0, cas: [CO-50 100.00]}]}
          - {pcn: A, date: 2024-07-10, payer_claim: A3, lines: [{code: 99497, paid: 0, cas: [CO-97 100.00]}]}
          - {pcn: S, date: 2024-06-01, lines: [{code: 99497, paid: 0, cas: [CO-16 100.00]}]}
          - {pcn: NEVER, date: 2024-06-01, lines: [{code: 99497, cas: [CO-45 20.00]}]}
          - {pcn: R, date: 2024-06-01, lines: [{code: 99497, paid: 0, cas: [CO-4 100.00]}]}
        """
    )
    rows = built.rows(
        "select name, d.denied_date, d.reason_codes, d.next_remit_date, d.resubmitted_date"
        " from core.line_denial d join claim c using (claim_key) order by name"
    )
    assert rows == [
        ("A", date(2024, 6, 10), "50", date(2024, 7, 10), None),
        ("RESENT", date(2024, 6, 1), "16", None, date(2024, 6, 2)),
    ]
