"""A second reading of 837 and 835 files, slow and plain, to compare the reader with.

It shares nothing with pipelines.x12 but the column names (tables.TABLES): the whole file is split into segments, the segments into
envelopes, transaction sets, loops and claims, and each loop is read by itself. What does not belong here: making texts (texts.py), and
any judgement that is not in the issue, RULES.md section 7 or tables.py.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from pipelines.x12.tables import TABLES

Row = dict[str, Any]
COUNTED = {"clm": ("CLM",), "lx": ("LX",), "sv": ("SV1", "SV2"), "clp": ("CLP",), "svc": ("SVC",), "cas": ("CAS",), "plb": ("PLB",)}
VERSIONS = {"005010X222": ("837", "837P"), "005010X223": ("837", "837I"), "005010X221": ("835", "835")}
BLANK = b" \n\r"
PRIVATE_AND_PUBLIC = {t.name: [c for c, _ in t.columns] for t in TABLES}

FAMILIES = {
    "ABK": "diagnosis", "BK": "diagnosis", "ABF": "diagnosis", "BF": "diagnosis", "ABJ": "admitting", "BJ": "admitting",
    "APR": "reason_for_visit", "PR": "reason_for_visit", "ABN": "external_cause", "BN": "external_cause", "DR": "drg",
    "BBR": "procedure", "BR": "procedure", "BBQ": "procedure", "BQ": "procedure", "BP": "procedure", "BO": "procedure",
    "BG": "condition", "BH": "occurrence", "BI": "occurrence_span", "BE": "value", "TC": "treatment",
}  # fmt: skip


class BrokenSetError(Exception):
    """The transaction set has to be set aside: reason code of the ledger, place in the set, place in the file, element."""

    def __init__(self, reason: str, number: int, offset: int, where: str = "") -> None:
        super().__init__(reason)
        self.reason, self.number, self.offset, self.where = reason, number, offset, where


@dataclass(frozen=True)
class Segment:
    """One segment: where it starts and ends in the file (terminator included), and its elements, of which the first is the id."""

    offset: int
    end: int
    elements: list[bytes]
    component: bytes
    number: int = 0  # in its transaction set

    @property
    def id(self) -> str:
        return _text(self.elements[0].strip(BLANK)) or ""

    def at(self, element: int, component: int = 0) -> str | None:
        """Element (or component of it, 1 is the first) as text; None where it is absent or empty."""
        if element >= len(self.elements):
            return None
        value = self.elements[element]
        if component:
            parts = value.split(self.component)
            value = parts[component - 1] if component <= len(parts) else b""
        return _text(value.strip(BLANK))


@dataclass(frozen=True)
class Aside:
    """What is set aside: the same facts as the reader's Aside."""

    transaction_set: int
    reason: str
    number: int
    offset: int
    set_offset: int
    set_bytes: int
    where: str


@dataclass
class Reading:
    """All that a file holds, as the reader should tell it."""

    tables: dict[str, list[Row]] = field(default_factory=lambda: {t.name: [] for t in TABLES})
    asides: list[Aside] = field(default_factory=list)
    landed: Counter[str] = field(default_factory=Counter)
    aside: Counter[str] = field(default_factory=Counter)
    strays: list[Segment] = field(default_factory=list)  # segments that stand in no transaction set
    has_unreadable_isa: bool = False  # after the first: what then is under which envelope is anybody's guess

    def add(self, table: str, **values: Any) -> Row:
        row: Row = dict.fromkeys(PRIVATE_AND_PUBLIC[table])
        assert values.keys() <= row.keys(), values.keys() - row.keys()
        row.update(values)
        self.tables[table].append(row)
        return row


@dataclass
class _Set:
    """A transaction set as it stands in the file."""

    ordinal: int
    interchange: Segment | None
    interchange_number: int | None
    group: Segment | None
    group_number: int | None
    segments: list[Segment]
    trailer: Segment | None = None
    is_whole: bool = False  # whether it has its SE, and that is not cut off
    end: int = 0
    closed_by: int | None = None  # offset of the header or trailer that stands where the SE should; None at the end of the file


# --- single values -----------------------------------------------------------------------------------


def _text(value: bytes) -> str | None:
    if not value:
        return None
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return value.decode("latin-1")


def number(value: str | None, places: int, *, exact: bool) -> Decimal | None:
    """A decimal number; ValueError where it is none, or where ``exact`` and it has more decimals than ``places``."""
    if value is None:
        return None
    if not re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)", value, re.ASCII):
        raise ValueError(value)
    full = Decimal(value)
    if abs(full) >= Decimal(10) ** 14:
        raise ValueError(value)  # does not fit DECIMAL(18, 4)
    rounded = full.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    if exact and rounded != full:
        raise ValueError(value)
    return rounded


def day(value: str | None) -> date | None:
    """CCYYMMDD, or CCYYMMDD and a time; ValueError where it is none."""
    if value is None:
        return None
    if not re.fullmatch(r"\d{8}(\d{4}|\d{6}|\d{8})?", value, re.ASCII) or value < "1800":
        raise ValueError(value)
    return date(int(value[:4]), int(value[4:6]), int(value[6:8]))


def days(value: str | None) -> tuple[date | None, date | None]:
    """A date, or a range of two with a hyphen between them."""
    if value is None or "-" not in value:
        return day(value), day(value)
    first, _, second = value.partition("-")
    return day(first.strip() or None), day(second.strip() or None)


def _soft(read: Any, value: str | None, *args: Any, **named: Any) -> Any:
    """A value on which nothing depends: None where it cannot be read."""
    try:
        return read(value, *args, **named)
    except ValueError:
        return None


