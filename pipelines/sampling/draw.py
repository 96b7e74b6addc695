"""Drawing a sample: the frame from a release, its strata, the units that the seed chooses, and the folder that records all of it.

What does not belong here: the statistics (statistics) and what comes of the reviewed list (estimate).
"""

from __future__ import annotations

import csv
import hashlib
import itertools
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

from pipelines.errors import MidpointError
from pipelines.sampling import statistics as st
from pipelines.summary import read_manifest
from pipelines.worklist import Column, write_list

# filter → the columns of finding.parquet and of the claims' relation that it looks at; months are a range
FILTERS = {
    "findings": {
        "check": "check_id",
        "direction": "direction",
        "proof": "proof",
        "payer": "payer_id",
        "clinician": "clinician_npi",
        "months": "service_date",
        "code": "procedure_code",
    },
    "claims": {"payer": "payer_id", "clinician": "clinician_npi", "months": "service_date", "code": "procedure_code"},
}
STRATA = {"payer": "payer_id", "check": "check_id", "clinician": "clinician_npi"}
AMOUNTS = {
    "findings": "dollars that the finding puts at risk; for missed revenue, that it holds recoverable",
    "claims": "allowed amount of the claim's lines, by payer and patient, net of all remittances",
}
DECISIONS = ("no error", "overpayment", "underpayment", "no record")
ANSWERS = (
    Column("reviewed_amount", 16, is_amount=True),
    Column("decision", 16, choices=DECISIONS),
    Column("reviewer", 18, is_open=True),
    Column("note", 40, is_open=True),
)
INSTRUCTIONS = (
    "Fill in the yellow columns of every row, save the file, and bring it back with: midpoint sample estimate FOLDER FILE",
    "reviewed_amount: the dollars that are correct for this unit, after reading the record. 0 where nothing should have been paid.",
    "decision: no error (reviewed_amount is the amount, or left empty) · overpayment (it is less) · underpayment (it is more) · "
    "no record (the record was asked for and not supplied; reviewed_amount is 0 or left empty).",
    "reviewer: who decided. note: why, and where in the record it stands.",
    "Do not add, remove, replace or reorder the columns; leave every other column as it is. Rows may be sorted.",
    "The frame must not change between drawing and estimating: a unit drawn is reviewed as it is, never replaced by an easier one.",
)

# One row a unit: unit_key, amount, the columns of STRATA, and what the work list shows. A line's dollars stand in a frame of findings once:
# with the finding that carries them (at_risk_counted), else the first by check; a whole claim's where no line of it is in the frame.
_FINDINGS = """
with chosen as (
  select *, coalesce(at_risk_amount, recoverable_amount) as amount
  from read_parquet({finding}) where {where}
),
ranked as (
  select
    *,
    row_number() over (
      partition by claim_key, line_number, case when claim_key is null then documentation_id end, direction
      order by at_risk_counted desc, check_id, finding_key
    ) > 1
    or (
      claim_key is not null and line_number is null
      and bool_or(line_number is not null) over (partition by claim_key, direction)
    ) as is_repeated
  from chosen where amount is not null and amount <> 0
)
select
  finding_key as unit_key, amount, is_repeated, check_id, direction, proof, patient_control_number, documentation_id, claim_key,
  line_number, service_date, clinician_npi, billing_npi, payer_id, procedure_code, modifiers, units, minutes, billed_amount, amount_method,
  evidence,
  source_file, transaction_set, segment_number
from ranked
order by unit_key
"""
_CLAIMS = """
select
  claim_key as unit_key, sum(allowed_amount) as amount, false as is_repeated, min(claim_type) as claim_type,
  min(patient_control_number) as patient_control_number, min(service_date) as service_date,
  arg_min(clinician_npi, line_number) as clinician_npi, min(billing_npi) as billing_npi, min(payer_id) as payer_id,
  string_agg(procedure_code, ' ' order by line_number) as procedure_codes, count(*) as line_count,
  sum(billed_amount) as billed_amount, sum(paid_amount) as paid_amount, min(source_file) as source_file,
  min(transaction_set) as transaction_set, min(segment_number) as segment_number
from read_parquet({claim_line})
where is_final and is_primary_copy
group by claim_key
having sum(allowed_amount) <> 0 and bool_or({where})
order by unit_key
"""


@dataclass(frozen=True)
class Frame:
    """The units that can be drawn, in the order of their keys, and what was left out of them and why."""

    of: str
    run_id: str
    filters: dict[str, list[str]]
    units: list[dict[str, Any]]
    left_out: dict[str, int]


