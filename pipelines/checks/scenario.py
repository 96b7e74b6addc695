"""Scenarios: small YAML stories (claims, remittances, documentation, expected findings) that test a check.

`midpoint checks test` and the test suite run them. What does not belong here: reading X12 or documentation files. A scenario is written
straight into raw.*, with defaults for all that its story does not turn on.

    about: 99497 with 15 minutes              # required
    as_of: 2024-12-31                         # default
    policy: medicare                          # default; payer_policy: rows beside the shipped ones, default as POLICY_ROW
    contract_rate: [{payer_id: PAYER, procedure_code: "99497", non_facility_amount: 90}]   # default: none
    claims:                                   # lines: a code, or a mapping; KEYS names all keys
      - {id: A, date: 2024-05-06, rendering: "1000000001", lines: ["99497", {code: "99498", units: 2}]}
    remits:
      - {pcn: A, date: 2024-06-01, lines: [{code: "99497", charge: 100, allowed: 80, cas: [CO-45 20.00, PR-2 16.00]}]}
    documentation:                            # absent_columns: [topics] names columns that no file has, {clinic: [topics]} that one has not
      - {id: D1, pcn: A, date: 2024-05-06, npi: "1000000001", minutes: 15, file: clinic}
    expect:
      status: flagged                         # as audit.check_result
      eligible: 2
      findings: [{claim: A, line: 1, amount: 80.00, minutes: 15}, {documentation: D1, amount: 1.00}, {clinician: "1000000001"}]

A claim's id is also its patient control number (pcn) and its patient (member), unless these are given; claims of one ``submitted`` date
share a file and a transaction set. A claim, remittance or documentation row with ``times: 20`` is there twenty times, ``every`` so many
days (default 1), with .1 to .20 behind its id and its pcn. A finding about a whole claim has ``line: null``; ``evidence: {key: value}``
looks at some keys of it.
A remit's paid amount, where not given, is the charge less its adjustments (cas); what is allowed is sent (AMT*B6) only where given.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass
from datetime import date, time, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, cast

import duckdb
import yaml

from pipelines.checks.catalogue import Check
from pipelines.checks.runner import run_checks, tables_read
from pipelines.documentation.dnr import elects_dnr
from pipelines.documentation.extract import COLUMNS, STORED_AS
from pipelines.errors import MidpointError
from pipelines.landing.land import FREE_TEXT
from pipelines.landing.schema import create_raw_tables
from pipelines.settings import Settings
from pipelines.warehouse import Model, connect, load_reference, models, run_model, set_parameters

SCENARIOS = Path(__file__).resolve().parents[2] / "tests" / "checks"
CASES = ("fires", "clean", "edge")

Row = dict[str, Any]

# The keys that a scenario may have, by part.
KEYS = {
    "scenario": "about as_of policy payer_policy contract_rate claims remits documentation absent_columns expect",
    "claim": (
        "id type pcn member mrn age date through submitted submitted_time payer sequence filing other_payer billing"
        " billing_taxonomy rendering taxonomy attending attending_taxonomy pos bill frequency original_reference admission"
        " discharge patient_status occurrences diagnoses charge lines times every"
    ),
    "claim line": "code modifiers units charge pos revenue date rendering taxonomy control pointer",
    "remit": (
        "pcn date time status payer payee payer_claim frequency member from through charge paid patient_responsibility cas remarks lines"
        " times every"
    ),
    "remit line": "code modifiers units charge paid allowed date control original_code original_modifiers revenue cas remarks",
    "documentation": (
        "id date npi pcn mrn minutes start stop session topics documents voluntary time_separate em_minutes encounter_minutes payer pos"
        " file times every participants patient_present absence_reason decisions status_change author_npi author_credential"
        " modality audio_reason unit"
    ),
    "expect": "status eligible findings",
    "finding": "claim line documentation clinician amount minutes counted method evidence",
}

# A row of reference.payer_policy where its story says nothing else: what Medicare pays in person.
POLICY_ROW: Row = {
    "policy": "medicare", "payer_id": None, "filing_indicator_code": None, "is_acp_covered": True, "is_in_person_covered": True,
    "is_video_covered": False, "is_audio_covered": False, "is_audio_home_only": False, "is_icu_allowed": True, "is_gv_regardless": False,
    "timely_filing_days": 365, "acp_code_in_place": None, "valid_from": "2016-01-01", "valid_to": None, "source": "scenario",
}  # fmt: skip

CONTRACT_ROW: Row = {"valid_from": "2016-01-01", "source": "scenario"}


@dataclass(frozen=True)
class ScenarioResult:
    """What came of one scenario: ``differences`` is empty when the findings are those expected."""

    check_id: str
    case: str
    about: str
    differences: tuple[str, ...]


def check_scenarios(check: Check) -> list[ScenarioResult]:
    """Run the fires, clean and edge scenarios of a check. Raises MidpointError when one is missing or badly written."""
    return [run_scenario(check, SCENARIOS / check.id / f"{case}.yaml") for case in CASES]


def run_scenario(check: Check, path: Path) -> ScenarioResult:
    """Land the scenario in a warehouse of its own in memory, build core, run the check, and compare."""
    scenario = read_scenario(path)
    con = connect(":memory:", threads=1)
    try:
        claim_ids = build_scenario(con, scenario, tables=tables_read(check))
        result = run_checks(con, _settings(scenario), [check])[0]
        found = con.execute(
            "select claim_key, line_number, documentation_id, coalesce(at_risk_amount, recoverable_amount), minutes, at_risk_counted,"
            " amount_method, clinician_npi, evidence from audit.finding"
        ).fetchall()
    finally:
        con.close()
    expect = cast("Row", scenario["expect"])
    differences = [
        f"{name}: expected {wanted}, got {got}"
        for name, wanted, got in (
            ("status", expect["status"], result.status),
            ("eligible", expect.get("eligible", result.eligible_count), result.eligible_count),
        )
        if wanted != got
    ]
    names = {key: name for name, key in claim_ids.items()}
    differences += _compare(expect.get("findings", []), [(names.get(row[0]), *row[1:]) for row in found])
    return ScenarioResult(check.id, path.stem, scenario["about"], tuple(differences))


def _compare(expected: Iterable[Row], found: Iterable[tuple[Any, ...]]) -> list[str]:
    """Differences between the findings expected and found, in words."""
    got = {_subject(row[0], row[1], row[2], row[7]): row for row in found}
    differences: list[str] = []
    for want in expected:
        subject = _subject(want.get("claim"), want.get("line", 1), want.get("documentation"), want.get("clinician"))
        row = got.pop(subject, None)
        if row is None:
            differences.append(f"no finding for {subject}")
            continue
        facts = dict(zip(("amount", "minutes", "counted"), row[3:6], strict=True))
        for key, value in facts.items():
            wanted = _money(want[key]) if key == "amount" and want.get(key) is not None else want.get(key, value)
            if wanted != value:
                differences.append(f"{subject}: {key}: expected {wanted}, got {value}")
        if want.get("method", "") not in (row[6] or ""):
            differences.append(f"{subject}: method: expected {want['method']!r} in {row[6]!r}")
        evidence = json.loads(row[8])
        for key, value in want.get("evidence", {}).items():
            if key not in evidence or str(evidence[key]) != str(value):
                differences.append(f"{subject}: evidence {key}: expected {value}, got {evidence.get(key)}")
    return differences + [f"unexpected finding for {subject}: {row[3]}" for subject, row in sorted(got.items(), key=str)]


def _subject(claim: Any, line: Any, documentation: Any, clinician: Any) -> tuple[Any, Any]:
    """What a finding is about: a claim's line (or the claim, line None), else a documentation row, else a clinician."""
    if claim is not None:
        return claim, line
    return (None, documentation) if documentation is not None else ("clinician", str(clinician))


