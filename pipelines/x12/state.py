"""What the kernels remember: places of one-dimensional integer arrays, and the reasons for which a transaction set is set aside.

P holds segment numbers (within the chunk) and the loop we are in; it is rebuilt in every chunk by walking the context again.
K holds counters that are carried from chunk to chunk. What does not belong here: any reading.
"""

from __future__ import annotations

from pipelines.x12.kernel import Words, kernel
from pipelines.x12.segments import segment_id

# --- P: where we are in this chunk ---------------------------------------------------------------
(
    P_ISA, P_GS, P_ST, P_BHT, P_SUBMITTER, P_RECEIVER, P_BPR, P_TRN, P_PRODUCTION, P_PAYER_N1, P_PAYER_REF, P_PAYEE_N1, P_PAYEE_REF,
    P_HEADER_END, P_HL20, P_HL20_END, P_HL22, P_HL22_END, P_HL23, P_HL23_END, P_LX, P_LX_END,
    P_ENTITY, P_BILLING, P_BILLING_PRV, P_BILLING_TAX, P_SBR, P_SUBSCRIBER, P_SUBSCRIBER_DMG, P_PAYER, P_PAT, P_PATIENT,
    P_PATIENT_DMG, P_COMPONENT, P_REPETITION,
) = range(35)  # fmt: skip
P_CODES = 35  # HI codes of the current claim so far, by family, then in all (claims837)
P_SIZE = P_CODES + 13

# --- K: what is carried on -----------------------------------------------------------------------
(
    K_INTERCHANGE, K_GROUP, K_SET, K_CLAIM, K_REMIT,  # ordinals in the file
    K_IN_ISA, K_IN_GS, K_IN_ST, K_KIND, K_SEGMENT,  # K_SEGMENT: number of the last segment in its transaction set (ST is 1)
    K_ISA_BYTE, K_GS_BYTE, K_SET_BYTE, K_GROUPS_FOUND, K_SETS_FOUND,
    K_BAD, K_BAD_SEGMENT, K_BAD_ID, K_BAD_ELEMENT, K_BAD_BYTE,
    K_CLAIMS, K_LINES, K_CHARGES, K_PAID, K_PLB_SUM, K_UNBALANCED_CLAIMS, K_UNBALANCED_LINES,
    K_CLAIM_BEFORE, K_REMIT_BEFORE,  # K_CLAIM and K_REMIT when the transaction set began
    K_LEVEL,  # HL03 of the open loop: 20, 22 or 23; OTHER_LEVEL; 0 before the first HL
    K_STRAYS, K_STRAY_BYTE, K_STRAY_ID,  # segments outside transaction sets: counted ones of the open run, where it begins, the first's id
) = range(33)  # fmt: skip
OTHER_LEVEL = -1
K_SEEN = 33  # CLM LX SV CLP SVC CAS PLB of this transaction set
K_LANDED = K_SEEN + 7  # the same, landed, of this file
K_ASIDE = K_LANDED + 7
K_WARN = K_ASIDE + 7
W_OPTIONAL, W_NO_LX, W_OUTSIDE, W_UNKNOWN, W_UNTERMINATED, W_EMPTY_HI, W_LINE_KIND, W_BAD_ISA = range(8)
# Cents of CLM02, SV1/SV2, BPR02, CLP04, SVC03 and PLB, and how many of them could not be read (amounts)
K_FILE_AMOUNT = K_WARN + 8  # of this file
K_AMOUNT = K_FILE_AMOUNT + 7  # of this transaction set, or of the open run of segments outside any
K_UNREADABLE = K_AMOUNT + 6
K_SIZE = K_AMOUNT + 7
S_CLM, S_LX, S_SV, S_CLP, S_SVC, S_CAS, S_PLB = range(7)

KIND_UNSUPPORTED, KIND_837P, KIND_837I, KIND_835 = range(4)

# --- reasons ---------------------------------------------------------------------------------------
(
    FINE, NO_TRAILER, TRUNCATED, CLAIM_OUTSIDE, BAD_AMOUNT, MISSING_AMOUNT, BAD_DATE, BAD_NUMBER, UNSUPPORTED, NO_ENVELOPE, NO_CLAIM,
    AFTER_LINE, FOREIGN, NO_HEADER, TOO_LARGE,
) = range(15)  # fmt: skip

# reason -> (code on the ledger, what is wrong and what to do; {where} names the element)
REASONS: dict[int, tuple[str, str]] = {
    NO_TRAILER: ("no_se", "no SE closes this transaction set before the next one starts; ask the sender for the whole set"),
    TRUNCATED: ("truncated", "the file ends inside this transaction set (no SE); ask the sender for the whole file"),
    CLAIM_OUTSIDE: (
        "claim_outside_subscriber",
        "a CLM stands outside a subscriber or patient loop (HL03 22 or 23); have the sender correct the HL segments",
    ),
    BAD_AMOUNT: ("bad_amount", "{where} is not an amount in dollars and cents; have the sender correct and resend it"),
    MISSING_AMOUNT: ("missing_amount", "{where} is empty, but an amount is required there; have the sender correct and resend it"),
    BAD_DATE: ("bad_date", "{where} is not a date (CCYYMMDD); have the sender correct and resend it"),
    BAD_NUMBER: ("bad_number", "{where} is not a number; have the sender correct and resend it"),
    UNSUPPORTED: ("unsupported_version", "{where} is not read here; Midpoint reads 837P 005010X222, 837I 005010X223 and 835 005010X221"),
    NO_ENVELOPE: ("no_envelope", "this transaction set stands outside an ISA and GS envelope; have the sender resend it with its envelope"),
    NO_CLAIM: ("claim_segment_outside_claim", "{where} stands before any claim; have the sender correct the order of segments"),
    AFTER_LINE: (
        "segment_after_line",
        "{where} stands after the service lines of a claim, so a CLM, CLP or HL is missing before it; ask the sender for the whole set",
    ),
    FOREIGN: ("foreign_segment", "{where} belongs to the other kind of transaction set (837 or 835); have the sender resend it"),
    NO_HEADER: ("no_st", "segments from {where} on stand in no transaction set (no ST before them); ask the sender for the whole set"),
    TOO_LARGE: (
        "no_boundary",
        "no claim boundary or segment terminator within the reader's limit; check that the file is X12 and not damaged",
    ),
}  # fmt: skip


@kernel
def fail(K: Words, reason: int, name: int, element: int, byte: int) -> None:
    """Note the first reason for which the current transaction set is set aside, at the current segment."""
    if K[K_BAD] == FINE:
        K[K_BAD] = reason
        K[K_BAD_SEGMENT] = K[K_SEGMENT]
        K[K_BAD_ID] = name
        K[K_BAD_ELEMENT] = element
        K[K_BAD_BYTE] = byte


_CLM, _LX, _SV1, _SV2, _CLP, _SVC, _CAS, _PLB = (segment_id(s) for s in ("CLM", "LX", "SV1", "SV2", "CLP", "SVC", "CAS", "PLB"))


@kernel
def count(K: Words, base: int, name: int) -> int:
    """Count a segment of the seven ids that the ledger counts, in the seven places from ``base``; gives 1 where it is one, else 0."""
    if name == _CLM:
        place = S_CLM
    elif name == _LX:
        place = S_LX
    elif name == _SV1 or name == _SV2:
        place = S_SV
    elif name == _CLP:
        place = S_CLP
    elif name == _SVC:
        place = S_SVC
    elif name == _CAS:
        place = S_CAS
    elif name == _PLB:
        place = S_PLB
    else:
        return 0
    K[base + place] += 1
    return 1