def read_frame(release: Path, of: str, where: Sequence[str]) -> Frame:
    """The findings or final claims of a release with dollars that meet all of ``where`` (NAME=VALUE[,VALUE]…).

    Raises MidpointError when it is no release, a filter is unknown, or nothing meets them.
    """
    manifest = read_manifest(release)
    filters = _filters(of, where)
    paths = {name: "'" + str(release / f"{name}.parquet").replace("'", "''") + "'" for name in ("finding", "claim_line")}
    clause, values = _clause(of, filters)
    with duckdb.connect() as con:
        found = con.execute((_FINDINGS if of == "findings" else _CLAIMS).format(where=clause, **paths), values)
        names = [column[0] for column in found.description or ()]
        rows = [dict(zip(names, row, strict=True)) for row in found.fetchall()]
        left_out: dict[str, int] = {}
        if of == "findings":
            counted = con.execute(f"select count(*) from read_parquet({paths['finding']}) where {clause}", values).fetchone()
            left_out["findings without dollars"] = (counted[0] if counted else 0) - len(rows)
            left_out["findings whose dollars another finding of the frame carries"] = sum(row["is_repeated"] for row in rows)
    units = [{name: value for name, value in row.items() if name != "is_repeated"} for row in rows if not row["is_repeated"]]
    if not units:
        raise MidpointError(f"{release}: no {of} with dollars meet {', '.join(where) or 'the release'}; nothing can be drawn")
    return Frame(of, manifest["run_id"], filters, units, {why: n for why, n in left_out.items() if n})


def _filters(of: str, where: Sequence[str]) -> dict[str, list[str]]:
    filters: dict[str, list[str]] = {}
    for part in where:
        name, _, values = part.partition("=")
        if name not in FILTERS[of] or not values:
            raise MidpointError(f"--where {part}: give NAME=VALUE[,VALUE], NAME one of {', '.join(FILTERS[of])} for {of}")
        filters.setdefault(name, []).extend(value.strip() for value in values.split(",") if value.strip())
    for value in filters.get("months", ()):
        if not re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])(\.\.\d{4}-(0[1-9]|1[0-2]))?", value):
            raise MidpointError(f"--where months={value}: give YYYY-MM or YYYY-MM..YYYY-MM")
    return {name: sorted(set(values)) for name, values in sorted(filters.items())}


def where_clause(of: str, where: Sequence[str]) -> tuple[str, list[str]]:
    """SQL condition over finding.parquet (or the claims' lines) and its values. Raises MidpointError on an unknown filter."""
    return _clause(of, _filters(of, where))


def _clause(of: str, filters: Mapping[str, Sequence[str]]) -> tuple[str, list[str]]:
    parts, values = ["true"], list[str]()
    for name, wanted in filters.items():
        column = FILTERS[of][name]
        if name == "months":
            spans = [value.split("..") for value in wanted]
            parts.append("(" + " or ".join(f"strftime({column}, '%Y-%m') between ? and ?" for _ in spans) + ")")
            values += [month for span in spans for month in (span[0], span[-1])]
        else:
            parts.append(f"{column} in ({', '.join('?' for _ in wanted)})")
            values += [value.upper() if name == "check" else value for value in wanted]
    return " and ".join(parts), values


def stratify(frame: Frame, by: str, count: int = 3, cuts: Sequence[float] = (), take_all_from: float | None = None) -> list[str]:
    """The stratum's name of each unit. ``by``: amount, payer, check, clinician or none; amount at ``cuts``, else ``count`` strata made by
    Dalenius and Hodges.

    Units of ``take_all_from`` dollars or more are a stratum of their own, which is drawn whole.
    """
    amounts = [float(unit["amount"]) for unit in frame.units]
    if by == "amount":
        rest = [amount for amount in amounts if take_all_from is None or amount < take_all_from]
        bounds = sorted(cuts) or (st.amount_cuts(rest, count) if rest else [])
        names = [f"{number}: {text}" for number, text in enumerate(_spans(bounds), 1)]
        made = [names[sum(amount > bound for bound in bounds)] for amount in amounts]
    elif by == "none":
        made = ["all"] * len(amounts)
    elif STRATA[by] not in frame.units[0]:
        raise MidpointError(f"--strata {by}: {frame.of} have no {by}; choose amount, payer, clinician or none")
    else:
        made = [str(unit[STRATA[by]] or "unknown") for unit in frame.units]
    if take_all_from is None:
        return made
    return [f"all from {take_all_from:.2f}" if amount >= take_all_from else name for amount, name in zip(amounts, made, strict=True)]


def _spans(bounds: Sequence[float]) -> list[str]:
    if not bounds:
        return ["any amount"]
    middle = [f"over {low:.2f} to {high:.2f}" for low, high in itertools.pairwise(bounds)]
    return [f"to {bounds[0]:.2f}", *middle, f"over {bounds[-1]:.2f}"]


