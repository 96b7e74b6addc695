"""The list of findings as a table, wherever a page shows one: each row leads to its claim, at the finding.

What does not belong here: what a finding is (the release's tables).
"""

from __future__ import annotations

from dashboards.queries import Column, Table

DEFINITION = (
    "One row a finding. A finding is potential until a person has reviewed the record: it is a place to look, not a verdict. Dollars count"
    " once a line: where several findings of a direction meet on a line, one carries them (column Counted)."
)
COLUMNS = (
    Column("check_id", "Check", width=90, href="check_href"),
    Column("title", "What it finds", width=300),
    Column("told_direction", "Direction", width=150, definition="Dollars of different directions and tiers are never added together"),
    Column("amount", "Dollars", "amount", "At risk (overpayment, denial) or recoverable (missed revenue)"),
    Column(
        "patient_control_number",
        "Account",
        definition="Patient control number, as on the claim",
        width=165,
        is_identifier=True,
        href="claim_href",
    ),
    Column("service_date", "Service date", "date"),
    Column("procedure_code", "Code", width=80),
    Column("payer_id", "Payer", width=90),
    Column("clinician_npi", "Clinician", width=112),
    Column(
        "proof",
        "Proof",
        width=96,
        definition="claim: the claim proves it; suggests: the claim suggests it; chart: only the record can tell",
    ),
    Column("status", "Status", width=104, definition="Of the last audit: new, open, reviewed, confirmed, dismissed, corrected"),
    Column("minutes", "Minutes", "count", "Documented ACP minutes of the day, where the check speaks of them"),
    Column("is_counted", "Counted", "flag", "Carries the dollars of its line: these add up, within a direction"),
    Column("source_file", "File", width=230),
    Column("transaction_set", "Set", "count", "Transaction set: 1 is the first ST of the file", width=80),
    Column("segment_number", "Segment", "count", "1 is the ST itself, as SE01 counts", width=96),
    Column("line_number", "Line", "count", width=80, is_hidden=True),
    Column("modifiers", "Modifiers", width=96, is_hidden=True),
    Column("units", "Units", "decimal", is_hidden=True),
    Column("billing_npi", "Billing NPI", width=112, is_hidden=True),
    Column("severity", "Severity", width=96, is_hidden=True),
    Column("amount_method", "How the amount was made", width=240, is_hidden=True),
    Column("billed_amount", "Billed", "amount", is_hidden=True),
    Column("evidence", "Evidence", width=300, is_hidden=True),
    Column("documentation_id", "Documentation", width=140, is_identifier=True, is_hidden=True),
    Column("first_seen_date", "First seen", "date", "The earliest as-of date on which this finding was made", is_hidden=True),
    Column("finding_key", "Finding key", width=210, is_hidden=True),
)


def finding_table(name: str, title: str = "Findings", where: str = "true") -> Table:
    """Findings under the filters, the check, proof and direction of the address, and ``where``; largest dollars first."""
    return Table(
        name,
        title,
        f"""
        select
          *,
          at_risk_counted as is_counted,
          case when direction = 'under' then recoverable_amount else at_risk_amount end as amount,
          case direction when 'over' then 'Overpayment risk' when 'under' then 'Missed revenue ' || coalesce(tier, '') when 'denial'
            then 'Denial risk' else 'Information' end as told_direction,
          '/claim-360' || $link || 'claim=' || claim_key || '&finding=' || finding_key as claim_href,
          '/acp-audit' || $link || 'check=' || check_id as check_href
        from finding_row
        where {{row}} and {{check}} and {{proof}} and {{direction}} and ({where})
        """,
        COLUMNS,
        DEFINITION,
        order="is_counted and direction <> 'info' desc, amount desc nulls last, finding_key",
        is_rows=True,
    )
