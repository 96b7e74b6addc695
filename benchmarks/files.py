"""Makes the benchmark's own X12 files: synthetic 837P and 835 of any size, with the counts that a correct reader must find.

What does not belong here: reading, timing, and billing scenarios (those are pipelines/synthetic and data_samples).
The same arguments give the same bytes. Every file balances, and every subscriber has a member id of its own.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

GENERATOR = 1  # raised when the bytes change, so that files of an older generator are made anew
CLAIMS_PER_SET = 5_000
CLAIMS_OF_FIRST_SET = 2_000  # about 1 MB, so that slow readers can be timed on a whole transaction set
SMALL_FILE = 20_000
KINDS = ("837p", "835")
MEGABYTE = 1_000_000

FAMILY_NAMES = """
    SMITH JOHNSON NGUYEN GARCIA O'NEIL ST JAMES MARTINEZ WASHINGTON LEE BROWN KOWALSKI ANDERSSON ISAACS FERNANDEZ CLARK
    LEWIS YOUNG KING WRIGHT LOPEZ HILL GREEN ADAMS BAKER NELSON CARTER MITCHELL PEREZ ROBERTS TURNER""".split()  # noqa: SIM905
GIVEN_NAMES = "MARY JAMES ISABELLA JOHN PATRICIA ROBERT LINDA MICHAEL BARBARA WILLIAM LUISA DAVID SUSAN ISAAC NANCY".split()  # noqa: SIM905
STREETS = ("12 MAIN ST", "4410 N OAK AVE APT 3", "77 LAKE VIEW DR", "901 COUNTY ROAD 12", "5 ELM CT", "2300 W 14TH ST", "PO BOX 118")
CITIES = (
    "N4*SPRINGFIELD*IL*62701",
    "N4*DAYTON*OH*454021234",
    "N4*TULSA*OK*74103",
    "N4*MESA*AZ*85201",
    "N4*ALBANY*NY*12207",
    "N4*RENO*NV*89501",
)
PAYERS = (("MEDICARE PART B", "00882", "MB"), ("BLUE CROSS", "54771", "12"), ("AETNA", "60054", "HM"), ("STATE MEDICAID", "77027", "MC"))
DIAGNOSES = "Z515 C349 I5022 J449 G309 N186 C259 I509 F0390 R54 C50919 K7460 Z66 R531 G20 I2510 E119 I10 R0602 Z7189".split()  # noqa: SIM905
TAXONOMIES = ("207QH0002X", "207RH0002X", "207R00000X", "363LA2200X", "364SA2200X", "208M00000X")
# code, modifiers, units, charge in cents
PROCEDURES = (
    ("99497", "", 1, 15000), ("99497", ":33", 1, 15000), ("99498", "", 1, 13050), ("99498", "", 2, 26100),
    ("99214", "", 1, 21275), ("99214", ":25", 1, 21275), ("99215", ":25:95", 1, 28900), ("99223", ":AI:25", 1, 41225),
    ("99232", "", 1, 16460), ("99233", "", 1, 23810), ("99291", ":25", 1, 51230), ("99309", "", 1, 18840),
    ("99349", ":GV", 1, 25075), ("G0439", "", 1, 24600), ("99490", "", 1, 11980), ("93000", "", 1, 4850),
    ("36415", ":59", 1, 1200), ("99406", "", 1, 3333), ("J1885", ":JZ", 2, 1475), ("99417", ":GT", 3, 19801),
)  # fmt: skip
DENIALS = (
    ("CO", "97", "N20"),
    ("CO", "16", "M15"),
    ("CO", "107", "N122"),
    ("CO", "150", "N706"),
    ("PI", "151", "N640"),
    ("PR", "204", "N130"),
)
REMARKS = ("MA01", "MA07", "MA18", "MA130")
DAYS = [f"2025{month:02d}{day:02d}" for month in range(1, 13) for day in range(1, 29)]


@dataclass
class Truth:
    """What one file (or one folder of small files) holds; amounts in cents. An 835 counts CLP as claims and SVC as lines."""

    kind: str
    bytes: int = 0
    files: int = 0
    transaction_sets: int = 0
    claims: int = 0
    lines: int = 0
    adjustments: int = 0  # CAS triplets, of 2320/2430 on an 837
    charge_cents: int = 0
    paid_cents: int = 0  # 835 only


def _npi(number: int) -> str:
    """A ten-digit NPI with a right Luhn digit (the prefix 80840 adds 24)."""
    body = f"1{number:08d}"
    total = 24 + sum(d if i % 2 else sum(divmod(2 * d, 10)) for i, d in enumerate(map(int, body)))
    return f"{body}{-total % 10}"


def _member_id(number: int) -> str:
    """Distinct for every number below 10^9 + 7, and not in the order of the numbers."""
    return f"W{number * 48271 % 1_000_000_007:010d}"


_MONEY: dict[int, str] = {}


def _money(cents: int) -> str:
    """As X12 writes decimals: no trailing zeros, no point on whole dollars."""
    text = _MONEY.get(cents)
    if text is None:
        whole, rest = divmod(abs(cents), 100)
        text = ("-" if cents < 0 else "") + (f"{whole}.{rest:02d}".rstrip("0") if rest else str(whole))
        if len(_MONEY) < 500_000:
            _MONEY[cents] = text
    return text


@dataclass(frozen=True)
class _Practice:
    """A billing provider: its own charges, and the segments that repeat."""

    npi: str
    tax_id: str
    name: str
    city: str
    renderings: tuple[str, ...]  # NM1*82 with its PRV
    prices: tuple[tuple[str, int, int], ...]  # procedure composite, units, charge in cents


def _practices() -> list[_Practice]:
    rng = random.Random(7)
    made: list[_Practice] = []
    for number in range(8):
        renderings = tuple(
            f"NM1*82*1*{rng.choice(FAMILY_NAMES)}*{rng.choice(GIVEN_NAMES)}****XX*{_npi(1000 + number * 40 + who)}~"
            f"PRV*PE*PXC*{TAXONOMIES[who % len(TAXONOMIES)]}~"
            for who in range(30)
        )
        prices = tuple((f"HC:{code}{mods}", units, cents * (100 + 3 * number) // 100) for code, mods, units, cents in PROCEDURES)
        name = f"{rng.choice(FAMILY_NAMES)} PALLIATIVE GROUP {number + 1}"
        made.append(_Practice(_npi(500 + number), f"{360000000 + number * 7919:09d}", name, rng.choice(CITIES), renderings, prices))
    return made


PRACTICES = _practices()


def _set_837p(rng: random.Random, number: int, first: int, count: int, truth: Truth) -> str:
    """ST to SE of an 837P with ``count`` claims, numbered from ``first``."""
    draw = rng.random
    pick = rng.choice
    out = [
        f"ST*837*{number:04d}*005010X222A1~BHT*0019*00*B{number:08d}*20260105*0930*CH~",
        "NM1*41*2*MIDWEST BILLING*****46*SUB0001~PER*IC*EDI DESK*TE*8005550100~NM1*40*2*CLEARING HOUSE*****46*CH0001~",
    ]
    hl = provider_hl = left = lines = adjustments = charges = 0
    practice = PRACTICES[0]
    for n in range(first, first + count):
        if not left:
            left = 50 + int(draw() * 400)
            practice = pick(PRACTICES)
            hl += 1
            provider_hl = hl
            out.append(
                f"HL*{hl}**20*1~PRV*BI*PXC*207QH0002X~NM1*85*2*{practice.name}*****XX*{practice.npi}~"
                f"N3*100 HOSPITAL WAY~{practice.city}~REF*EI*{practice.tax_id}~"
            )
        left -= 1
        payer, payer_id, filing = PAYERS[int(draw() ** 3 * 4)]
        family, given, member = pick(FAMILY_NAMES), pick(GIVEN_NAMES), _member_id(n)
        birth, sex = f"19{30 + int(draw() * 60)}{pick(DAYS)[4:]}", "F" if draw() < 0.5 else "M"
        is_dependent, other = draw() < 0.04, draw()
        has_other, is_secondary = other < 0.04, other < 0.025
        sequence = "S" if is_secondary else "P"
        hl += 1
        if is_dependent:
            out.append(
                f"HL*{hl}*{provider_hl}*22*1~SBR*{sequence}**GRP{n % 97}******{filing}~NM1*IL*1*{family}*{given}****MI*{member}~"
                f"NM1*PR*2*{payer}*****PI*{payer_id}~HL*{hl + 1}*{hl}*23*0~PAT*19~NM1*QC*1*{family}*{pick(GIVEN_NAMES)}~"
                f"N3*{pick(STREETS)}~{pick(CITIES)}~DMG*D8*20{10 + n % 14}0412*{sex}~"
            )
            hl += 1
        else:
            out.append(
                f"HL*{hl}*{provider_hl}*22*0~SBR*{sequence}*18*******{filing}~NM1*IL*1*{family}*{given}****MI*{member}~"
                f"N3*{pick(STREETS)}~{pick(CITIES)}~DMG*D8*{birth}*{sex}~NM1*PR*2*{payer}*****PI*{payer_id}~"
            )
        items = [pick(practice.prices) for _ in range(3 if draw() < 0.8 else 1 + int(draw() * 6))]
        charge = sum(cents for _, _, cents in items)
        charges += charge
        lines += len(items)
        day, place, kind = pick(DAYS), pick(("11", "11", "11", "21", "12", "31", "22", "10")), draw()
        frequency = "7" if kind < 0.01 else "1"
        out.append(f"CLM*{n:08d}A*{_money(charge)}***{place}:B:{frequency}*Y*A*Y*Y~")
        if place == "21":
            out.append(f"DTP*435*D8*{day}~")
        if kind < 0.03:
            out.append(f"REF*G1*PA{n:07d}~")
        if frequency == "7":
            out.append(f"REF*F8*ICN{n - 1:010d}~")
        out.append(f"REF*EA*MRN{n % 700_000:06d}~")
        if kind > 0.98:
            out.append("NTE*ADD*ADVANCE CARE PLANNING DISCUSSED~")
        codes = rng.sample(DIAGNOSES, 2 + int(draw() * 3))
        out.append(f"HI*ABK:{codes[0]}*ABF:{'*ABF:'.join(codes[1:])}~{pick(practice.renderings)}")
        other_paid = [0] * len(items)
        other_name, other_id, other_filing = PAYERS[1] if payer_id != PAYERS[1][1] else PAYERS[2]
        if has_other:
            if is_secondary:
                other_paid = [cents * 2 // 5 for _, _, cents in items]
                out.append(f"SBR*P*18*G{n % 89}******{other_filing}~")
                if n % 2:  # some payers report at claim level, some by line
                    out.append(f"CAS*CO*45*{_money(charge - sum(other_paid) - 500)}~CAS*PR*1*3**2*2~")
                    adjustments += 3
                out.append(f"AMT*D*{_money(sum(other_paid))}~")
            else:
                out.append(f"SBR*S*18*G{n % 89}******{other_filing}~")
            out.append(
                f"OI***Y***Y~NM1*IL*1*{family}*{given}****MI*{_member_id(n)[::-1]}~NM1*PR*2*{other_name}*****PI*{other_id}~"
                + (f"DTP*573*D8*{day}~" if is_secondary and n % 2 else "")
            )
        for i, (composite, units, cents) in enumerate(items):
            span = f"RD8*{day}-{day}" if draw() < 0.02 else f"D8*{day}"
            out.append(
                f"LX*{i + 1}~SV1*{composite}*{_money(cents)}*UN*{units}***{'1' if i else '1:2'}~DTP*472*{span}~REF*6R*{n:08d}{i + 1:02d}~"
            )
            if draw() < 0.02:
                out.append(pick(practice.renderings))
            if is_secondary and not n % 2:
                paid = other_paid[i]
                out.append(
                    f"SVD*{other_id}*{_money(paid)}*{composite}**{units}~CAS*CO*45*{_money(cents - paid - 500)}~"
                    f"CAS*PR*1*3**2*2~DTP*573*D8*{day}~"
                )
                adjustments += 3
    truth.transaction_sets += 1
    truth.claims += count
    truth.lines += lines
    truth.adjustments += adjustments
    truth.charge_cents += charges
    body = "".join(out)
    return f"{body}SE*{body.count('~') + 1}*{number:04d}~"


_Item = tuple[str, int, int]  # procedure composite, units, charge in cents
_Adjustments = list[tuple[str, list[tuple[str, int]]]]  # group code with its (reason code, cents)
_PaidLine = tuple[_Item, int, _Adjustments, int, str, str]  # paid, adjustments, allowed, remark, "dates|control number|SVC06 and 07"


def _adjudicate(rng: random.Random, charge: int) -> tuple[int, _Adjustments, int, str]:
    """One line of an 835: paid, adjustments, allowed amount (in cents) and remark code."""
    chance = rng.random()
    if chance < 0.07:
        group, reason, remark = rng.choice(DENIALS)
        return 0, [(group, [(reason, charge)])], 0, remark
    allowed = charge * (40 + int(chance * 30)) // 100
    made: _Adjustments = [("CO", [("45", charge - allowed)])]
    share = allowed // 5
    if chance < 0.15:  # deductible and coinsurance
        deductible = allowed // 4
        share = (allowed - deductible) // 5
        made.append(("PR", [("1", deductible), ("2", share)]))
        paid = allowed - deductible - share
    elif chance < 0.75:
        made.append(("PR", [("2", share)]))
        paid = allowed - share
    else:
        paid = allowed
    if chance < 0.6:  # sequestration, in a triplet of the first CAS
        cut = paid // 50
        made[0][1].append(("253", cut))
        paid -= cut
    return paid, made, allowed, "N130" if chance > 0.97 else ""


def _remit(sign: int, status: str, head: tuple[str, str, str], lines: list[_PaidLine], truth: Truth) -> tuple[str, int]:
    """CLP loop and its paid cents. ``head``: before the amounts, after them, and the rest of the claim level; sign -1 is a reversal."""
    charge = sum(line[0][2] for line in lines) * sign
    paid = sum(line[1] for line in lines) * sign
    share = sum(cents for line in lines for group, pairs in line[2] if group == "PR" for _, cents in pairs) * sign
    before, after, rest = head
    out = [f"CLP*{before}*{status}*{_money(charge)}*{_money(paid)}*{_money(share) if share > 0 else ''}*{after}~{rest}"]
    for (composite, units, cents), line_paid, adjustments, allowed, remark, tail in lines:
        dates, control, original = tail.split("|")
        out.append(f"SVC*{composite}*{_money(cents * sign)}*{_money(line_paid * sign)}**{units}{original}~{dates}")
        for group, pairs in adjustments:
            out.append(f"CAS*{group}*{'**'.join(f'{reason}*{_money(c * sign)}' for reason, c in pairs)}~")
            truth.adjustments += len(pairs)
        out.append(control)
        if allowed and sign > 0:
            out.append(f"AMT*B6*{_money(allowed)}~")
        if remark:
            out.append(f"LQ*HE*{remark}~")
    truth.claims += 1
    truth.lines += len(lines)
    truth.charge_cents += charge
    truth.paid_cents += paid
    return "".join(out), paid


def _set_835(rng: random.Random, number: int, first: int, count: int, truth: Truth) -> str:
    """ST to SE of an 835 with ``count`` CLP loops (reversals and their corrections included)."""
    draw = rng.random
    pick = rng.choice
    practice = pick(PRACTICES)
    payer, payer_id, filing = pick(PAYERS)
    body: list[str] = []
    total = made = 0
    while made < count:
        n = first + made
        if made % 500 == 0:
            body.append(f"LX*{made // 500 + 1}~")
        family, given, member, day = pick(FAMILY_NAMES), pick(GIVEN_NAMES), _member_id(n), pick(DAYS)
        head = (
            f"{n:08d}A",
            f"{filing}*ICN{n:010d}*{pick(('11', '21', '31', '12'))}*1",
            f"NM1*QC*1*{family}*{given}****MI*{member}~"
            + (f"NM1*IL*1*{family}*{pick(GIVEN_NAMES)}****MI*{_member_id(n)[::-1]}~" if draw() < 0.04 else "")
            + f"{pick(practice.renderings).split('~')[0]}~MOA***{pick(REMARKS)}~REF*EA*MRN{n % 700_000:06d}~"
            + f"DTM*232*{day}~DTM*050*{pick(DAYS)}~",
        )
        if draw() < 0.01:  # late filing: denied as a whole, without service lines
            charge = pick(practice.prices)[2]
            body.append(f"CLP*{head[0]}*4*{_money(charge)}*0**{head[1]}~CAS*CO*29*{_money(charge)}~{head[2]}")
            truth.claims += 1
            truth.adjustments += 1
            truth.charge_cents += charge
            made += 1
            continue
        lines: list[_PaidLine] = []
        for i in range(3 if draw() < 0.8 else 1 + int(draw() * 6)):
            item = pick(practice.prices)
            original = f"*{item[0]}:76*{item[1]}" if draw() < 0.02 else ""
            dates = f"DTM*472*{day}~" if draw() < 0.97 else f"DTM*150*{day}~DTM*151*{day}~"
            lines.append((item, *_adjudicate(rng, item[2]), f"{dates}|REF*6R*{n:08d}{i + 1:02d}~|{original}"))
        denied = not any(line[1] for line in lines)
        text, paid = _remit(1, "4" if denied and n % 2 else "1", head, lines, truth)
        body.append(text)
        total += paid
        made += 1
        if draw() < 0.015 and made + 2 <= count:
            text, paid = _remit(-1, "22", head, lines, truth)
            body.append(text)
            total += paid
            corrected: list[_PaidLine] = [(item, *_adjudicate(rng, item[2]), tail) for item, _, _, _, _, tail in lines]
            text, paid = _remit(1, "1", head, corrected, truth)
            body.append(text)
            total += paid
            made += 2
    withheld, interest = total // 200, 1234
    body.append(
        f"PLB*{practice.npi}*20251231*WO:ICN{first:010d}*{_money(withheld)}*L6:INT{number:05d}*{_money(-interest)}~"
        f"PLB*{PRACTICES[0].npi}*20251231*72:ADJ{number:05d}*{_money(5000)}~"
    )
    payment = total - withheld + interest - 5000
    head_text = (
        f"ST*835*{number:04d}~BPR*I*{_money(payment)}*C*ACH*CCP*01*071000013*DA*12345678*1362739571**01*071000505*DA*98765432*20260112~"
        f"TRN*1*EFT{number:09d}*1362739571~REF*EV*SUB0001~DTM*405*20260110~N1*PR*{payer}*XV*{payer_id}~N3*1 PAYER PLAZA~"
        f"N4*CHICAGO*IL*60601~REF*2U*{payer_id}~PER*BL*PROVIDER SERVICES*TE*8005550199~"
        f"N1*PE*{practice.name}*XX*{practice.npi}~REF*TJ*{practice.tax_id}~"
    )
    text = head_text + "".join(body)
    truth.transaction_sets += 1
    return f"{text}SE*{text.count('~') + 1}*{number:04d}~"


def _interchange(kind: str, control: int) -> tuple[str, str]:
    """ISA with GS; and the end of GE with IEA."""
    functional, version = ("HC", "005010X222A1") if kind == "837p" else ("HP", "005010X221A1")
    isa = f"ISA*00*          *00*          *ZZ*{'SUB0001':<15}*ZZ*{'CH0001':<15}*260105*0930*^*00501*{control:09d}*0*P*:~"
    gs = f"GS*{functional}*SUB0001*CH0001*20260105*0930*{control}*X*{version}~"
    return isa + gs, f"*{control}~IEA*1*{control:09d}~"


def _parts(kind: str, size: int, seed: int, truth: Truth, *, layout: str = "many", first: int = 0) -> Iterator[str]:
    """One interchange of about ``size`` bytes, in pieces. ``first``: number of its first claim; ``layout``: see ensure."""
    make = _set_837p if kind == "837p" else _set_835
    rng = random.Random(f"{kind} {seed}")
    per_claim = len(make(random.Random(0), 1, 0, 300, Truth(kind))) / 300
    head, tail = _interchange(kind, seed)
    written = len(head) + len(tail) + 4
    yield head
    sets = 0
    while not sets or size - written > 20 * per_claim:
        count = max(1, round((size - written) / per_claim))
        if layout != "one":
            count = min(count, CLAIMS_PER_SET if sets else CLAIMS_OF_FIRST_SET)
        text = make(rng, sets + 1, first, count, truth)
        first += count
        sets += 1
        written += len(text)
        yield text
        if layout != "many":
            break
    yield f"GE*{sets}{tail}"


def _write_file(kind: str, path: Path, size: int, layout: str) -> Truth:
    truth = Truth(kind, files=1)
    with path.open("w", encoding="ascii", newline="") as out:
        for text in _parts(kind, size, 1, truth, layout=layout):
            truth.bytes += out.write(text)
    return truth


def _write_small(folder: Path, count: int) -> Truth:
    """``count`` files, 837P and 835 in turn, half of them with a line feed after each terminator."""
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.edi"):
        old.unlink()
    truth = Truth("small", files=count)
    for number in range(count):
        kind = KINDS[number % 2]
        text = "".join(_parts(kind, SMALL_FILE, number + 1, truth, first=number // 2 * 200))
        if number % 4 >= 2:
            text = text.replace("~", "~\n")
        truth.bytes += (folder / f"{kind}_{number:05d}.edi").write_bytes(text.encode("ascii"))
    return truth


def ensure(path: Path, kind: str, size: int, layout: str = "many") -> Truth:
    """Make the file unless an earlier run left it, and tell what is in it.

    kind: 837p, 835, or ``small`` for a folder of 20 KB files of both. size: bytes, kept to about one claim.
    layout: ``many`` transaction sets; ``one`` set that holds every claim; ``first``: the first set of the ``many`` file alone.
    """
    note = path.with_name(path.name + ".truth.json")
    wanted = {"generator": GENERATOR, "kind": kind, "size": size, "layout": layout}
    if note.exists() and path.exists():
        found = json.loads(note.read_text())
        if found["wanted"] == wanted:
            return Truth(**found["truth"])
    path.parent.mkdir(parents=True, exist_ok=True)
    truth = _write_small(path, size // SMALL_FILE) if kind == "small" else _write_file(kind, path, size, layout)
    note.write_text(json.dumps({"wanted": wanted, "truth": asdict(truth)}, indent=1) + "\n")
    return truth


def main() -> None:
    """Make one 837P and one 835, for work on the reader."""
    parser = argparse.ArgumentParser(description="Make an 837P and an 835 of the same size.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--megabytes", type=int, default=270)
    arguments = parser.parse_args()
    for kind in KINDS:
        start = time.perf_counter()
        path = arguments.folder / f"{kind}_{arguments.megabytes}.edi"
        truth = ensure(path, kind, arguments.megabytes * MEGABYTE)
        print(f"{path} {time.perf_counter() - start:.1f} s {truth}")


if __name__ == "__main__":
    main()
