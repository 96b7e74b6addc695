"""Valid 837P, 837I and 835 texts with everything in them that the issue asks the reader to understand.

Hypothesis draws the shape of a file (interchanges, groups, sets, separators), and a seed for the inside of each set, so that a failing
example is short to read and quick to shrink. A set is a list of segments, a segment a list of elements, an element a text or a list of
components; separators come in only when it is written. What does not belong here: broken texts (breaking.py), what texts mean (oracle.py).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from random import Random
from typing import TypeVar

from hypothesis import strategies as st

T = TypeVar("T")
Element = str | list[str]
Segment = list[Element]

# kind → functional group, ST01, versions
VERSIONS = {
    "837P": ("HC", "837", ("005010X222", "005010X222A1", "005010X222A2")),
    "837I": ("HC", "837", ("005010X223", "005010X223A1", "005010X223A2", "005010X223A3")),
    "835": ("HP", "835", ("005010X221", "005010X221A1")),
}


# --- the shape of a file -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Separators:
    """What one interchange is written with; ``after`` follows each terminator."""

    element: str = "*"
    component: str = ":"
    repetition: str = "^"
    terminator: str = "~"
    after: str = ""


@dataclass(frozen=True)
class Body:
    """The inside of a transaction set: made from a seed, with at most ``size`` claims in each place where claims may stand."""

    kind: str
    seed: int
    size: int = 1

    @cached_property
    def segments(self) -> list[Segment]:
        dice = Dice(Random(self.seed))
        return _inside_835(dice, self.size) if self.kind == "835" else _inside_837(dice, self.kind, self.size)


@dataclass(frozen=True)
class Group:
    """A GS: sets of one kind and version."""

    kind: str
    version: str
    bodies: Sequence[Body]


@dataclass(frozen=True)
class Interchange:
    """An ISA with its groups, and how it is written."""

    groups: Sequence[Group]
    separators: Separators = Separators()
    padded: bool = True
    trailing: int = 0  # separators that each segment ends with, as some senders write
    number: int = 1

    def segments(self) -> list[Segment]:
        """ISA to IEA, ST and SE included."""
        control = f"{self.number:09d}"
        out: list[Segment] = []
        for group_number, group in enumerate(self.groups, 1):
            functional, code, _ = VERSIONS[group.kind]
            out.append(["GS", functional, "SENDER", "RECEIVER", "20240102", "1230", str(group_number), "X", group.version])
            for set_number, body in enumerate(group.bodies, 1):
                version = [group.version] if code == "837" else []
                out += [
                    ["ST", code, f"{set_number:04d}", *version],
                    *body.segments,
                    ["SE", str(len(body.segments) + 2), f"{set_number:04d}"],
                ]
            out.append(["GE", str(len(group.bodies)), str(group_number)])
        return [isa(self.separators, control, self.padded), *out, ["IEA", str(len(self.groups)), control]]

    def write(self) -> list[str]:
        """The text of each segment, terminator and line end included."""
        return [write(segment, self.separators, self.trailing) for segment in self.segments()]


@dataclass(frozen=True)
class File:
    """Interchanges one after the other, in one encoding."""

    interchanges: Sequence[Interchange]
    encoding: str = "utf-8"
    pieces: list[str] = field(init=False, repr=False, compare=False)  # the segments as they are written

    def __post_init__(self) -> None:
        object.__setattr__(self, "pieces", [piece for interchange in self.interchanges for piece in interchange.write()])

    @cached_property
    def content(self) -> bytes:
        return "".join(self.pieces).encode(self.encoding)


def isa(separators: Separators, control: str = "000000001", padded: bool = True) -> Segment:
    """An ISA, padded to its 106 bytes or, as some senders do, not."""
    widths = (2, 10, 2, 10, 2, 15, 2, 15, 6, 4, 1, 5, 9, 1, 1)
    values = ("00", "", "00", "", "ZZ", "SENDER", "30", "RECEIVER", "240102", "1230", separators.repetition, "00501", control, "1", "T")
    return ["ISA", *(v.ljust(w) if padded else v for v, w in zip(values, widths, strict=True)), separators.component]


def write(segment: Segment, separators: Separators, trailing: int = 0) -> str:
    """One segment with its terminator. Empty elements at its end are left out, and ``trailing`` separators put there (but in the ISA)."""
    elements = [separators.component.join(e) if isinstance(e, list) else e for e in segment]
    while segment[0] != "ISA" and elements[-1] == "":
        elements.pop()
    extra = "" if segment[0] == "ISA" else separators.element * trailing
    return separators.element.join(elements) + extra + separators.terminator + separators.after


# Different in each row; a terminator may be a line end or a control character, and so may the others. ISA11 of the fourth is none.
SEPARATORS = (
    ("*", ":", "^", "~"), ("|", "^", "!", "~"), ("*", ">", "^", "\n"), ("*", ":", "U", "\x1c"), ("\x1d", "\x1f", "\x1e", "\x1c"),
    ("~", "^", "!", "_"), ("+", "<", ">", "~"), ("*", "\\", "`", "\r"), ("\t", ":", "^", "~"), ("*", ":", "^", "?"),
)  # fmt: skip
separators = st.builds(
    lambda four, after: Separators(*four, after), st.sampled_from(SEPARATORS), st.sampled_from(["", "\n", "\r\n", "  \n"])
)


def bodies(kind: str, size: int = 1) -> st.SearchStrategy[Body]:
    return st.builds(Body, st.just(kind), st.integers(0, 2**32), st.integers(0, size))


def _groups(kind: str) -> st.SearchStrategy[Group]:
    return st.builds(Group, st.just(kind), st.sampled_from(VERSIONS[kind][2]), st.lists(bodies(kind), min_size=1, max_size=2))


groups = st.sampled_from(sorted(VERSIONS)).flatmap(_groups)


def interchanges(number: int) -> st.SearchStrategy[Interchange]:
    return st.builds(
        Interchange, st.lists(groups, min_size=1, max_size=2), separators, st.booleans(), st.sampled_from([0, 0, 1, 3]), st.just(number)
    )


files = st.builds(
    File,
    st.integers(1, 2).flatmap(lambda n: st.tuples(*(interchanges(k) for k in range(1, n + 1)))),
    st.sampled_from(["utf-8", "utf-8-sig", "latin-1"]),
)


# --- small values --------------------------------------------------------------------------------------------

_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
NAMES = ("DOE", "O'BRIEN", "DE LA CRUZ", "M\u00dcLLER", "JOS\u00c9", "SMITH JR.", "", "A", "\u00d8STERG\u00c5RD AND SONS, PLLC")


class Dice:
    """Values drawn from a seeded random source."""

    def __init__(self, random: Random) -> None:
        self.random = random

    def some(self, chance: float = 0.5) -> bool:
        return self.random.random() < chance

    def one(self, *values: T) -> T:
        return self.random.choice(values)

    def up_to(self, most: int) -> range:
        return range(self.random.randint(0, most))

    def many(self, most: int, make: Callable[[], list[Segment]]) -> list[Segment]:
        """What ``make`` gives, at most ``most`` times over."""
        return [segment for _ in self.up_to(most) for segment in make()]

    def maybe(self, *segments: Segment) -> list[Segment]:
        """The segments, or none of them."""
        return list(segments) if self.some() else []

    def text(self, letters: str, most: int) -> str:
        return "".join(self.random.choices(letters, k=self.random.randint(1, most)))

    @property
    def code(self) -> str:
        return self.text(_LETTERS, 3)

    @property
    def id(self) -> str:
        return self.text(_LETTERS + "-./", 20)

    @property
    def name(self) -> str:
        return self.one(*NAMES)

    @property
    def npi(self) -> str:
        return str(self.random.randint(1_000_000_000, 2_999_999_999))

    @property
    def taxonomy(self) -> str:
        return self.one("207QH0002X", "363LF0000X", "207R00000X", "163W00000X")

    @property
    def date(self) -> str:
        return f"{date(2015, 1, 1) + timedelta(self.random.randint(0, 4000)):%Y%m%d}"

    @property
    def amount(self) -> str:
        cents = self.random.randint(-999_999, 99_999_999)
        return self.one(f"{cents / 100:.2f}", str(cents // 100), f"{cents / 1e6:.2f}", "0", ".5", "-.25", "10.", "100.500", "007.10")

    @property
    def units(self) -> str:
        return self.one("1", "2", "0", "15", "0.5", "1.25", "3.00005", "-1", "2.99995")

    @property
    def qualifier(self) -> str:
        return self.one("XX", "XX", "XX", "24", "")

    @property
    def period(self) -> tuple[str, str]:
        """A format qualifier and a date or a range; the qualifier is not always right."""
        first, form = self.date, self.one("one", "range", "time", "wrong")
        if form == "one":
            return "D8", first
        if form == "time":
            return "DT", first + "0930"
        return ("RD8" if form == "range" else "D8"), f"{first}-{self.date}"

    @property
    def procedure(self) -> list[str]:
        """A procedure with qualifier and modifiers (SV101, SV202, SVC01, SVC06)."""
        code = self.one("99497", "99498", "99291", "G0439", "J1100", "99213")
        return ["HC", code, *(self.one("25", "33", "95", "GV", "GW", "", "59") for _ in self.up_to(4))]

    @property
    def adjustment(self) -> list[Segment]:
        """A CAS with one to six triplets, of which some have no quantity and some in the middle are empty."""
        segment: Segment = ["CAS", self.one("CO", "PR", "OA", "PI")]
        for place in range(self.random.randint(1, 6)):
            if place and self.some(0.1):
                segment += ["", "", ""]
            else:
                segment += [self.one("1", "2", "45", "97", "B9", "253"), self.amount, self.one("", "1", "2.5")]
        return [segment]

    def providers(self, entities: str) -> list[Segment]:
        """Provider loops (2310, 2420): NM1, and at times PRV, address and secondary ids."""
        out: list[Segment] = []
        for entity in self.random.sample(entities.split(), k=self.random.randint(0, 4)):
            out.append(["NM1", entity, "1", self.name, "FIRST", "", "", "", self.qualifier, self.npi])
            out += self.maybe(["PRV", "PE", "PXC", self.taxonomy])
            out += self.maybe(
                ["N3", "1 MAIN STREET"], ["N4", "TOWN", "NY", "12345"], ["REF", "G2", self.id], ["REF", "EA", "NOT THE CLAIMS"]
            )
        return out


# --- 837 ---------------------------------------------------------------------------------------------------


def _health_codes(dice: Dice, kind: str) -> list[Segment]:
    """HI segments: diagnoses, and on 837I admitting, procedure, occurrence, condition, value and treatment codes."""
    present = ["", "", "", "", "", "", "Y"] if dice.some() else []
    out: list[Segment] = dice.maybe(
        ["HI", ["ABK", "Z515", *present], *(["ABF", dice.one("Z66", "C349", "I509")] for _ in dice.up_to(3))],
    )
    if kind == "837I":
        out += dice.maybe(["HI", ["ABJ", "R0602"]], ["HI", ["BH", "27", "D8", dice.date], ["BH", "42", "D8", dice.date]])
        out += dice.maybe(
            ["HI", ["BI", "M2", "RD8", f"{dice.date}-{dice.date}"]], ["HI", ["BE", "61", "", "", dice.amount], ["BE", "80", "", "", "30"]]
        )
        out += dice.maybe(
            ["HI", ["BG", "C5"], ["BG", "17"]], ["HI", ["BBR", "0BH17EZ", "D8", dice.date], ["BBQ", "0BH18EZ", "D8", dice.date]],
            ["HI", ["DR", "871"]], ["HI", ["APR", "R05"], ["ABN", "W19", "", "", "", "", "", "", "N"]], ["HI", ["TC", "A1"]],
        )  # fmt: skip
    else:
        out += dice.maybe(["HI", ["BP", "01967"]], ["HI", ["BG", "AA"], ["QQ", "NEW"], "", ["BG", ""]])
    return out


def _other_payer(dice: Dice) -> list[Segment]:
    """One 2320 loop with its 2330s: the segment ids of the claim's own loops again."""
    return [
        ["SBR", dice.one(*"PSTA"), "18", dice.id, "", dice.code, "", "", "", dice.one("MB", "CI", "MC", "")],
        *dice.many(2, lambda: dice.adjustment),
        *dice.maybe(["AMT", "D", dice.amount], ["AMT", "A8", dice.amount], ["AMT", "EAF", dice.amount]),
        ["OI", "", "", "Y", "", "", "Y"],
        *dice.maybe(["MOA", "", "", "MA01", "N19"]),
        ["NM1", "IL", "1", dice.name, "OTHER", "", "", "", "MI", dice.id],
        *dice.maybe(["N3", "2 SIDE STREET"], ["N4", "TOWN", "NY", "12345"], ["REF", "SY", "123456789"]),
        ["NM1", "PR", "2", dice.name, "", "", "", "", "PI", dice.id],
        *dice.maybe(["DTP", "573", "D8", dice.date]),
        *dice.maybe(["REF", "F8", dice.id], ["REF", "G1", dice.id]),
        *dice.maybe(["NM1", "82", "1", *[""] * 5, "XX", dice.npi], ["REF", "F8", dice.id], ["NM1", "77", "2"], ["REF", "LU", dice.id]),
    ]