def _soft_days(value: str | None) -> tuple[date | None, date | None]:
    """Both ends of a period on which nothing depends, each by itself."""
    first, hyphen, second = (value or "").partition("-")
    start = _soft(day, first.strip() or None)
    return start, _soft(day, second.strip() or None) if hyphen else start


def _amount(segment: Segment, element: int, *, required: bool = True) -> Any:
    """An amount that totals depend on."""
    try:
        value = number(segment.at(element), 2, exact=True)
    except ValueError:
        raise BrokenSetError("bad_amount", segment.number, segment.offset, f"{segment.id}{element:02d}") from None
    if value is None and required:
        raise BrokenSetError("missing_amount", segment.number, segment.offset, f"{segment.id}{element:02d}")
    return value


def _units(segment: Segment, element: int) -> Decimal | None:
    try:
        return number(segment.at(element), 4, exact=False)
    except ValueError:
        raise BrokenSetError("bad_number", segment.number, segment.offset, f"{segment.id}{element:02d}") from None


def _dates(segment: Segment, element: int) -> tuple[date | None, date | None]:
    try:
        return days(segment.at(element))
    except ValueError:
        raise BrokenSetError("bad_date", segment.number, segment.offset, f"{segment.id}{element:02d}") from None


def _whole(value: str | None) -> int | None:
    return int(value) if value and re.fullmatch(r"\d{1,9}", value, re.ASCII) else None


def _npi(segment: Segment) -> str | None:
    return segment.at(9) if segment.at(8) == "XX" else None


# --- the file as segments, envelopes and sets -----------------------------------------------------------


def _header(content: bytes, at: int) -> tuple[bytes, bytes, bytes] | None:
    """Element separator, component separator and terminator that the ISA at ``at`` declares; None where it is no ISA header."""
    element = content[at + 3 : at + 4]
    if content[at : at + 3] != b"ISA" or not element or element.isalnum() or element == b" ":
        return None
    parts = content[at : at + 400].split(element, 16)
    if len(parts) < 17 or len(parts[16]) < 2:
        return None
    component, terminator = parts[16][:1], parts[16][1:2]
    if any(s.isalnum() or s == b" " or s >= b"\x80" for s in (component, terminator)) or len({element, component, terminator}) < 3:
        return None
    if terminator in element.join(parts[:16]):
        return None
    return element, component, terminator


def split(content: bytes) -> tuple[list[Segment], bool]:
    """The segments of a file, and whether the last one lacks its terminator."""
    at = 3 if content.startswith(b"\xef\xbb\xbf") else 0
    element = component = terminator = b""
    segments: list[Segment] = []
    while True:
        while at < len(content) and (content[at : at + 1] == terminator or (content[at] <= 32 and content[at : at + 1] != element)):
            at += 1
        if at >= len(content):
            return segments, False
        element, component, terminator = _header(content, at) or (element, component, terminator)
        end = content.find(terminator, at) if terminator else -1
        stop = len(content) if end < 0 else end
        segments.append(Segment(at, stop + (end >= 0), content[at:stop].split(element) if element else [content[at:stop]], component))
        if end < 0:
            return segments, True
        at = end + 1


def counts(segments: Iterable[Segment]) -> Counter[str]:
    """Segments of the seven counted kinds."""
    ids = Counter(s.id for s in segments)
    return Counter({name: sum(ids[i] for i in kinds) for name, kinds in COUNTED.items()})


def read(content: bytes, file_key: int = 1) -> Reading:
    """Everything in a file that starts with a usable ISA."""
    out = Reading()
    segments, unterminated = split(content)
    sets: list[_Set] = []
    isa: Segment | None = None
    gs: Segment | None = None
    isa_row: Row = {}
    gs_row: Row = {}
    current: _Set | None = None
    interchanges = groups = 0
    for segment in segments:
        name = segment.id
        if name in ("ISA", "GS", "ST", "GE", "IEA") and current is not None:
            current.end = current.closed_by = segment.offset
            current = None
        if name == "ISA":
            isa = gs = None
            out.has_unreadable_isa |= _header(content, segment.offset) is None
            if _header(content, segment.offset):
                interchanges += 1
                isa = segment
                isa_row = _interchange(out, segment, file_key, interchanges, content)
        elif name == "GS":
            groups += 1
            gs = segment
            gs_row = _group(out, segment, file_key, interchanges if isa else None, groups)
            if isa:
                isa_row["found_group_count"] += 1
        elif name == "ST":
            current = _Set(len(sets) + 1, isa, interchanges if isa else None, gs, groups if gs else None, [])
            sets.append(current)
            if gs:
                gs_row["found_transaction_set_count"] += 1
        elif name == "GE" and gs:
            gs_row.update(declared_transaction_set_count=_whole(segment.at(1)), trailer_control_number=segment.at(2))
            gs = None
        elif name == "IEA" and isa:
            isa_row.update(declared_group_count=_whole(segment.at(1)), trailer_control_number=segment.at(2))
            isa = gs = None
        if current is None:
            if name not in ("ISA", "GS", "GE", "IEA", "TA1"):
                out.strays.append(segment)
            continue
        current.segments.append(Segment(segment.offset, segment.end, segment.elements, segment.component, len(current.segments) + 1))
        if name == "SE":
            last = unterminated and segment is segments[-1]
            whole = not last or (segment.at(2) is not None and segment.at(2) == current.segments[0].at(2))
            current.trailer, current.is_whole, current.end = current.segments[-1], whole, segment.end
            current = None
    if current is not None:
        current.end = len(content)
    out.aside.update(counts(out.strays))
    for item in sets:
        _read_set(out, item, file_key, unterminated)
    return out


