"""Claims are judged by the reference rows of their day: a row that ends stops counting on the next day, and none counts twice."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml

from pipelines.checks.catalogue import load_catalogue
from pipelines.checks.runner import run_checks
from pipelines.checks.scenario import build_scenario
from pipelines.reference.importing import import_ncci, import_taxonomy
from pipelines.settings import Settings
from pipelines.warehouse import SQL, connect

PUBLISHED = Path(__file__).parent / "published"
DAYS = ("2024-05-06", "2024-05-07")

# The same story on the last day of a row and on the day after it.
STORY = """
claims:
  - {{id: A{day}, member: M{day}, date: {day}, rendering: 1000000001, taxonomy: 363AM0700X, lines: [99455, 99497]}}
  - {{id: B{day}, member: M{day}, date: {day}, rendering: 1000000002, taxonomy: 207RH0002X, pos: "34", lines: [99213]}}
  - {{id: H{day}, member: H{day}, type: institutional, bill: "812", date: {day}, attending: 1000000002, attending_taxonomy: 207RH0002X,
       lines: [{{revenue: "0651", code: Q5001}}]}}
  - {{id: E{day}, member: E{day}, date: {day}, rendering: 1000000003, taxonomy: 363L00000X, pos: "11", lines: [99291, 99304]}}
remits:
  - {{pcn: A{day}, date: {day}, lines: [{{code: 99455, paid: 0, cas: [CO-24 100.00]}}, {{code: 99497, cas: [CO-45 20.00]}}]}}
documentation:
  - {{id: D{day}, pcn: A{day}, date: {day}, npi: 1000000001, author_credential: RN, minutes: 30}}
  - {{id: F{day}, pcn: E{day}, date: {day}, npi: 1000000003, author_npi: 1000000001, minutes: 30}}
"""


def build(reference: Path) -> duckdb.DuckDBPyConnection:
    con = connect(":memory:", threads=1)
    whole: dict[str, list[Any]] = {"claims": [], "remits": [], "documentation": []}
    for day in DAYS:
        for part, rows in yaml.safe_load(STORY.format(day=day)).items():
            whole[part] += rows
    build_scenario(con, whole, reference)
    return con


def split(folder: Path, table: str, starts: str, changed: tuple[str, str] | None) -> Path:
    """The shipped table with the rows that start so ended on the first day; from the next day on with ``changed``, or gone."""
    lines = (SQL / "reference" / f"{table}.csv").read_text(encoding="utf-8").splitlines()
    made: list[str] = []
    for line in lines:
        if not line.startswith(starts):
            made.append(line)
            continue
        first = line.split(",20", 1)[1][:8]
        dates = f",20{first},,"
        assert dates in line, line
        made.append(line.replace(dates, f",20{first},{DAYS[0]},"))
        if changed:
            made.append(line.replace(dates, f",{DAYS[1]},,").replace(*changed))
    (folder / f"{table}.csv").write_text("\n".join(made) + "\n", encoding="utf-8")
    return folder


def by_day(con: duckdb.DuckDBPyConnection, query: str) -> list[Any]:
    """One value for each of the two days."""
    found = dict(con.execute(query).fetchall())
    return [found.get(day) for day in DAYS]


OF_DAY = "select cast(service_date as varchar), {} from {} where {} group by all"


@pytest.mark.parametrize(
    ("table", "starts", "changed", "query", "before", "after"),
    [
        ("ncci_pair", "99455,99497", None, OF_DAY.format("bool_or(is_bundled)", "core.acp_line", "true"), True, False),
        ("ncci_pair", "99455,99497", ("99497,0", "99497,1"), OF_DAY.format("bool_or(is_bundled)", "core.acp_line", "true"), True, False),
        (
            "acp_eligible_taxonomy",
            "363A",
            None,
            OF_DAY.format("bool_or(is_acp_eligible)", "core.acp_day", "clinician_npi = '1000000001'"),
            True,
            False,
        ),
        (
            "acp_eligible_taxonomy",
            "363A",
            ("true", "false"),
            OF_DAY.format("bool_or(is_reduced_fee)", "core.clinician_day", "clinician_npi = '1000000001'"),
            True,
            False,
        ),
        (
            "palliative_taxonomy",
            "207RH0002X",
            None,
            OF_DAY.format("bool_and(is_palliative)", "core.hospice_line", "hospice_code is not null and claim_type = 'professional'"),
            True,
            False,
        ),
        ("place_of_service", "11", ("false", "true"), OF_DAY.format("bool_or(is_facility)", "core.acp_line", "true"), False, True),
        (
            "specialty",
            "363A",
            ("97", "98"),
            OF_DAY.format("max(group_specialty)", "core.claim_line", "procedure_code = '99497'"),
            "1000000000:97",
            "1000000000:98",
        ),
        (
            "hospice_code",
            "place_of_service_code,34",
            None,
            OF_DAY.format("min(hospice_code)", "core.hospice_line", "claim_type = 'professional' and procedure_code = '99213'"),
            "place of service 34",
            None,
        ),
        (
            "hospice_code",
            "facility_code,81",
            None,
            "select cast(start_date as varchar), evidence from core.hospice_evidence",
            "hospice claim",
            "hospice revenue 0651",
        ),
        (
            "adjustment_reason",
            "24,",
            ("false,false", "true,false"),
            "select cast(l.service_date as varchar), bool_or(o.is_first_denied) from core.line_outcome as o inner join core.claim_line as l"
            " on o.claim_key = l.claim_key and o.line_number = l.line_number where l.procedure_code = '99455' group by all",
            False,
            True,
        ),
        (
            "critical_care",
            "99291",
            None,
            OF_DAY.format("bool_or(is_critical_care)", "core.acp_conflict", "procedure_code = '99291'"),
            True,
            False,
        ),
        (
            "clinician_credential",
            "RN,",
            ("false", "true"),
            OF_DAY.format("bool_or(is_by_eligible_author)", "core.acp_record", "author_credentials = 'RN'"),
            False,
            True,
        ),
        (
            "acp_eligible_taxonomy",
            "363A",
            None,
            OF_DAY.format("bool_or(is_by_eligible_author)", "core.acp_record", "clinician_npi = '1000000003'"),
            True,
            False,
        ),
        # Outside a facility 99304 has a place at the other rate (31) until that place is paid as the others are.
        (
            "place_of_service",
            "31",
            ("true", "false"),
            OF_DAY.format("bool_or(is_other_rate)", "core.em_line", "procedure_code = '99304'"),
            True,
            False,
        ),
        (
            "em_family",
            "99304,99310,nursing_facility,31",
            None,
            OF_DAY.format("bool_or(is_other_rate)", "core.em_line", "procedure_code = '99304'"),
            True,
            False,
        ),
        (
            "fee_schedule",
            "99497,81.89",
            None,
            "select cast(service_date as varchar), max(expected_amount::varchar) from core.expected_allowed"
            " where procedure_code = '99497' group by all",
            "80.00",
            None,
        ),
    ],
)
def test_the_row_of_the_day_counts(
    tmp_path: Path, table: str, starts: str, changed: tuple[str, str] | None, query: str, before: object, after: object
) -> None:
    reference = split(tmp_path, table, starts, changed) if table != "fee_schedule" else fees(tmp_path)
    con = build(reference)
    assert by_day(con, query) == [before, after]
    # However many rows a code has, no line is there twice.
    assert con.execute("select count(*) from core.claim_line").fetchone() == (12,)
    assert con.execute("select count(*) - count(distinct (claim_key, line_number)) from core.hospice_line").fetchone() == (0,)
    assert con.execute("select count(*) - count(distinct (patient_key, service_date, clinician_npi)) from core.acp_day").fetchone() == (0,)
    assert con.execute("select count(*) - count(distinct clinician_npi) from core.clinician").fetchone() == (0,)
    con.close()


def test_a_specialty_that_changes_gives_no_clinician_two_rows(tmp_path: Path) -> None:
    """The metrics span days: the specialty is that of the clinician's last one."""
    con = build(split(tmp_path, "specialty", "363A", ("97", "98")))
    found = con.execute("select distinct specialty_code from core.clinician_metric where clinician_npi = '1000000001'").fetchall()
    assert found == [("98",)]
    assert con.execute("select count(*) - count(distinct (clinician_npi, metric)) from core.clinician_metric").fetchone() == (0,)
    con.close()