def _line_adjudication(dice: Dice) -> list[Segment]:
    """One 2430 loop."""
    return [
        ["SVD", dice.id, dice.amount, dice.procedure, "", dice.units, dice.one("", "1", "2")],
        *dice.many(2, lambda: dice.adjustment),
        *dice.maybe(["DTP", "573", "D8", dice.date]),
        *dice.maybe(["AMT", "EAF", dice.amount]),
    ]


def _claim_line(dice: Dice, kind: str, number: int) -> list[Segment]:
    """One 2400 loop."""
    out: list[Segment] = [["LX", str(number)]]
    if kind == "837P":
        pointers = [str(n) for n in range(1, dice.one(1, 2, 3, 4) + 1)]
        out.append(
            ["SV1", dice.procedure, dice.amount, "UN", dice.units, dice.one("", "11", "21", "34"), "", pointers, "", dice.one("", "Y")]
        )
    else:
        code: Element = dice.procedure if dice.some() else ""
        out.append(["SV2", dice.one("0651", "0657", "0200"), code, dice.amount, "DA", dice.units, "", dice.one("", dice.amount)])
    out += dice.maybe(["PWK", "OZ", "BM"], ["CR1", "LB", "140", "A", "DH", "12"])
    out += dice.maybe(["DTP", "472", *dice.period])
    out += dice.maybe(["DTP", "471", "D8", dice.date], ["REF", "G1", dice.id])
    out += dice.maybe(["REF", "6R", dice.id])
    out += dice.maybe(["AMT", "T", dice.amount], ["NTE", "ADD", "LINE NOTE " + dice.name])
    out += dice.maybe(["LIN", "", "N4", "00002751001"], ["CTP", "", "", "", "2", "UN"], ["REF", "XZ", dice.id])
    out += dice.providers("82 DN DK DQ 77 72 QB PR")
    return out + dice.many(2, lambda: _line_adjudication(dice))