def read_scenario(path: Path) -> Row:
    """One scenario file, its keys checked. Raises MidpointError."""
    where = f"{path.parent.name}/{path.name}"
    try:
        scenario = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise MidpointError(f"{where}: cannot be read; each check has the scenarios {', '.join(CASES)}") from error
    except yaml.YAMLError as error:
        raise MidpointError(f"{where}: no YAML: {' '.join(str(error).split())}") from error
    if not isinstance(scenario, dict) or not {"about", "expect"} <= set(cast("Row", scenario)):
        raise MidpointError(f"{where}: a scenario has about and expect")
    try:
        _only(cast("Row", scenario), "scenario")
        _only(scenario["expect"], "expect")
        for finding in scenario["expect"].get("findings", []):
            _only(finding, "finding")
    except MidpointError as error:
        raise MidpointError(f"{where}: {error}") from error
    return cast("Row", scenario)


def _repeated(rows: Iterable[Row]) -> list[Row]:
    """The rows, those with ``times`` as often as that."""
    made: list[Row] = []
    for row in rows:
        times, every = row.get("times"), row.get("every", 1)
        base = {key: value for key, value in row.items() if key not in ("times", "every")}
        for number in range(1, times + 1) if times else ():
            names = {key: f"{base[key]}.{number}" for key in ("id", "pcn") if key in base}
            made.append(base | names | {"date": base["date"] + timedelta(days=every * (number - 1))})
        if not times:
            made.append(base)
    return made