def test_a_type_of_bill_is_hospice_while_its_row_is_valid(tmp_path: Path) -> None:
    """PAL-05 asks on the claim's first day, and counts a claim once however many rows the type of bill has."""
    story = """
    claims:
      - {id: LAST, type: institutional, bill: "813", date: 2024-05-06, diagnoses: [Z51.5], lines: [{revenue: "0651"}]}
      - {id: NEXT, type: institutional, bill: "813", date: 2024-05-07, diagnoses: [Z51.5], lines: [{revenue: "0651"}]}
    """
    for changed, eligible in ((None, 1), (("Type", "type"), 2)):
        con = connect(":memory:", threads=1)
        build_scenario(con, yaml.safe_load(story), split(tmp_path, "hospice_code", "facility_code,81", changed))
        (result,) = run_checks(con, Settings(), [check for check in load_catalogue() if check.id == "PAL-05"])
        assert (result.eligible_count, result.flagged_count) == (eligible, eligible)
        con.close()


def fees(folder: Path) -> Path:
    text = (SQL / "reference" / "fee_schedule.csv").read_text(encoding="utf-8")
    (folder / "fee_schedule.csv").write_text(text.replace("2024-03-09,2024-12-31", f"2024-03-09,{DAYS[0]}"), encoding="utf-8")
    return folder


def test_pairs_and_taxonomies_as_imported(tmp_path: Path) -> None:
    """99455 with 99497 ends on 2025-03-31 in the example; taxonomies of 2026-10-01 leave earlier days to the shipped rows."""
    import_ncci([PUBLISHED / "ccipra-example-f1.txt"], tmp_path)
    import_taxonomy(PUBLISHED / "nucc_taxonomy_261.csv", tmp_path)
    story = """
    claims:
      - {id: LAST, date: 2025-03-31, rendering: 1000000001, taxonomy: 207R00000X, lines: [99455, 99497]}
      - {id: NEXT, date: 2025-04-01, rendering: 1000000001, taxonomy: 207R00000X, lines: [99455, 99497]}
      - {id: NEW25, date: 2025-12-31, rendering: 1000000001, taxonomy: 207R00000X, lines: [99418, 99497]}
      - {id: NEW26, date: 2026-01-01, rendering: 1000000001, taxonomy: 207R00000X, lines: [99418, 99497]}
      - {id: EITHER, date: 2026-10-01, rendering: 1000000001, taxonomy: 207R00000X, lines: [99213, 99497]}
    """
    con = connect(":memory:", threads=1)
    build_scenario(con, yaml.safe_load(story), tmp_path)
    run_checks(con, Settings(), [check for check in load_catalogue() if check.id == "ACP-20"])
    assert con.execute("select patient_control_number from audit.finding order by 1").fetchall() == [("LAST",), ("NEW26",)]
    assert con.execute("select count(*), bool_and(is_acp_eligible) from core.acp_day").fetchone() == (5, True)
    con.close()