def _claim(dice: Dice, kind: str) -> list[Segment]:
    """One 2300 loop with its lines."""
    place = [dice.one("11", "21", "81", ""), "B" if kind == "837P" else "A", dice.one("1", "7", "8", "A")]
    cause: Element = ["AA", "OA", dice.one("", "EM"), "NY"] if dice.some() else ""
    delay = dice.one("", "7")
    out: list[Segment] = [
        ["CLM", dice.id, dice.amount, "", "", place, "Y", dice.code, dice.code, dice.code, "P", cause, "03", *[""] * 7, delay],
    ]
    if kind == "837I":
        out += dice.maybe(["DTP", "434", "RD8", f"{dice.date}-{dice.date}"])
        out += dice.maybe(["DTP", "435", "DT", dice.date + "1045"], ["DTP", "096", "TM", "1130"])
        out += dice.maybe(["CL1", "3", "1", "30"])
    else:
        out += dice.maybe(["DTP", "439", "D8", dice.date], ["DTP", "435", "D8", dice.date], ["DTP", "096", "D8", dice.date])
        out += dice.maybe(["DTP", "431", "D8", dice.date], ["DTP", "472", "D8", dice.date])
    out += dice.maybe(["PWK", "OZ", "BM", "", "", "AC", "DMN0012"], ["CN1", "02", "550"], ["AMT", "F5", dice.amount])
    out += dice.many(5, lambda: [["REF", dice.one("F8", "D9", "G1", "9F", "EA", "P4", "4N"), dice.id]])
    out += dice.maybe(["K3", "FREE"], ["NTE", "ADD", dice.name + " NOTE"], ["CRC", "ZZ", "Y", "AV"])
    out += _health_codes(dice, kind)
    out += dice.maybe(["HCP", "03", "100", "10", "REPRICER"])
    out += dice.providers("82 DN DQ 77" if kind == "837P" else "71 72 ZZ 82 DN 77")
    out += dice.many(2, lambda: _other_payer(dice))
    for number in dice.up_to(3):
        out += _claim_line(dice, kind, number + 1)
    return out