def build_scenario(
    con: duckdb.DuckDBPyConnection, scenario: Mapping[str, Any], reference: Path | None = None, tables: Set[str] = frozenset()
) -> dict[str, str]:
    """Write the scenario into raw.*, load the reference data (``reference``: folder of own ones), build core (``tables``: these, and what
    they are made from, only).

    Returns claim id of the scenario → published claim key.
    """
    land_scenario(con, scenario)
    settings = _settings(scenario)
    load_reference(con, reference)
    for table, default in (("payer_policy", POLICY_ROW), ("contract_rate", CONTRACT_ROW)):
        for row in scenario.get(table, []):
            values = default | row
            names, marks = ", ".join(values), ", ".join("?" * len(values))
            con.execute(f"insert into reference.{table} ({names}) values ({marks})", [*values.values()])
    set_parameters(con, settings)
    for model in _core_models(frozenset(tables)):
        run_model(con, model)
    placed = con.execute("select claim_id, file_key, claim_number from core.claim_version").fetchall()
    numbers = {(file_key, number): claim_id for claim_id, file_key, number in placed}
    return {name: numbers[place] for name, place in _claim_places(scenario).items()}


@cache
def _core_models(tables: frozenset[str]) -> list[Model]:
    """These core tables and what they are made from, in order; all where none is named."""
    found = _all_core_models()
    wanted, made_from = set(tables), {model.table: model.depends_on for model in found}
    open_tables = [*tables]
    while open_tables:
        new = {table for table in made_from.get(open_tables.pop(), ()) if table not in wanted}
        wanted |= new
        open_tables += new
    return [model for model in found if model.table in wanted or not tables]


@cache
def _all_core_models() -> list[Model]:
    return models("core")


def _settings(scenario: Mapping[str, Any]) -> Settings:
    return Settings(as_of=scenario.get("as_of", date(2024, 12, 31)), policy=scenario.get("policy", "medicare"))


def land_scenario(con: duckdb.DuckDBPyConnection, scenario: Mapping[str, Any]) -> None:
    """Write the scenario's rows into raw.* (created where absent)."""
    create_raw_tables(con)
    writer = _Writer(con)
    places = _claim_places(scenario)
    for claim in _repeated(scenario.get("claims", [])):
        _only(claim, "claim")
        _land_claim(writer, claim, *places[claim["id"]])
    for number, remit in enumerate(_repeated(scenario.get("remits", [])), 1):
        _only(remit, "remit")
        _land_remit(writer, remit, number)
    if "documentation" in scenario:
        _land_documentation(writer, scenario)


def _submitted(claim: Mapping[str, Any]) -> date:
    return claim.get("submitted") or cast("date", claim["date"]) + timedelta(days=7)


def _claim_places(scenario: Mapping[str, Any]) -> dict[str, tuple[int, int]]:
    """Claim id → (file_key, claim_number): a file for each date and time of submission, in that order."""
    claims = _repeated(scenario.get("claims", []))
    moments = sorted({(_submitted(c), c.get("submitted_time", "1200")) for c in claims})
    counts = dict.fromkeys(moments, 0)
    places: dict[str, tuple[int, int]] = {}
    for claim in claims:
        moment = (_submitted(claim), claim.get("submitted_time", "1200"))
        counts[moment] += 1
        if claim["id"] in places:
            raise MidpointError(f"claim id {claim['id']} is used twice")
        places[claim["id"]] = (moments.index(moment) + 1, counts[moment])
    return places


