"""What things cost: the chargemaster and what payers allow, in cents.

99497 and 99498 are allowed at the payer's share of the Medicare schedule (sql/reference/fee_schedule.csv); the other amounts are made up,
near enough to life. What does not belong here: who pays (world) and what is denied (episode).
"""

from __future__ import annotations

import csv
from bisect import bisect_right
from datetime import date
from functools import cache

from pipelines.warehouse import SQL

# code: charge, allowed outside a facility, allowed in one (dollars for one unit; per day where the unit is a day)
CHARGEMASTER = {
    "99202": (190, 73, 50), "99203": (260, 112, 85), "99204": (390, 167, 131), "99205": (510, 220, 177),
    "99211": (60, 23, 9), "99212": (120, 57, 37), "99213": (190, 92, 70), "99214": (280, 130, 99), "99215": (390, 183, 148),
    "99221": (230, 84, 84), "99222": (340, 131, 131), "99223": (470, 175, 175),
    "99231": (120, 50, 50), "99232": (210, 80, 80), "99233": (310, 120, 120),
    "99234": (290, 100, 100), "99235": (450, 162, 162), "99236": (560, 212, 212), "99238": (210, 82, 82), "99239": (300, 116, 116),
    "99281": (40, 12, 12), "99282": (110, 42, 42), "99283": (190, 73, 73), "99284": (330, 124, 124), "99285": (480, 178, 178),
    "99304": (200, 84, 84), "99305": (310, 133, 133), "99306": (410, 182, 182),
    "99307": (110, 40, 40), "99308": (170, 75, 75), "99309": (240, 108, 108), "99310": (340, 154, 154),
    "99341": (120, 50, 50), "99342": (190, 79, 79), "99344": (330, 145, 145), "99345": (440, 203, 203),
    "99347": (110, 46, 46), "99348": (180, 78, 78), "99349": (290, 130, 130), "99350": (410, 190, 190),
    "99291": (690, 271, 213), "99292": (310, 119, 107), "99483": (620, 265, 200),
    "G0402": (390, 165, 140), "G0438": (380, 164, 135), "G0439": (290, 129, 100), "G0444": (45, 19, 9), "99408": (90, 34, 31),
    "99447": (110, 39, 39), "99495": (430, 202, 150), "99490": (140, 61, 50), "90834": (230, 102, 90), "G0182": (260, 107, 107),
    "G0179": (90, 41, 41), "93000": (60, 15, 15), "36415": (18, 9, 9), "80053": (48, 11, 11), "85025": (36, 8, 8), "83036": (44, 10, 10),
    "81003": (16, 2, 2), "96372": (48, 14, 14), "G0008": (52, 31, 31), "90662": (118, 74, 74), "94640": (55, 12, 9), "76705": (270, 90, 45),
    "T2042": (320, 218, 218), "T2046": (240, 160, 160),
    "Q5001": (260, 218, 218), "Q5003": (260, 218, 218), "Q5004": (260, 218, 218), "Q5006": (1450, 1145, 1145), "Q5005": (720, 508, 508),
    "0651": (260, 218, 218), "0655": (720, 508, 508), "0656": (1450, 1145, 1145), "0657": (210, 120, 120), "0650": (0, 0, 0),
    "0200": (4100, 2300, 2300),
}  # fmt: skip
ACP_CHARGES = {"99497": 18500, "99498": 15500}


@cache
def facility_places() -> frozenset[str]:
    """The places of service that are paid at the facility rate."""
    with (SQL / "reference" / "place_of_service.csv").open(newline="", encoding="utf-8") as file:
        return frozenset(row["place_of_service_code"] for row in csv.DictReader(file) if row["is_facility"] == "true")


@cache
def _schedule(code: str) -> tuple[list[int], list[tuple[int, int]]]:
    """First days (ordinals) of the schedule's periods, and (non-facility, facility) cents of each."""
    days: list[int] = []
    amounts: list[tuple[int, int]] = []
    with (SQL / "reference" / "fee_schedule.csv").open(newline="", encoding="utf-8") as file:
        for row in sorted(csv.DictReader(file), key=lambda r: r["valid_from"]):
            if row["procedure_code"] == code:
                days.append(date.fromisoformat(row["valid_from"]).toordinal())
                plain = round(float(row["non_facility_amount"]) * 100)
                amounts.append((plain, round(float(row["facility_amount"]) * 100) if row["facility_amount"] else plain))
    return days, amounts


@cache
def charge(code: str) -> int:
    """The chargemaster's price of one unit, in cents."""
    return ACP_CHARGES.get(code) or CHARGEMASTER[code][0] * 100


def allowed(code: str, day: int, is_facility: bool, percent: int) -> int:
    """What a payer that allows ``percent`` of Medicare's amount allows for one unit on a day (ordinal), in cents."""
    if code not in ACP_CHARGES:
        return _made_up(code, is_facility, percent)
    days, amounts = _schedule(code)
    return (amounts[bisect_right(days, day) - 1][is_facility] * percent + 50) // 100


@cache
def _made_up(code: str, is_facility: bool, percent: int) -> int:
    return CHARGEMASTER[code][2 if is_facility else 1] * percent