def _inside_837(dice: Dice, kind: str, size: int) -> list[Segment]:
    """Billing providers, their subscribers, their dependents, and claims of both."""
    out: list[Segment] = [
        ["BHT", "0019", dice.one("00", "18"), dice.id, dice.date, "1023", dice.one("CH", "RP")],
        ["NM1", "41", "2", dice.name, "", "", "", "", "46", dice.id],
        ["PER", "IC", "JANE", "TE", "5551234567"],
        ["NM1", "40", "2", dice.name, "", "", "", "", "46", dice.id],
    ]
    hl = 0
    for _ in range(dice.one(1, 1, 2)):
        hl += 1
        billing = hl
        out += [
            ["HL", str(hl), "", "20", "1"],
            *dice.maybe(["PRV", "BI", "PXC", dice.taxonomy], ["CUR", "85", "USD"]),
            ["NM1", "85", "2", dice.name, "", "", "", "", dice.qualifier, dice.npi],
            *dice.maybe(["N3", "3 HIGH STREET"], ["N4", "TOWN", "NY", "12345"], ["REF", "EI", dice.id], ["REF", "SY", "987654321"]),
            *dice.maybe(["NM1", "87", "2"], ["N3", "PO BOX 1"], ["N4", "TOWN", "NY", "12345"], ["REF", "EI", "PAYTO"]),
        ]
        for _ in range(dice.one(1, 1, 2)):
            hl += 1
            subscriber = hl
            out += [
                ["HL", str(hl), str(billing), "22", "0"],
                ["SBR", dice.one(*"PST"), dice.one("18", ""), dice.id, "", dice.code, "", "", "", dice.code],
                *dice.maybe(["PAT", "", "", "", "", "D8", "20240101"]),
                ["NM1", "IL", "1", dice.name, "FIRST", "", "", "", "MI", dice.id],
                *dice.maybe(
                    ["N3", "4 LOW STREET"], ["N4", "TOWN", "NY", "12345"], ["DMG", "D8", dice.date, "F"], ["REF", "SY", "111223333"]
                ),
                ["NM1", "PR", "2", dice.name, "", "", "", "", dice.one("PI", "XV"), dice.id],
                *dice.maybe(["N3", "PO BOX 2"], ["N4", "TOWN", "NY", "12345"], ["REF", "2U", dice.id], ["REF", "G2", dice.id]),
            ]
            out += dice.many(size, lambda: _claim(dice, kind))
            for _ in dice.up_to(1):
                hl += 1
                out += [
                    ["HL", str(hl), str(subscriber), "23", "0"],
                    ["PAT", dice.one("19", "01", "")],
                    ["NM1", "QC", "1", dice.name, "CHILD", "", "", "", *dice.one(["MI", dice.id], [])],
                    *dice.maybe(["N3", "5 LOW STREET"], ["N4", "TOWN", "NY", "12345"], ["DMG", "D8", dice.date, "M"]),
                ]
                out += dice.many(size, lambda: _claim(dice, kind))
    return out