def _interchange(out: Reading, isa: Segment, file_key: int, ordinal: int, content: bytes) -> Row:
    declared = isa.at(9) or ""
    repetition = _text(isa.elements[11].strip(b" \r\n")) or ""  # may be a control character
    return out.add(
        "interchange", file_key=file_key, interchange=ordinal, byte_offset=isa.offset, sender_qualifier=isa.at(5), sender_id=isa.at(6),
        receiver_qualifier=isa.at(7), receiver_id=isa.at(8),
        created_date=_soft(day, "20" + declared if len(declared) == 6 else declared or None),
        created_time=isa.at(10), version_code=isa.at(12), control_number=isa.at(13), usage_code=isa.at(15),
        element_separator=content[isa.offset + 3 : isa.offset + 4].decode(), component_separator=isa.component.decode(),
        repetition_separator=repetition if len(repetition) == 1 and not repetition.isalnum() else None,
        segment_terminator=content[isa.end - 1 : isa.end].decode(), found_group_count=0,
    )  # fmt: skip


def _group(out: Reading, gs: Segment, file_key: int, interchange: int | None, ordinal: int) -> Row:
    return out.add(
        "functional_group", file_key=file_key, interchange=interchange, functional_group=ordinal, byte_offset=gs.offset,
        functional_id_code=gs.at(1), sender_code=gs.at(2), receiver_code=gs.at(3), created_date=_soft(day, gs.at(4)),
        created_time=gs.at(5), control_number=gs.at(6), version_code=gs.at(8), found_transaction_set_count=0,
    )  # fmt: skip


def _kind(st: Segment, gs: Segment | None) -> tuple[str, str | None]:
    """Kind of a set and the version that tells it: GS08, else ST03."""
    stated = [gs.at(8) if gs else None, st.at(3)]
    for version in stated:
        code, kind = VERSIONS.get((version or "")[:10], ("", ""))
        if code and code == st.at(1):
            return kind, version
    return "unsupported", stated[0] or stated[1]


def _read_set(out: Reading, item: _Set, file_key: int, unterminated: bool) -> None:
    st = item.segments[0]
    kind, version = _kind(st, item.group)
    row = out.add(
        "transaction_set", file_key=file_key, transaction_set=item.ordinal, interchange=item.interchange_number,
        functional_group=item.group_number, byte_offset=st.offset, byte_count=item.end - st.offset, transaction_code=st.at(1),
        version_code=version, kind=kind, control_number=st.at(2), found_segment_count=len(item.segments), is_landed=False,
    )  # fmt: skip
    if item.trailer:
        row.update(declared_segment_count=_whole(item.trailer.at(1)), trailer_control_number=item.trailer.at(2))
    inside = item.segments[1 : -1 if item.trailer else None]
    before = {name: len(rows) for name, rows in out.tables.items()}
    last = item.segments[-1].number
    cut_short = not item.is_whole and item.closed_by is None
    try:
        if kind == "unsupported":
            raise BrokenSetError("unsupported_version", 1, st.offset)
        if item.interchange is None or item.group is None:
            raise BrokenSetError("no_envelope", 1, st.offset)
        body = _Body(out, file_key, item.ordinal, kind, inside)
        if kind == "835":
            body.read_835(row, before["remit"])
        else:
            body.read_837(row, before["claim"])
        if cut_short:
            raise BrokenSetError("truncated", last, item.trailer.offset if item.trailer else item.end)
        if not item.is_whole:
            raise BrokenSetError("no_se", last, item.end)
    except BrokenSetError as broken:
        # What is wrong with a segment that the end of the file cuts in two is wrong because of that.
        if cut_short and unterminated and broken.number == last and broken.reason != "truncated":
            broken = BrokenSetError("truncated", last, item.end)
        for name, rows in out.tables.items():
            if name not in ("interchange", "functional_group", "transaction_set"):
                del rows[before[name] :]
        out.asides.append(Aside(item.ordinal, broken.reason, broken.number, broken.offset, st.offset, item.end - st.offset, broken.where))
        out.aside.update(counts(item.segments))
        for name in row.keys() - _TOLD_OF_BROKEN_SETS:
            row[name] = None
        return
    row["is_landed"] = True
    out.landed.update(counts(item.segments))


# Of a broken set, what its envelope says is kept; how much of its header was understood before the break is nobody's concern.
_TOLD_OF_BROKEN_SETS = {
    "file_key", "transaction_set", "interchange", "functional_group", "byte_offset", "byte_count", "transaction_code", "version_code",
    "kind",
    "control_number", "trailer_control_number", "declared_segment_count", "found_segment_count", "is_landed",
}  # fmt: skip


def without_broken_headers(tables: dict[str, list[Row]]) -> dict[str, list[Row]]:
    """The same tables, with the columns of sets that are set aside cut down to what the oracle tells of them."""
    sets = [
        row if row["is_landed"] else {k: (v if k in _TOLD_OF_BROKEN_SETS else None) for k, v in row.items()}
        for row in tables["transaction_set"]
    ]
    return {**tables, "transaction_set": sets}


def _cut(segments: list[Segment], *ids: str) -> tuple[list[Segment], list[list[Segment]]]:
    """The segments before the first of ``ids``, and then one list for each that begins with one of them."""
    head: list[Segment] = []
    parts: list[list[Segment]] = []
    for segment in segments:
        if segment.id in ids:
            parts.append([segment])
        elif parts:
            parts[-1].append(segment)
        else:
            head.append(segment)
    return head, parts