def order_by_seed(seed: int, count: int) -> list[int]:
    """Frame positions 1…count in the order in which they are drawn: by SHA-256 of "seed:position", the same on any machine and version."""
    return sorted(range(1, count + 1), key=lambda position: hashlib.sha256(f"{seed}:{position}".encode()).digest())


def choose(strata: Sequence[str], sizes: Mapping[str, int], seed: int) -> list[int]:
    """The positions drawn, in the order of drawing: of each stratum the first ``sizes`` in the order of the seed."""
    left, drawn = dict(sizes), list[int]()
    for position in order_by_seed(seed, len(strata)):
        name = strata[position - 1]
        if left[name] > 0:
            left[name] -= 1
            drawn.append(position)
    return drawn


def frame_table(frame: Frame, strata: Sequence[str]) -> list[tuple[int, str, str, str]]:
    """(position, unit_key, amount, stratum) of each unit: what frame.csv holds and its hash is made of."""
    return [
        (position, unit["unit_key"], str(unit["amount"]), name)
        for position, (unit, name) in enumerate(zip(frame.units, strata, strict=True), 1)
    ]


def deviations(frame: Frame, strata: Sequence[str]) -> dict[str, tuple[int, float]]:
    """Units, and standard deviation of their amounts, of each stratum, by name."""
    amounts: dict[str, list[float]] = {}
    for unit, name in zip(frame.units, strata, strict=True):
        amounts.setdefault(name, []).append(float(unit["amount"]))
    return {name: (len(values), st.variance(values) ** 0.5) for name, values in sorted(amounts.items())}


def draw(frame: Frame, strata: Sequence[str], size: int, allocation: str, seed: int, out: Path) -> dict[str, Any]:
    """Draw ``size`` units and write ``out``: frame.csv, sample.csv, worklist.xlsx, worklist.csv, manifest.json; returns the manifest.

    Same release, filters, strata, size and seed: the same bytes. Raises MidpointError when ``out`` has files or the size cannot be drawn.
    """
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise MidpointError(f"{out}: is not a new or empty folder; a sample that was drawn is kept, so name another with --out")
    spread = deviations(frame, strata)
    whole = {name: n for name, (n, _) in spread.items() if name.startswith("all from ")}
    others = {name: values for name, values in spread.items() if name not in whole}
    try:
        sizes = whole | dict(zip(others, st.allocate(size - sum(whole.values()), list(others.values()), allocation), strict=True))
    except ValueError as error:
        held = f", beside {sum(whole.values())} that are taken whole" if whole else ""
        raise MidpointError(f"--size {size}: {error}{held}") from error
    drawn = choose(strata, sizes, seed)
    out.mkdir(parents=True, exist_ok=True)
    table = frame_table(frame, strata)
    _write_csv(out / "frame.csv", ("position", "unit_key", "amount", "stratum"), table)
    sample = [(number, *table[position - 1]) for number, position in enumerate(drawn, 1)]
    _write_csv(out / "sample.csv", ("sample_number", "position", "unit_key", "amount", "stratum"), sample)
    rows = [
        {"sample_number": number, "stratum": row[4], **frame.units[row[1] - 1]}
        for number, row in zip(range(1, len(sample) + 1), sample, strict=True)
    ]
    columns = [*(Column(name, {"unit_key": 28, "evidence": 50, "source_file": 28}.get(name, 14)) for name in rows[0]), *ANSWERS]
    title = f"Midpoint sample of {len(drawn):,} {frame.of} of {len(table):,}, release {frame.run_id}, seed {seed}"
    for name in ("worklist.xlsx", "worklist.csv"):
        write_list(out / name, columns, rows, title, INSTRUCTIONS)
    manifest = {
        "of": frame.of,
        "run_id": frame.run_id,
        "filters": frame.filters,
        "amount": AMOUNTS[frame.of],
        "left_out": frame.left_out,
        "frame": {
            "count": len(table),
            "amount": str(sum((Decimal(row[2]) for row in table), Decimal())),
            "sha256": file_sha256(out / "frame.csv"),
        },
        "strata": [
            {
                "name": name,
                "frame_count": count,
                "frame_amount": str(sum((Decimal(row[2]) for row in table if row[3] == name), Decimal())),
                "frame_standard_deviation": round(sd, 6),
                "sample_count": sizes[name],
            }
            for name, (count, sd) in spread.items()
        ],
        "allocation": allocation,
        "seed": seed,
        "order": 'SHA-256 of "seed:position", smallest first',
        "size": len(drawn),
        "sample_sha256": file_sha256(out / "sample.csv"),
    }
    (out / "manifest.json").write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")
    return manifest


def file_sha256(path: Path) -> str:
    """Of the file's bytes."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _write_csv(path: Path, names: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(names)
        writer.writerows(rows)