# --- 835 ---------------------------------------------------------------------------------------------------


def _service(dice: Dice) -> list[Segment]:
    """One 2110 loop."""
    original: Element = dice.procedure if dice.some() else ""
    paid_units = dice.one("", dice.units)
    out: list[Segment] = [["SVC", dice.procedure, dice.amount, dice.amount, dice.one("", "0657"), paid_units, original, dice.units]]
    form = dice.one("one", "two", "none")
    if form == "one":
        out.append(["DTM", "472", dice.date])
    elif form == "two":
        out += [["DTM", "150", dice.date], ["DTM", "151", dice.date]]
    out += dice.many(3, lambda: dice.adjustment)
    out += dice.maybe(["REF", "6R", dice.id], ["REF", "LU", "11"])
    out += dice.maybe(["REF", "HPI", dice.npi])
    out += dice.maybe(["AMT", "B6", dice.amount], ["AMT", "KH", dice.amount], ["QTY", "ZK", dice.units])
    return out + dice.maybe(["LQ", "HE", "N362"], ["LQ", "HE", "M80"], ["LQ", "RX", "75"])


def _remit(dice: Dice) -> list[Segment]:
    """One 2100 loop with its services; some are reversals."""
    clp: Segment = [
        "CLP",
        dice.id,
        dice.one("1", "2", "4", "22", "19"),
        dice.amount,
        dice.amount,
        dice.one("", dice.amount),
        dice.code,
        dice.id,
    ]
    return [
        [*clp, "11", "1", "30", "871", dice.units, ".75"],
        *dice.many(2, lambda: dice.adjustment),
        ["NM1", "QC", "1", dice.name, "FIRST", "", "", "", "MI", dice.id],
        *dice.maybe(["NM1", "IL", "1", dice.name, "", "", "", "", "MI", dice.id], ["NM1", "74", "1", "", "", "", "", "", "C", dice.id]),
        *dice.maybe(["NM1", "82", "1", dice.name, "", "", "", "", dice.qualifier, dice.npi]),
        *dice.maybe(["NM1", "TT", "2", dice.name, "", "", "", "", "PI", dice.id]),
        *dice.maybe(["NM1", "PR", "2", dice.name, "", "", "", "", "PI", dice.id]),
        *dice.maybe(["MIA", "0", "", "", dice.amount, "MA01", *[""] * 14, "N1", "N2", "N3", "N4"]),
        *dice.maybe(["MOA", "", "", "MA01", "N19", "", "", "MA18"]),
        *dice.maybe(["REF", "EA", dice.id], ["REF", "1L", dice.id]),
        *dice.maybe(["REF", "F8", dice.id], ["REF", "G1", dice.id]),
        *dice.maybe(["DTM", "232", dice.date]),
        *dice.maybe(["DTM", "233", dice.date]),
        *dice.maybe(["DTM", "050", dice.date], ["DTM", "036", dice.date]),
        *dice.maybe(["PER", "CX", "", "TE", "5551234567"]),
        *dice.maybe(["AMT", "AU", dice.amount], ["AMT", "I", dice.amount], ["QTY", "CA", dice.units]),
        *dice.many(3, lambda: _service(dice)),
    ]  # fmt: skip