def _last(segments: list[Segment], name: str, first: str | None = None) -> Segment | None:
    found = [s for s in segments if s.id == name and (first is None or s.at(1) == first)]
    return found[-1] if found else None


def _named(loops: list[list[Segment]], entity: str) -> list[Segment]:
    """The loop that begins with this entity code; empty where there is none."""
    found = [loop for loop in loops if loop[0].at(1) == entity]
    return found[-1] if found else []


class _Body:
    """The inside of one transaction set."""

    def __init__(self, out: Reading, file_key: int, ordinal: int, kind: str, segments: list[Segment]) -> None:
        self.out, self.file_key, self.ordinal, self.kind, self.segments = out, file_key, ordinal, kind, segments

    def add(self, table: str, segment: Segment, **values: Any) -> Row:
        return self.out.add(table, file_key=self.file_key, transaction_set=self.ordinal, segment_number=segment.number, **values)

    # --- 837 -------------------------------------------------------------------------------------------

    def read_837(self, row: Row, claims_before: int) -> None:
        self._refuse_foreign("CLP", "SVC", "PLB")
        header, levels = _cut(self.segments, "HL")
        self._refuse_outside(header)
        _, names = _cut(header, "NM1")
        if bht := _last(header, "BHT"):
            row.update(
                purpose_code=bht.at(2), reference_id=bht.at(3), created_date=_soft(day, bht.at(4)), created_time=bht.at(5),
                claim_or_encounter_code=bht.at(6),
            )  # fmt: skip
        for column, entity in (("submitter_id", "41"), ("receiver_id", "40")):
            if loop := _named(names, entity):
                row[column] = loop[0].at(9)
        self.claim_number = claims_before
        self.claims: list[Row] = []
        billing = header  # senders that leave the HL out still name the billing provider
        subscriber: list[Segment] = []
        for level in levels:
            loop, claims = _cut(level, "CLM")
            depth = loop[0].at(3) if loop else None
            self._refuse_outside(loop)
            patient: list[Segment] = []
            if depth == "20":
                billing, subscriber = loop, []
            elif depth == "22":
                subscriber = loop
            elif depth == "23":
                patient = loop
            if claims and (depth not in ("22", "23") or not subscriber):
                raise BrokenSetError("claim_outside_subscriber", claims[0][0].number, claims[0][0].offset, "CLM")
            for claim in claims:
                self._claim(claim, billing, subscriber, patient)
        row.update(
            claim_count=len(self.claims),
            line_count=sum(c["line_count"] for c in self.claims),
            charge_total_amount=sum((c["charge_amount"] for c in self.claims), Decimal()),
            unbalanced_claim_count=sum(not c["is_balanced"] for c in self.claims),
            unbalanced_line_count=0,
            is_balanced=all(c["is_balanced"] for c in self.claims),
        )

    def _refuse_foreign(self, *ids: str) -> None:
        for segment in self.segments:
            if segment.id in ids:
                raise BrokenSetError("foreign_segment", segment.number, segment.offset, segment.id)

    @staticmethod
    def _refuse_after_lines(lines: list[list[Segment]], *what: tuple[str, str | None]) -> None:
        """Segments that belong to a claim: after its lines they are another claim's."""
        for segment in (s for line in lines for s in line):
            if (segment.id, None) in what or (segment.id, segment.at(1)) in what:
                raise BrokenSetError("segment_after_line", segment.number, segment.offset, segment.id)

    @staticmethod
    def _refuse_outside(segments: list[Segment]) -> None:
        """Segments of a claim, or a claim, that stand before any claim could."""
        for segment in segments:
            if segment.id == "CLM":
                raise BrokenSetError("claim_outside_subscriber", segment.number, segment.offset, "CLM")
            if segment.id in ("LX", "SV1", "SV2", "CAS", "SVD", "HI"):
                raise BrokenSetError("claim_segment_outside_claim", segment.number, segment.offset, segment.id)

    def _claim(self, segments: list[Segment], billing: list[Segment], subscriber: list[Segment], patient: list[Segment]) -> None:
        self.claim_number += 1
        above, lines = _lines(segments)
        self._refuse_after_lines(lines, ("HI", None), ("SBR", None), ("NM1", "85"))
        claim, others = _cut(above, "SBR")
        own, providers = _cut(claim, "NM1")
        clm = own[0]
        row = self.add(
            "claim", clm, claim_number=self.claim_number, claim_type="professional" if self.kind == "837P" else "institutional",
            patient_control_number=clm.at(1), charge_amount=_amount(clm, 2), facility_code=clm.at(5, 1),
            facility_qualifier_code=clm.at(5, 2),
            frequency_code=clm.at(5, 3), assignment_code=clm.at(7), benefits_assignment_code=clm.at(8), release_code=clm.at(9),
            related_cause_code_1=clm.at(11, 1), related_cause_code_2=clm.at(11, 2), related_cause_code_3=clm.at(11, 3),
            accident_state_code=clm.at(11, 4), special_program_code=clm.at(12), delay_reason_code=clm.at(20),
        )  # fmt: skip
        self.claims.append(row)
        self._parties(row, billing, subscriber, patient)
        self._claim_dates(row, own)
        for segment in own:
            columns = {
                "EA": "medical_record_number", "F8": "original_reference_number", "D9": "clearinghouse_number",
                "G1": "prior_authorization_number", "9F": "referral_number",
            }  # fmt: skip
            if segment.id == "REF" and segment.at(1) in columns and segment.at(2):
                row[columns[str(segment.at(1))]] = segment.at(2)
        if cl1 := _last(segments, "CL1"):
            row.update(admission_type_code=cl1.at(1), admission_source_code=cl1.at(2), patient_status_code=cl1.at(3))
        if amt := _last(claim, "AMT", "F5"):
            row["patient_paid_amount"] = _soft(number, amt.at(2), 2, exact=True)
        self._codes(segments)
        self._notes(above, None)
        for cas in (s for s in claim if s.id == "CAS"):
            self._adjustments(cas)
        for loop in providers:
            columns = {
                "82": "rendering_npi", "DN": "referring_npi", "DQ": "supervising_npi", "77": "service_facility_npi", "71": "attending_npi",
                "72": "operating_npi", "ZZ": "other_operating_npi", "FA": "service_facility_npi",
            }  # fmt: skip
            taxonomies = {"82": "rendering_taxonomy_code", "71": "attending_taxonomy_code"}
            entity = loop[0].at(1) or ""
            _put(row, columns.get(entity), _npi(loop[0]))
            if prv := _last(loop, "PRV"):
                _put(row, taxonomies.get(entity), prv.at(3))
        for ordinal, other in enumerate(others, 1):
            self._other_payer(ordinal, other)
        charges = Decimal()
        from_dates: list[date] = []
        through_dates: list[date] = []
        for ordinal, line in enumerate(lines, 1):
            made = self._line(ordinal, line)
            charges += made["charge_amount"] or Decimal()
            from_dates += [made["service_from_date"]] if made["service_from_date"] else []
            through_dates += [made["service_through_date"]] if made["service_through_date"] else []
        row.update(line_count=len(lines), line_charge_amount=charges, is_balanced=charges == row["charge_amount"])
        if row["statement_from_date"]:
            row.update(from_date=row["statement_from_date"], through_date=row["statement_through_date"])
        else:
            row.update(from_date=min(from_dates, default=None), through_date=max(through_dates, default=None))

    @staticmethod
    def _parties(row: Row, billing: list[Segment], subscriber: list[Segment], patient: list[Segment]) -> None:
        own, names = _cut(billing, "NM1")
        provider = _named(names, "85")
        if provider:
            row["billing_npi"] = _npi(provider[0])
        if prv := _last(own, "PRV"):
            row["billing_taxonomy_code"] = prv.at(3)
        if ref := _last(provider, "REF", "EI"):
            row["billing_tax_id"] = ref.at(2)
        own, names = _cut(subscriber, "NM1")
        if sbr := _last(own, "SBR"):
            row.update(
                payer_sequence_code=sbr.at(1), relationship_code=sbr.at(2), insurance_type_code=sbr.at(5), filing_indicator_code=sbr.at(9)
            )
        if insured := _named(names, "IL"):
            row["member_id"] = insured[0].at(9)
        if dmg := _last(subscriber, "DMG"):
            row["birth_date"] = dmg.at(2)
        if payer := _named(names, "PR"):
            row.update(payer_name=payer[0].at(3), payer_id_qualifier=payer[0].at(8), payer_id=payer[0].at(9))
        row["is_dependent"] = bool(patient)
        if patient:
            dmg = _last(patient, "DMG")
            row["birth_date"] = dmg.at(2) if dmg else None
            own, names = _cut(patient, "NM1")
            if pat := _last(own, "PAT"):
                _put(row, "relationship_code", pat.at(1))
            if dependent := _named(names, "QC"):
                row["patient_member_id"] = dependent[0].at(9)

    @staticmethod
    def _claim_dates(row: Row, own: list[Segment]) -> None:
        columns = {"435": "admission_date", "096": "discharge_date", "439": "accident_date"}
        for dtp in own:
            if dtp.id != "DTP":
                continue
            if dtp.at(1) == "434":
                row["statement_from_date"], row["statement_through_date"] = _dates(dtp, 3)
            elif dtp.at(1) in columns and len(dtp.at(3) or "") >= 8:
                row[columns[str(dtp.at(1))]] = _soft_days(dtp.at(3))[0]

    def _codes(self, segments: list[Segment]) -> None:
        per_family: Counter[str] = Counter()
        for hi in (s for s in segments if s.id == "HI"):
            for element in range(1, len(hi.elements)):
                code = hi.at(element, 2)
                if code is None:
                    continue
                qualifier = hi.at(element, 1)
                family = FAMILIES.get(qualifier or "", "other")
                start, end = _soft_days(hi.at(element, 4))
                per_family[family] += 1
                self.add(
                    "claim_diagnosis", hi, claim_number=self.claim_number, hi_ordinal=per_family.total(), code_ordinal=per_family[family],
                    family=family, qualifier_code=qualifier, code=code, code_date=start, code_through_date=end,
                    code_amount=_soft(number, hi.at(element, 5), 2, exact=True), present_on_admission_code=hi.at(element, 9),
                )  # fmt: skip

    def _notes(self, segments: list[Segment], line: int | None) -> None:
        for nte in (s for s in segments if s.id == "NTE"):
            self.add("claim_note", nte, claim_number=self.claim_number, line_number=line, note_code=nte.at(1), note_text=nte.at(2))

    def _other_payer(self, ordinal: int, segments: list[Segment]) -> None:
        own, names = _cut(segments, "NM1")
        sbr = own[0]
        row = self.add(
            "claim_payer", sbr, claim_number=self.claim_number, payer_ordinal=ordinal, payer_sequence_code=sbr.at(1),
            relationship_code=sbr.at(2), insurance_type_code=sbr.at(5), filing_indicator_code=sbr.at(9),
        )  # fmt: skip
        for segment in segments:
            columns = {"D": "paid_amount", "A8": "non_covered_amount", "EAF": "remaining_amount"}
            if segment.id == "AMT" and segment.at(1) in columns:
                row[columns[str(segment.at(1))]] = _soft(number, segment.at(2), 2, exact=True)
            elif segment.id == "CAS":
                self._adjustments(segment, payer_ordinal=ordinal)
        if insured := _named(names, "IL"):
            row["member_id"] = insured[0].at(9)
        if payer := _named(names, "PR"):
            row.update(payer_name=payer[0].at(3), payer_id=payer[0].at(9))
            if ref := _last(payer, "REF", "F8"):
                row["claim_control_number"] = ref.at(2)
        if dtp := _last(segments, "DTP", "573"):
            row["adjudication_date"] = _soft_days(dtp.at(3))[0]

    def _adjustments(self, cas: Segment, **values: Any) -> list[Row]:
        rows: list[Row] = []
        for reason in range(2, len(cas.elements), 3):
            if cas.at(reason) is None and cas.at(reason + 1) is None:
                continue
            rows.append(
                self.add(
                    "claim_adjudication",
                    cas,
                    claim_number=self.claim_number,
                    row_kind="adjustment",
                    group_code=cas.at(1),
                    reason_code=cas.at(reason),
                    amount=_amount(cas, reason + 1),
                    units=_soft(number, cas.at(reason + 2), 4, exact=False),
                    **values,
                )
            )
        return rows

    def _line(self, ordinal: int, segments: list[Segment]) -> Row:
        own, loops = _cut(segments, "LIN", "NM1", "SVD")
        lx = _last(own, "LX")
        row = self.add("claim_line", own[0], claim_number=self.claim_number, line_number=ordinal, assigned_number=lx.at(1) if lx else None)
        for segment in own:
            if segment.id == "SV1":
                _procedure(row, segment, 1)
                row.update(
                    charge_amount=_amount(segment, 2), unit_code=segment.at(3), units=_units(segment, 4),
                    place_of_service_code=segment.at(5), emergency_code=segment.at(9),
                    **{f"diagnosis_pointer_{n}": _whole(segment.at(7, n)) for n in range(1, 5)},
                )  # fmt: skip
            elif segment.id == "SV2":
                _procedure(row, segment, 2)
                row.update(
                    revenue_code=segment.at(1), charge_amount=_amount(segment, 3), unit_code=segment.at(4), units=_units(segment, 5),
                    non_covered_amount=_soft(number, segment.at(7), 2, exact=True),
                )  # fmt: skip
            elif segment.id == "DTP" and segment.at(1) == "472":
                row["service_from_date"], row["service_through_date"] = _dates(segment, 3)
            elif segment.id == "REF" and segment.at(1) == "6R":
                row["line_control_number"] = segment.at(2)
        self._notes(segments, ordinal)
        for cas in (s for loop in (own, *(each for each in loops if each[0].id != "SVD")) for s in loop if s.id == "CAS"):
            self._adjustments(cas, line_number=ordinal)
        for loop in loops:
            if loop[0].id == "LIN":
                row["drug_code"] = loop[0].at(3)
            elif loop[0].id == "NM1":
                columns = {
                    "82": "rendering_npi", "DN": "referring_npi", "DK": "ordering_npi", "DQ": "supervising_npi",
                    "77": "service_facility_npi", "72": "operating_npi",
                }  # fmt: skip
                _put(row, columns.get(loop[0].at(1) or ""), _npi(loop[0]))
                if loop[0].at(1) == "82" and (prv := _last(loop, "PRV")):
                    row["rendering_taxonomy_code"] = prv.at(3)
            else:
                self._line_adjudication(ordinal, loop)
        return row

    def _line_adjudication(self, line: int, segments: list[Segment]) -> None:
        svd = segments[0]
        rows = [
            self.add(
                "claim_adjudication",
                svd,
                claim_number=self.claim_number,
                line_number=line,
                payer_id=svd.at(1),
                row_kind="payment",
                amount=_amount(svd, 2),
                units=_soft(number, svd.at(5), 4, exact=False),
                procedure_code=svd.at(3, 2),
                bundled_line_number=_whole(svd.at(6)),
            )
        ]
        for cas in (s for s in segments if s.id == "CAS"):
            rows += self._adjustments(cas, line_number=line, payer_id=svd.at(1))
        if dtp := _last(segments, "DTP", "573"):
            for row in rows:
                row["adjudication_date"] = _soft_days(dtp.at(3))[0]

    # --- 835 -------------------------------------------------------------------------------------------

    def read_835(self, row: Row, remits_before: int) -> None:
        self._refuse_foreign("CLM", "SV1", "SV2")
        header, blocks = _cut(self.segments, "LX", "CLP", "PLB")
        for segment in header:
            if segment.id in ("CAS", "SVC"):
                raise BrokenSetError("claim_segment_outside_claim", segment.number, segment.offset, segment.id)
            if segment.id in ("TS3", "TS2"):
                self._summary(segment, None)
        own, parties = _cut(header, "N1")
        if bpr := _last(own, "BPR"):
            row.update(
                handling_code=bpr.at(1), payment_amount=_amount(bpr, 2), credit_debit_code=bpr.at(3), payment_method_code=bpr.at(4),
                payment_date=_soft(day, bpr.at(16)),
            )  # fmt: skip
        if trn := _last(own, "TRN"):
            row.update(trace_number=trn.at(2), payer_identifier=trn.at(3))
        if dtm := _last(own, "DTM", "405"):
            row["production_date"] = _soft_days(dtm.at(2))[0]
        if payer := _named(parties, "PR"):
            second = _last(payer, "REF", "2U")
            row.update(payer_name=payer[0].at(2), payer_id=payer[0].at(4) or (second.at(2) if second else None))
        if payee := _named(parties, "PE"):
            row["payee_npi"] = payee[0].at(4) if payee[0].at(3) == "XX" else None
            row["payee_tax_id"] = payee[0].at(4) if payee[0].at(3) == "FI" else None
            if tax := _last(payee, "REF", "TJ"):
                _put(row, "payee_tax_id", tax.at(2))
        self.remit_number = remits_before
        self.remits: list[Row] = []
        lx: str | None = None
        adjusted = Decimal()
        for block in blocks:
            if block[0].id == "LX":
                lx = block[0].at(1)
                for segment in block:
                    if segment.id in ("CAS", "SVC"):
                        raise BrokenSetError("claim_segment_outside_claim", segment.number, segment.offset, segment.id)
                    if segment.id in ("TS3", "TS2"):
                        self._summary(segment, lx)
            elif block[0].id == "CLP":
                self._remit(block, lx)
            else:
                adjusted += self._provider_adjustment(block[0])
                self._refuse_after_plb(block)
        paid = sum((r["paid_amount"] for r in self.remits), Decimal())
        lines = [line for line in self.out.tables["remit_line"] if line["transaction_set"] == self.ordinal]
        unbalanced = sum(not r["is_balanced"] for r in self.remits), sum(not line["is_balanced"] for line in lines)
        row.update(
            claim_count=len(self.remits), line_count=len(lines),
            charge_total_amount=sum((r["charge_amount"] for r in self.remits), Decimal()),
            claim_paid_total_amount=paid, provider_adjustment_total_amount=adjusted, unbalanced_claim_count=unbalanced[0],
            unbalanced_line_count=unbalanced[1], is_balanced=unbalanced == (0, 0) and row["payment_amount"] == paid - adjusted,
        )  # fmt: skip

    @staticmethod
    def _refuse_after_plb(block: list[Segment]) -> None:
        for segment in block:
            if segment.id in ("CAS", "SVC"):
                raise BrokenSetError("claim_segment_outside_claim", segment.number, segment.offset, segment.id)

    def _summary(self, segment: Segment, lx: str | None) -> None:
        about = {}
        if segment.id == "TS3":
            about = {"provider_id": segment.at(1), "facility_code": segment.at(2), "fiscal_period_date": _soft(day, segment.at(3))}
        for element in range(4 if segment.id == "TS3" else 1, len(segment.elements)):
            value = _soft(number, segment.at(element), 4, exact=False)
            if value is not None:
                self.add("remit_summary", segment, lx_number=lx, segment_code=segment.id, element_number=element, value=value, **about)

    def _remit(self, segments: list[Segment], lx: str | None) -> None:
        self.remit_number += 1
        own, services = _cut(segments, "SVC")
        self._refuse_after_lines(services, ("NM1", "QC"))
        clp = own[0]
        row = self.add(
            "remit", clp, remit_number=self.remit_number, lx_number=lx, patient_control_number=clp.at(1), status_code=clp.at(2),
            charge_amount=_amount(clp, 3), paid_amount=_amount(clp, 4), patient_responsibility_amount=_amount(clp, 5, required=False),
            filing_indicator_code=clp.at(6), payer_claim_control_number=clp.at(7), facility_code=clp.at(8), frequency_code=clp.at(9),
            patient_status_code=clp.at(10), drg_code=clp.at(11), drg_weight=_soft(number, clp.at(12), 4, exact=False),
            discharge_fraction=_soft(number, clp.at(13), 4, exact=False),
        )  # fmt: skip
        self.remits.append(row)
        adjustments: list[Row] = []
        for segment in own[1:]:
            first = segment.at(1)
            if segment.id == "CAS":
                adjustments += self._remit_adjustments(segment, None)
            elif segment.id == "REF":
                columns = {"EA": "medical_record_number", "F8": "original_reference_number", "G1": "prior_authorization_number"}
                _put(row, columns.get(first or ""), segment.at(2))
            elif segment.id == "DTM" and first in ("232", "233"):
                start, end = _dates(segment, 2)
                if first == "232":
                    row.update(from_date=start, through_date=row["through_date"] or end)
                else:
                    row["through_date"] = end
            elif segment.id == "DTM" and first == "050":
                row["received_date"] = _soft_days(segment.at(2))[0]
            elif segment.id == "AMT" and first == "AU":
                row["coverage_amount"] = _soft(number, segment.at(2), 2, exact=True)
            self._of_the_claim(row, segment)
            self._amounts_and_remarks(segment, None)
        for ordinal, service in enumerate(services, 1):
            adjustments += self._service(row, ordinal, service)
        total = sum((a["amount"] for a in adjustments), Decimal())
        share = sum((a["amount"] for a in adjustments if a["group_code"] == "PR"), Decimal())
        row.update(
            line_count=len(services), adjustment_amount=total, patient_adjustment_amount=share,
            is_balanced=row["charge_amount"] - total == row["paid_amount"],
            is_patient_share_balanced=None if row["status_code"] == "22" else (row["patient_responsibility_amount"] or 0) == share,
        )  # fmt: skip

    def _of_the_claim(self, remit: Row, segment: Segment) -> None:
        """Segments that speak of the claim wherever they stand in it."""
        if segment.id == "NM1":
            columns = {
                "QC": "patient_member_id", "IL": "member_id", "74": "corrected_member_id", "82": "rendering_npi",
                "TT": "crossover_payer_id", "PR": "corrected_payer_id",
            }  # fmt: skip
            entity = segment.at(1) or ""
            _put(remit, columns.get(entity), _npi(segment) if entity == "82" else segment.at(9))
        elif segment.id in ("MIA", "MOA"):
            for element in (5, 20, 21, 22, 23) if segment.id == "MIA" else (3, 4, 5, 6, 7):
                if segment.at(element):
                    self.add(
                        "remit_remark", segment, remit_number=self.remit_number, source_code=segment.id, remark_code=segment.at(element)
                    )

    def _amounts_and_remarks(self, segment: Segment, line: int | None) -> None:
        if segment.id in ("AMT", "QTY"):
            self.add(
                "remit_amount", segment, remit_number=self.remit_number, line_number=line, segment_code=segment.id,
                qualifier_code=segment.at(1), value=_soft(number, segment.at(2), 4, exact=False),
            )  # fmt: skip
        elif segment.id == "LQ":
            self.add(
                "remit_remark", segment, remit_number=self.remit_number, line_number=line, source_code="LQ", qualifier_code=segment.at(1),
                remark_code=segment.at(2),
            )  # fmt: skip

    def _remit_adjustments(self, cas: Segment, line: int | None) -> list[Row]:
        rows: list[Row] = []
        for reason in range(2, len(cas.elements), 3):
            if cas.at(reason) is None and cas.at(reason + 1) is None:
                continue
            rows.append(
                self.add(
                    "remit_adjustment",
                    cas,
                    remit_number=self.remit_number,
                    line_number=line,
                    adjustment_ordinal=len(rows) + 1,
                    group_code=cas.at(1),
                    reason_code=cas.at(reason),
                    amount=_amount(cas, reason + 1),
                    units=_soft(number, cas.at(reason + 2), 4, exact=False),
                )
            )
        return rows

    def _service(self, remit: Row, ordinal: int, segments: list[Segment]) -> list[Row]:
        svc = segments[0]
        row = self.add(
            "remit_line", svc, remit_number=self.remit_number, line_number=ordinal, charge_amount=_amount(svc, 2),
            paid_amount=_amount(svc, 3),
            revenue_code=svc.at(4), paid_units=_units(svc, 5), original_units=_soft(number, svc.at(7), 4, exact=False),
        )  # fmt: skip
        _procedure(row, svc, 1)
        _procedure(row, svc, 6, "original_")
        adjustments: list[Row] = []
        for segment in segments[1:]:
            first = segment.at(1)
            if segment.id == "CAS":
                adjustments += self._remit_adjustments(segment, ordinal)
            elif segment.id == "DTM" and first in ("472", "150", "151"):
                start, end = _dates(segment, 2)
                if first == "472":
                    row.update(service_from_date=start, service_through_date=end)
                elif first == "150":
                    row.update(service_from_date=start, service_through_date=row["service_through_date"] or end)
                else:
                    row["service_through_date"] = end
            elif segment.id == "REF":
                _put(row, {"6R": "line_control_number", "HPI": "rendering_npi"}.get(first or ""), segment.at(2))
            elif segment.id == "AMT" and first == "B6":
                row["allowed_amount"] = _amount(segment, 2, required=False)
            self._of_the_claim(remit, segment)
            self._amounts_and_remarks(segment, ordinal)
        total = sum((a["amount"] for a in adjustments), Decimal())
        row.update(
            adjustment_amount=total,
            patient_adjustment_amount=sum((a["amount"] for a in adjustments if a["group_code"] == "PR"), Decimal()),
            is_balanced=row["charge_amount"] - total == row["paid_amount"],
        )  # fmt: skip
        return adjustments

    def _provider_adjustment(self, plb: Segment) -> Decimal:
        total = Decimal()
        ordinal = 0
        for element in range(3, len(plb.elements), 2):
            if plb.at(element) is None and plb.at(element + 1) is None:
                continue
            ordinal += 1
            amount = _amount(plb, element + 1)
            total += amount
            self.add(
                "provider_adjustment", plb, adjustment_ordinal=ordinal, provider_id=plb.at(1), fiscal_period_date=_soft(day, plb.at(2)),
                reason_code=plb.at(element, 1), reference_id=plb.at(element, 2), amount=amount,
            )  # fmt: skip
        return total


def _put(row: Row, column: str | None, value: str | None) -> None:
    """Where a value comes twice, the later one that is not empty stands."""
    if column and value is not None:
        row[column] = value


def _procedure(row: Row, segment: Segment, element: int, prefix: str = "") -> None:
    names = ("procedure_qualifier", "procedure_code", "modifier_1", "modifier_2", "modifier_3", "modifier_4")
    row.update({prefix + name: segment.at(element, k) for k, name in enumerate(names, 1)})


def _lines(segments: list[Segment]) -> tuple[list[Segment], list[list[Segment]]]:
    """The claim's own segments, and its lines; a second SV1 or SV2, or one without an LX, is a line of its own."""
    own: list[Segment] = []
    lines: list[list[Segment]] = []
    for segment in segments:
        service = segment.id in ("SV1", "SV2")
        if segment.id == "LX" or (service and (not lines or any(s.id in ("SV1", "SV2") for s in lines[-1]))):
            lines.append([segment])
        elif lines:
            lines[-1].append(segment)
        else:
            own.append(segment)
    return own, lines