class _Writer:
    """Inserts rows given as column → value; columns left out are null."""

    def __init__(self, con: duckdb.DuckDBPyConnection) -> None:
        self.con = con
        self.files: set[int] = set()

    def insert(self, table: str, **row: Any) -> None:
        names, marks = ", ".join(row), ", ".join("?" for _ in row)
        self.con.execute(f"insert into raw.{table} ({names}) values ({marks})", list(row.values()))

    def file(self, file_key: int, kind: str, given_name: str = "", **transaction_set: Any) -> None:
        if file_key in self.files:
            return
        self.files.add(file_key)
        name = f"scenario-{given_name or (kind if kind == 'documentation' else file_key)}"
        self.insert(
            "file", file_key=file_key, path=name, sha256=hashlib.sha256(name.encode()).hexdigest(), bytes=1, kind=kind, status="accepted",
            received_at="2000-01-01", interchange_count=1, transaction_set_count=1, row_count=0,
        )  # fmt: skip
        if transaction_set:
            self.insert("transaction_set", file_key=file_key, transaction_set=1, kind=kind, is_landed=True, **transaction_set)


def _land_claim(writer: _Writer, claim: Row, file_key: int, number: int) -> None:
    kind = claim.get("type", "professional")
    day, through = claim["date"], claim.get("through", claim["date"])
    lines = [_line(line) for line in claim["lines"]]
    charge = claim.get("charge", sum(_money(line["charge"]) for line in lines))
    writer.file(
        file_key, "837P" if kind == "professional" else "837I",
        created_date=_submitted(claim), created_time=claim.get("submitted_time", "1200"),
    )  # fmt: skip
    bill = str(claim.get("bill", "131"))
    member, mrn = claim.get("member", claim["id"]), claim.get("mrn")
    key = {"file_key": file_key, "transaction_set": 1, "segment_number": number * 100, "claim_number": number}
    payer = claim.get("payer", "PAYER")
    writer.insert(
        "claim", **key, claim_type=kind, patient_control_number=str(claim.get("pcn", claim["id"])), charge_amount=charge,
        facility_code=claim.get("pos", "11") if kind == "professional" else bill[:2],
        facility_qualifier_code="B" if kind == "professional" else "A",
        frequency_code=str(claim.get("frequency", "1" if kind == "professional" else bill[2])),
        payer_sequence_code=claim.get("sequence", "P"), filing_indicator_code=claim.get("filing", "CI"), payer_id=payer, payer_name=payer,
        member_key=_hash(member), member_birth_key=None if claim.get("member", "") is None else _hash(f"{member} birth"),
        mrn_key=None if mrn is None else _hash(mrn), patient_age=claim.get("age"),
        billing_npi=claim.get("billing", "1000000000"), billing_taxonomy_code=claim.get("billing_taxonomy"),
        rendering_npi=claim.get("rendering"), rendering_taxonomy_code=claim.get("taxonomy"),
        attending_npi=claim.get("attending"), attending_taxonomy_code=claim.get("attending_taxonomy"),
        from_date=day, through_date=through, admission_date=claim.get("admission"), discharge_date=claim.get("discharge"),
        patient_status_code=claim.get("patient_status"), original_reference_number=claim.get("original_reference"),
        line_count=len(lines), line_charge_amount=charge, is_balanced=True,
    )  # fmt: skip
    if "other_payer" in claim:
        writer.insert("claim_payer", **key, payer_ordinal=1, payer_id=claim["other_payer"])
    codes = [("diagnosis", code, None) for code in claim.get("diagnoses", [])]
    codes += [("occurrence", str(code), when) for code, when in claim.get("occurrences", {}).items()]
    for ordinal, (family, code, when) in enumerate(codes, 1):
        qualifier = "BH" if family == "occurrence" else "ABK" if ordinal == 1 else "ABF"
        writer.insert(
            "claim_diagnosis", **key, hi_ordinal=ordinal, code_ordinal=ordinal, family=family, qualifier_code=qualifier, code=code,
            code_date=when,
        )  # fmt: skip
    for line_number, line in enumerate(lines, 1):
        modifiers = dict(zip(("modifier_1", "modifier_2", "modifier_3", "modifier_4"), line.get("modifiers", []), strict=False))
        writer.insert(
            "claim_line", **key, line_number=line_number, assigned_number=str(line_number),
            procedure_qualifier="HC" if line.get("code") else None, procedure_code=line.get("code"), **modifiers,
            charge_amount=line["charge"], unit_code="UN", units=line.get("units", 1), place_of_service_code=line.get("pos"),
            revenue_code=line.get("revenue"), service_from_date=line.get("date", day), rendering_npi=line.get("rendering"),
            rendering_taxonomy_code=line.get("taxonomy"), line_control_number=line.get("control"),
            diagnosis_pointer_1=line.get("pointer"),
        )  # fmt: skip