def _provider_adjustment(dice: Dice) -> list[Segment]:
    plb: Segment = ["PLB", dice.npi, dice.date]
    for pair in range(dice.random.randint(1, 6)):
        if pair and dice.some(0.1):
            plb += ["", ""]
        else:
            plb += [[dice.one("WO", "72", "L6"), *dice.one([dice.id], [])], dice.amount]
    return [plb]


def _inside_835(dice: Dice, size: int) -> list[Segment]:
    """Header, header numbers with their claims, provider adjustments."""
    out: list[Segment] = [
        ["BPR", "I", dice.amount, "C", "CHK", *[""] * 11, dice.date],
        ["TRN", "1", dice.id, "1" + dice.id],
        *dice.maybe(["CUR", "PR", "USD"], ["REF", "EV", dice.id]),
        *dice.maybe(["DTM", "405", dice.date]),
        ["N1", "PR", dice.name, *dice.one(["XV", dice.id], [])],
        ["N3", "PO BOX 3"],
        ["N4", "TOWN", "NY", "12345"],
        *dice.maybe(["REF", "2U", dice.id], ["PER", "BL", "DESK", "TE", "5551234567"]),
        ["N1", "PE", dice.name, dice.one("XX", "FI", "XV"), dice.npi],
        *dice.maybe(["REF", "TJ", dice.id], ["REF", "PQ", dice.id]),
    ]
    for number in dice.up_to(2):
        if dice.some(0.8):
            out.append(["LX", str(number + 1)])
            out += dice.maybe(
                ["TS3", dice.id, "11", dice.date, "3", dice.amount, *[""] * 7, dice.amount], ["TS2", dice.amount, "", dice.units]
            )
        out += dice.many(2 * size, lambda: _remit(dice))
    return out + dice.many(2, lambda: _provider_adjustment(dice))