def _line(line: Any) -> Row:
    """A line as a mapping; a bare code stands for one unit of it at 100 dollars."""
    made: Row = {"code": str(line)} if isinstance(line, str | int) else dict(line)
    _only(made, "claim line")
    if made.get("code") is not None:
        made["code"] = str(made["code"])
    return {"charge": Decimal(100) * Decimal(str(made.get("units") or 1))} | made


def _land_remit(writer: _Writer, remit: Row, number: int) -> None:
    file_key = 1000 + number
    payer = remit.get("payer", "PAYER")
    writer.file(
        file_key, "835", created_date=remit["date"], created_time=remit.get("time", "1200"), production_date=remit["date"],
        payer_id=payer, payer_name=payer, payee_npi=remit.get("payee", "1000000000"),
    )  # fmt: skip
    lines = [_remit_line(line) for line in remit.get("lines", [])]
    triplets = [_triplet(text) for text in remit.get("cas", [])]
    everything = triplets + [t for line in lines for t in line["triplets"]]
    charge = _money(remit.get("charge", sum(_money(line["charge"]) for line in lines)))
    key = {"file_key": file_key, "transaction_set": 1, "segment_number": 10, "remit_number": 1}
    writer.insert(
        "remit", **key, patient_control_number=str(remit["pcn"]), status_code=str(remit.get("status", "1")), charge_amount=charge,
        paid_amount=remit.get("paid", charge - sum(t[2] for t in everything)),
        patient_responsibility_amount=remit.get("patient_responsibility", sum(t[2] for t in everything if t[0] == "PR")),
        adjustment_amount=sum(t[2] for t in everything), patient_adjustment_amount=sum(t[2] for t in everything if t[0] == "PR"),
        payer_claim_control_number=remit.get("payer_claim"), frequency_code=remit.get("frequency"),
        member_key=None if "member" not in remit else _hash(remit["member"]),
        from_date=remit.get("from"), through_date=remit.get("through"), line_count=len(lines),
    )  # fmt: skip
    _land_adjustments(writer, key, None, triplets)
    _land_remarks(writer, key, None, "MOA", remit.get("remarks", []))
    for line_number, line in enumerate(lines, 1):
        triplets = line["triplets"]
        modifiers = dict(zip(("modifier_1", "modifier_2", "modifier_3", "modifier_4"), line.get("modifiers", []), strict=False))
        writer.insert(
            "remit_line", **key, line_number=line_number, procedure_qualifier="HC", procedure_code=str(line["code"]), **modifiers,
            original_procedure_code=line.get("original_code"), original_modifier_1=next(iter(line.get("original_modifiers", [])), None),
            revenue_code=line.get("revenue"), charge_amount=line["charge"], paid_units=line.get("units", 1),
            paid_amount=line.get("paid", _money(line["charge"]) - sum(t[2] for t in triplets)),
            service_from_date=line.get("date"), line_control_number=line.get("control"), allowed_amount=line.get("allowed"),
            patient_adjustment_amount=sum(t[2] for t in triplets if t[0] == "PR"), adjustment_amount=sum(t[2] for t in triplets),
        )  # fmt: skip
        _land_adjustments(writer, key, line_number, triplets)
        _land_remarks(writer, key, line_number, "LQ", line.get("remarks", []))


def _remit_line(line: Row) -> Row:
    _only(line, "remit line")
    return line | {"charge": line.get("charge", 100), "triplets": [_triplet(text) for text in line.get("cas", [])]}


def _triplet(text: str) -> tuple[str, str, Decimal]:
    """'CO-45 20.00' → group, reason, amount."""
    head, amount = text.split()
    group, reason = head.split("-")
    return group, reason, Decimal(amount)


def _land_adjustments(writer: _Writer, key: Row, line_number: int | None, triplets: Iterable[tuple[str, str, Decimal]]) -> None:
    for ordinal, (group, reason, amount) in enumerate(triplets, 1):
        writer.insert(
            "remit_adjustment", **key, line_number=line_number, adjustment_ordinal=ordinal, group_code=group, reason_code=reason,
            amount=amount,
        )  # fmt: skip


def _land_remarks(writer: _Writer, key: Row, line_number: int | None, source: str, codes: Iterable[str]) -> None:
    for code in codes:
        writer.insert("remit_remark", **key, line_number=line_number, source_code=source, remark_code=code)


def _land_documentation(writer: _Writer, scenario: Mapping[str, Any]) -> None:
    rows = _repeated(scenario["documentation"])
    names = sorted({row.get("file", "") for row in rows}) or [""]
    absent = scenario.get("absent_columns", [])
    lacking = {name: set(absent.get(name, []) if isinstance(absent, dict) else absent) for name in names}
    file_keys = {name: 5000 + number for number, name in enumerate(names)}
    for name, file_key in file_keys.items():
        writer.file(file_key, "documentation", name)
        for column in COLUMNS:
            if column not in lacking[name]:
                writer.insert("documentation_column", file_key=file_key, column_name=column)
    for number, row in enumerate(rows, 2):
        _only(row, "documentation")
        name = row.get("file", "")
        values = {column: value for column, value in _documented(row).items() if column not in lacking[name]}
        texts = {column: values.pop(column) for column in FREE_TEXT if values.get(column) is not None}
        writer.insert(
            "acp_documentation", file_key=file_keys[name], row_number=number, documentation_id=row["id"], service_date=row["date"],
            rendering_npi=row["npi"], patient_control_number=row.get("pcn"), mrn_key=None if "mrn" not in row else _hash(row["mrn"]),
            has_note_text=False, is_dnr_elected=elects_dnr(texts.get("decisions")),
            **{STORED_AS.get(column, column): value for column, value in values.items() if column not in FREE_TEXT},
            **{f"sealed_{column}": text.encode() for column, text in texts.items()},
        )  # fmt: skip


def _documented(row: Row) -> Row:
    """The optional columns of a documentation row, by the names of the extract."""
    return {
        "acp_minutes": row.get("minutes"), "acp_start": _clock(row.get("start")), "acp_stop": _clock(row.get("stop")),
        "session_seq": row.get("session"), "participants": row.get("participants", "patient"),
        "patient_present": row.get("patient_present", "Y"), "absence_reason": row.get("absence_reason"),
        "voluntary": row.get("voluntary", "Y"), "topics": row.get("topics", "code_status"), "documents": row.get("documents"),
        "decisions": row.get("decisions"), "status_change": row.get("status_change"), "author_npi": row.get("author_npi"),
        "author_credential": row.get("author_credential"), "payer_id": row.get("payer"), "pos": row.get("pos"),
        "modality": row.get("modality"), "audio_reason": row.get("audio_reason"), "unit": row.get("unit"),
        "time_separate": row.get("time_separate"), "em_minutes": row.get("em_minutes"), "encounter_minutes": row.get("encounter_minutes"),
    }  # fmt: skip


def _clock(text: str | None) -> time | None:
    return None if text is None else time.fromisoformat(text)


def _money(value: Any) -> Decimal:
    return Decimal(str(value)).quantize(Decimal("0.01"))


def _hash(text: Any) -> int:
    return int.from_bytes(hashlib.sha256(str(text).encode()).digest()[:7], "big")


def _only(row: Mapping[str, Any], part: str) -> None:
    unknown = sorted(set(row) - set(KEYS[part].split()))
    if unknown:
        raise MidpointError(f"{part} {row.get('id', '')}".rstrip() + f" has unknown keys: {', '.join(unknown)}")
