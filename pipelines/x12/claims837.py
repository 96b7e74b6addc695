"""837P and 837I: the segments of a transaction set to claims, lines and what hangs on them.

The same segment ids come back in other places (SBR, NM1, CAS, DTP, REF, AMT of other payers in 2320/2330/2430), so every segment is
read by the loop it stands in. What does not belong here: envelopes (envelope) and billing rules (sql/).
"""

from __future__ import annotations

from pipelines.x12.amounts import add_amounts
from pipelines.x12.columns import (
    TABLE_NUMBER,
    Out,
    add_body_row,
    choices,
    chosen,
    chosen_too,
    fields,
    fill,
    get_number,
    lookup,
    needed_amount,
    optional,
    put,
    put_word,
    set_number,
    word,
)  # fmt: skip
from pipelines.x12.kernel import Bytes, Words, kernel
from pipelines.x12.segments import BAD, NULL, code, days, decimal, integer, part, segment_id, span
from pipelines.x12.state import (
    AFTER_LINE,
    BAD_DATE,
    CLAIM_OUTSIDE,
    FINE,
    FOREIGN,
    K_BAD,
    K_CHARGES,
    K_CLAIM,
    K_CLAIMS,
    K_KIND,
    K_LEVEL,
    K_LINES,
    K_SEEN,
    K_SEGMENT,
    K_UNBALANCED_CLAIMS,
    K_WARN,
    KIND_837P,
    NO_CLAIM,
    OTHER_LEVEL,
    P_BHT,
    P_BILLING,
    P_BILLING_PRV,
    P_BILLING_TAX,
    P_CODES,
    P_COMPONENT,
    P_ENTITY,
    P_HEADER_END,
    P_HL20,
    P_HL20_END,
    P_HL22,
    P_HL22_END,
    P_HL23,
    P_HL23_END,
    P_PAT,
    P_PATIENT,
    P_PATIENT_DMG,
    P_PAYER,
    P_RECEIVER,
    P_SBR,
    P_SUBMITTER,
    P_SUBSCRIBER,
    P_SUBSCRIBER_DMG,
    W_EMPTY_HI,
    W_LINE_KIND,
    W_NO_LX,
    W_UNKNOWN,
    count,
    fail,
)  # fmt: skip
from pipelines.x12.tables import CLAIM, CLAIM_ADJUDICATION, CLAIM_DIAGNOSIS, CLAIM_LINE, CLAIM_NOTE, CLAIM_PAYER, column

T_CLAIM, T_DIAGNOSIS, T_LINE = TABLE_NUMBER["claim"], TABLE_NUMBER["claim_diagnosis"], TABLE_NUMBER["claim_line"]
T_NOTE, T_PAYER, T_ADJUDICATION = TABLE_NUMBER["claim_note"], TABLE_NUMBER["claim_payer"], TABLE_NUMBER["claim_adjudication"]

# --- which element goes where ----------------------------------------------------------------------

CLM = fields(
    CLAIM,
    "1:patient_control_number 2:charge_amount:amount_needed 5-1:facility_code 5-2:facility_qualifier_code 5-3:frequency_code"
    " 7:assignment_code 8:benefits_assignment_code 9:release_code 11-1:related_cause_code_1 11-2:related_cause_code_2"
    " 11-3:related_cause_code_3 11-4:accident_state_code 12:special_program_code 20:delay_reason_code",
)
SBR = fields(CLAIM, "1:payer_sequence_code 2:relationship_code 5:insurance_type_code 9:filing_indicator_code")
PAYER = fields(CLAIM, "3:payer_name 8:payer_id_qualifier 9:payer_id")
SUBSCRIBER = fields(CLAIM, "9:member_id")
PATIENT = fields(CLAIM, "9:patient_member_id")
DMG = fields(CLAIM, "2:birth_date")
PAT = fields(CLAIM, "1:relationship_code")
BILLING = fields(CLAIM, "9:billing_npi:npi")
BILLING_PRV = fields(CLAIM, "3:billing_taxonomy_code")
BILLING_TAX = fields(CLAIM, "2:billing_tax_id")
CL1 = fields(CLAIM, "1:admission_type_code 2:admission_source_code 3:patient_status_code")
PATIENT_PAID = fields(CLAIM, "2:patient_paid_amount:amount")

SV1 = fields(
    CLAIM_LINE,
    "1-1:procedure_qualifier 1-2:procedure_code 1-3:modifier_1 1-4:modifier_2 1-5:modifier_3 1-6:modifier_4 2:charge_amount:amount_needed"
    " 3:unit_code 4:units:units_strict 5:place_of_service_code 9:emergency_code",
)
POINTERS = fields(
    CLAIM_LINE,
    "7-1:diagnosis_pointer_1:integer 7-2:diagnosis_pointer_2:integer 7-3:diagnosis_pointer_3:integer 7-4:diagnosis_pointer_4:integer",
)
SV2 = fields(
    CLAIM_LINE,
    "1:revenue_code 2-1:procedure_qualifier 2-2:procedure_code 2-3:modifier_1 2-4:modifier_2 2-5:modifier_3 2-6:modifier_4"
    " 3:charge_amount:amount_needed 4:unit_code 5:units:units_strict 7:non_covered_amount:amount",
)
LX = fields(CLAIM_LINE, "1:assigned_number")
LIN = fields(CLAIM_LINE, "3:drug_code")
NTE = fields(CLAIM_NOTE, "1:note_code 2:note_text")
OTHER_SBR = fields(CLAIM_PAYER, "1:payer_sequence_code 2:relationship_code 5:insurance_type_code 9:filing_indicator_code")
OTHER_PAYER = fields(CLAIM_PAYER, "3:payer_name 9:payer_id")
OTHER_SUBSCRIBER = fields(CLAIM_PAYER, "9:member_id")
SVD = fields(CLAIM_ADJUDICATION, "1:payer_id 2:amount:amount_needed 3-2:procedure_code 5:units:units 6:bundled_line_number:integer")

_c = segment_id
# NM101 to the columns of the NPI and the taxonomy, of the claim (2310) and of a line (2420)
CLAIM_PROVIDERS = choices(
    ("82", column(CLAIM, "rendering_npi"), column(CLAIM, "rendering_taxonomy_code")),
    ("DN", column(CLAIM, "referring_npi"), -1),
    ("DQ", column(CLAIM, "supervising_npi"), -1),
    ("77", column(CLAIM, "service_facility_npi"), -1),
    ("FA", column(CLAIM, "service_facility_npi"), -1),
    ("71", column(CLAIM, "attending_npi"), column(CLAIM, "attending_taxonomy_code")),
    ("72", column(CLAIM, "operating_npi"), -1),
    ("ZZ", column(CLAIM, "other_operating_npi"), -1),
)
LINE_PROVIDERS = choices(
    ("82", column(CLAIM_LINE, "rendering_npi"), column(CLAIM_LINE, "rendering_taxonomy_code")),
    ("DN", column(CLAIM_LINE, "referring_npi"), -1),
    ("DK", column(CLAIM_LINE, "ordering_npi"), -1),
    ("DQ", column(CLAIM_LINE, "supervising_npi"), -1),
    ("77", column(CLAIM_LINE, "service_facility_npi"), -1),
    ("72", column(CLAIM_LINE, "operating_npi"), -1),
)
# REF01 of the claim (2300), AMT01 of another payer (2320), DTP01 of the claim where nothing depends on the date
REFERENCES = choices(
    ("EA", column(CLAIM, "medical_record_number"), -1),
    ("F8", column(CLAIM, "original_reference_number"), -1),
    ("D9", column(CLAIM, "clearinghouse_number"), -1),
    ("G1", column(CLAIM, "prior_authorization_number"), -1),
    ("9F", column(CLAIM, "referral_number"), -1),
)
OTHER_AMOUNTS = choices(
    ("D", column(CLAIM_PAYER, "paid_amount"), -1),
    ("A8", column(CLAIM_PAYER, "non_covered_amount"), -1),
    ("EAF", column(CLAIM_PAYER, "remaining_amount"), -1),
)
CLAIM_DATES = choices(
    ("435", column(CLAIM, "admission_date"), -1),
    ("096", column(CLAIM, "discharge_date"), -1),  # of an 837I it is an hour only, too short for a date
    ("439", column(CLAIM, "accident_date"), -1),
)

C_NUMBER, C_TYPE, C_CHARGE, C_DEPENDENT = (column(CLAIM, n) for n in ("claim_number", "claim_type", "charge_amount", "is_dependent"))
C_FROM, C_THROUGH = column(CLAIM, "from_date"), column(CLAIM, "through_date")
C_STATEMENT_FROM, C_STATEMENT_THROUGH = column(CLAIM, "statement_from_date"), column(CLAIM, "statement_through_date")
C_LINE_COUNT, C_LINE_CHARGES, C_BALANCED = (column(CLAIM, n) for n in ("line_count", "line_charge_amount", "is_balanced"))
L_CLAIM, L_NUMBER, L_CHARGE = (column(CLAIM_LINE, n) for n in ("claim_number", "line_number", "charge_amount"))
L_FROM, L_THROUGH, L_CONTROL = (column(CLAIM_LINE, n) for n in ("service_from_date", "service_through_date", "line_control_number"))
N_CLAIM, N_LINE = column(CLAIM_NOTE, "claim_number"), column(CLAIM_NOTE, "line_number")
Y_CLAIM, Y_ORDINAL, Y_CONTROL, Y_DATE = (
    column(CLAIM_PAYER, n) for n in ("claim_number", "payer_ordinal", "claim_control_number", "adjudication_date")
)
D_CLAIM, D_ORDINAL, D_CODE_ORDINAL, D_FAMILY, D_QUALIFIER, D_CODE, D_DATE, D_THROUGH, D_AMOUNT, D_POA = (
    column(CLAIM_DIAGNOSIS, n)
    for n in (
        "claim_number", "hi_ordinal", "code_ordinal", "family", "qualifier_code", "code", "code_date", "code_through_date", "code_amount",
        "present_on_admission_code",
    )
)  # fmt: skip
A_CLAIM, A_LINE, A_PAYER_ORDINAL, A_PAYER, A_KIND, A_GROUP, A_REASON, A_AMOUNT, A_UNITS, A_DATE = (
    column(CLAIM_ADJUDICATION, n)
    for n in (
        "claim_number", "line_number", "payer_ordinal", "payer_id", "row_kind", "group_code", "reason_code", "amount", "units",
        "adjudication_date",
    )
)  # fmt: skip

PROFESSIONAL, INSTITUTIONAL = word("professional"), word("institutional")
PAYMENT, ADJUSTMENT = word("payment"), word("adjustment")

# HI families and the qualifiers that belong to each
_FAMILIES = {
    "diagnosis": "ABK BK ABF BF", "admitting": "ABJ BJ", "reason_for_visit": "APR PR", "external_cause": "ABN BN", "drg": "DR",
    "procedure": "BBR BR BBQ BQ BP BO", "condition": "BG", "occurrence": "BH", "occurrence_span": "BI", "value": "BE", "treatment": "TC",
    "other": "",
}  # fmt: skip
FAMILIES = min([word(name) for name in _FAMILIES])  # the first of words in a row
HI_QUALIFIERS = choices(*((q, k, -1) for k, qualifiers in enumerate(_FAMILIES.values()) for q in qualifiers.split()))
F_OTHER = len(_FAMILIES) - 1

# Loops of a claim
IN_CLAIM, IN_PROVIDER, IN_OTHER_PAYER, IN_OTHER_NAME, IN_LINE, IN_DRUG, IN_LINE_PROVIDER, IN_LINE_ADJUDICATION = range(8)

ID_HL, ID_NM1, ID_N3, ID_N4, ID_REF, ID_DTP = (_c(s) for s in ("HL", "NM1", "N3", "N4", "REF", "DTP"))
ID_CLM, ID_HI, ID_LX, ID_SV1, ID_SV2, ID_SBR = (_c(s) for s in ("CLM", "HI", "LX", "SV1", "SV2", "SBR"))
ID_DMG, ID_PRV, ID_PAT, ID_BHT, ID_CAS, ID_SVD = (_c(s) for s in ("DMG", "PRV", "PAT", "BHT", "CAS", "SVD"))
ID_AMT, ID_NTE, ID_CL1, ID_LIN = (_c(s) for s in ("AMT", "NTE", "CL1", "LIN"))
ID_CLP, ID_SVC, ID_PLB = (_c(s) for s in ("CLP", "SVC", "PLB"))
# Segments that an 837 may hold and Midpoint passes over, besides those above where they tell nothing that is kept
_PASSED_OVER = """
    PER CUR OI MOA MIA HCP CR1 CR2 CR3 CR4 CR5 CR6 CR7 CRC PWK CN1 K3 QTY MEA PS1 FRM LQ CTP SV3 SV4 SV5 SV6 SV7 TOO DN1 DN2 HSD IMM N1 N2
    UR NX1 DMG PAT N3 N4 DTP AMT NTE CL1
"""
PASSED_OVER = choices(*((name, 0, 0) for name in _PASSED_OVER.split()))

E_85, E_IL, E_PR, E_QC, E_41, E_40 = (_c(s) for s in ("85", "IL", "PR", "QC", "41", "40"))
Q_EI, Q_XX, Q_F8, Q_6R, D_472, D_434, D_573, M_F5 = (_c(s) for s in ("EI", "XX", "F8", "6R", "472", "434", "573", "F5"))


@kernel
def _finish_claim(out: Out, row: int, lines: int, charges: int, earliest: int, latest: int, K: Words) -> None:
    """Totals, balance (CLM02 against its lines) and dates of a claim, once its last segment is read."""
    set_number(out, C_LINE_COUNT, row, lines)
    set_number(out, C_LINE_CHARGES, row, charges)
    charge = get_number(out, C_CHARGE, row)
    set_number(out, C_BALANCED, row, 1 if charge == charges else 0)
    if charge != charges:
        K[K_UNBALANCED_CLAIMS] += 1
    K[K_CHARGES] += charge
    if get_number(out, C_STATEMENT_FROM, row) != NULL:
        earliest = get_number(out, C_STATEMENT_FROM, row)
        latest = get_number(out, C_STATEMENT_THROUGH, row)
    set_number(out, C_FROM, row, earliest)
    set_number(out, C_THROUGH, row, latest)


@kernel
def _open_loop(P: Words, K: Words, i: int, level: int) -> None:
    """An HL: close the loops before it and forget what no longer holds."""
    K[K_LEVEL] = level if level == 20 or level == 22 or level == 23 else OTHER_LEVEL
    if P[P_HEADER_END] < 0:
        P[P_HEADER_END] = i
    if P[P_HL20] >= 0 and P[P_HL20_END] < 0:
        P[P_HL20_END] = i
    if P[P_HL22] >= 0 and P[P_HL22_END] < 0:
        P[P_HL22_END] = i
    P[P_ENTITY] = 0
    if level == 20:
        P[P_HL20] = i
        P[P_HL20_END] = -1
        P[P_BILLING] = -1
        P[P_BILLING_PRV] = -1
        P[P_BILLING_TAX] = -1
    if level == 20 or level == 22:
        P[P_HL22] = i if level == 22 else -1
        P[P_HL22_END] = -1
        P[P_SBR] = -1
        P[P_SUBSCRIBER] = -1
        P[P_SUBSCRIBER_DMG] = -1
        P[P_PAYER] = -1
    P[P_HL23] = i if level == 23 else -1
    P[P_HL23_END] = -1
    P[P_PAT] = -1
    P[P_PATIENT] = -1
    P[P_PATIENT_DMG] = -1


@kernel
def _note_segment(out: Out, P: Words, i: int, name: int, what: int, level: int) -> bool:
    """A segment before the first claim of its loop: note where it stands, if it belongs into a loop of this level.

    ``what``: its first element. False where it is unknown.
    """
    header = P[P_HEADER_END] < 0
    if name == ID_NM1:
        P[P_ENTITY] = what
        if what == E_85 and (level == 20 or header):  # some senders leave the HL of the billing provider out
            P[P_BILLING] = i
        elif what == E_IL and level == 22:
            P[P_SUBSCRIBER] = i
        elif what == E_PR and level == 22:
            P[P_PAYER] = i
        elif what == E_QC and level == 23:
            P[P_PATIENT] = i
        elif what == E_41 and header:
            P[P_SUBMITTER] = i
        elif what == E_40 and header:
            P[P_RECEIVER] = i
    elif name == ID_REF:
        if P[P_ENTITY] == E_85 and what == Q_EI and (level == 20 or header):
            P[P_BILLING_TAX] = i
    elif name == ID_SBR:
        if level == 22:
            P[P_SBR] = i
    elif name == ID_DMG:
        if level == 22:
            P[P_SUBSCRIBER_DMG] = i
        elif level == 23:
            P[P_PATIENT_DMG] = i
    elif name == ID_PRV:
        if level == 20 or header:
            P[P_BILLING_PRV] = i
    elif name == ID_PAT:
        if level == 23:
            P[P_PAT] = i
    elif name == ID_BHT:
        if header:
            P[P_BHT] = i
    else:
        return lookup(out, PASSED_OVER, name) >= 0
    return True


@kernel
def _fill_from(out: Out, row: int, fields: int, segment: int, buf: Bytes, firsts: Words, marks: Words, component: int, K: Words) -> None:
    """Fields of a segment that was noted before; nothing where there was none."""
    if segment >= 0:
        fill(out, row, fields, buf, marks, firsts[segment], firsts[segment + 1], component, K, 0, 0)


@kernel
def _fill_parties(out: Out, row: int, buf: Bytes, firsts: Words, marks: Words, P: Words, K: Words) -> None:
    """Billing provider, subscriber, payer and patient of a new claim, from the loops that it stands in."""
    component = P[P_COMPONENT]
    dependent = K[K_LEVEL] == 23
    set_number(out, C_DEPENDENT, row, 1 if dependent else 0)
    _fill_from(out, row, BILLING, P[P_BILLING], buf, firsts, marks, component, K)
    _fill_from(out, row, BILLING_PRV, P[P_BILLING_PRV], buf, firsts, marks, component, K)
    _fill_from(out, row, BILLING_TAX, P[P_BILLING_TAX], buf, firsts, marks, component, K)
    _fill_from(out, row, SBR, P[P_SBR], buf, firsts, marks, component, K)
    _fill_from(out, row, SUBSCRIBER, P[P_SUBSCRIBER], buf, firsts, marks, component, K)
    _fill_from(out, row, PAYER, P[P_PAYER], buf, firsts, marks, component, K)
    if dependent:
        _fill_from(out, row, PAT, P[P_PAT], buf, firsts, marks, component, K)
        _fill_from(out, row, PATIENT, P[P_PATIENT], buf, firsts, marks, component, K)
        _fill_from(out, row, DMG, P[P_PATIENT_DMG], buf, firsts, marks, component, K)
    else:
        _fill_from(out, row, DMG, P[P_SUBSCRIBER_DMG], buf, firsts, marks, component, K)


@kernel
def _codes(out: Out, buf: Bytes, marks: Words, first: int, last: int, component: int, file_key: int, K: Words, P: Words) -> None:
    """The composites of one HI."""
    for j in range(1, last - first):
        a, b = span(buf, marks, first, last, j)
        if b <= a:
            continue
        x, y = part(buf, a, b, component, 2)
        if y <= x:
            K[K_WARN + W_EMPTY_HI] += 1
            continue
        row = add_body_row(out, T_DIAGNOSIS, file_key, K)
        put(out, D_CODE, row, buf, x, y)
        x, y = part(buf, a, b, component, 1)
        put(out, D_QUALIFIER, row, buf, x, y)
        at = lookup(out, HI_QUALIFIERS, code(buf, x, y))
        family = chosen(out, at) if at >= 0 else F_OTHER
        put_word(out, D_FAMILY, row, FAMILIES + family)
        P[P_CODES + family] += 1
        P[P_CODES + F_OTHER + 1] += 1
        set_number(out, D_CLAIM, row, K[K_CLAIM])
        set_number(out, D_ORDINAL, row, P[P_CODES + F_OTHER + 1])
        set_number(out, D_CODE_ORDINAL, row, P[P_CODES + family])
        x, y = part(buf, a, b, component, 4)
        start, end = days(buf, x, y)
        set_number(out, D_DATE, row, optional(start, K))
        set_number(out, D_THROUGH, row, optional(end, K))
        x, y = part(buf, a, b, component, 5)
        set_number(out, D_AMOUNT, row, optional(decimal(buf, x, y, 2, True), K))
        x, y = part(buf, a, b, component, 9)
        put(out, D_POA, row, buf, x, y)


@kernel
def body_837(
    buf: Bytes, starts: Words, firsts: Words, ids: Words, marks: Words, lo: int, hi: int, P: Words, K: Words,
    file_key: int, delta: int, out: Out,
) -> None:  # fmt: skip
    """Read segments lo .. hi - 1 of one 837 between ST and SE; claims are whole in that range.

    ``delta``: place in the file minus place in the chunk. Rows go to the six claim tables, counts and sums to K, errors to ``fail``.
    """
    component = P[P_COMPONENT]
    row = -1  # current claim
    line_row = -1
    payer_row = -1
    svd_row = -1  # first adjudication row of the current 2430
    lines = 0
    charges = 0
    payers = 0
    earliest = NULL
    latest = NULL
    loop = IN_CLAIM
    entity = 0
    service_seen = False  # whether the current line has its SV1 or SV2
    for i in range(lo, hi):
        K[K_SEGMENT] += 1
        name = ids[i]
        first = firsts[i]
        last = firsts[i + 1]
        if count(K, K_SEEN, name) == 1:
            add_amounts(buf, marks, first, last, name, K)
        if name == ID_CLM:
            K[K_CLAIM] += 1
        if K[K_BAD] != FINE:
            if P[P_HEADER_END] < 0:
                P[P_HEADER_END] = i  # what broke stands in the header: what was understood of it is kept
            continue
        byte = starts[i] + delta
        if name == ID_N3 or name == ID_N4:
            continue
        a, b = span(buf, marks, first, last, 1)
        what = code(buf, a, b)

        if name == ID_HL or name == ID_CLM:
            if row >= 0:
                _finish_claim(out, row, lines, charges, earliest, latest, K)
                row = -1
            if name == ID_HL:
                a, b = span(buf, marks, first, last, 3)
                _open_loop(P, K, i, integer(buf, a, b))
                continue
            if P[P_HL22] < 0 or (K[K_LEVEL] != 22 and K[K_LEVEL] != 23):
                fail(K, CLAIM_OUTSIDE, name, 0, byte)
                continue
            if P[P_HL22_END] < 0:
                P[P_HL22_END] = i
            if P[P_HL23] >= 0 and P[P_HL23_END] < 0:
                P[P_HL23_END] = i
            row = add_body_row(out, T_CLAIM, file_key, K)
            line_row = -1
            payer_row = -1
            svd_row = -1
            lines = 0
            charges = 0
            payers = 0
            earliest = NULL
            latest = NULL
            loop = IN_CLAIM
            for k in range(F_OTHER + 2):
                P[P_CODES + k] = 0
            K[K_CLAIMS] += 1
            set_number(out, C_NUMBER, row, K[K_CLAIM])
            put_word(out, C_TYPE, row, PROFESSIONAL if K[K_KIND] == KIND_837P else INSTITUTIONAL)
            fill(out, row, CLM, buf, marks, first, last, component, K, name, byte)
            _fill_parties(out, row, buf, firsts, marks, P, K)

        elif name == ID_CLP or name == ID_SVC or name == ID_PLB:
            fail(K, FOREIGN, name, 0, byte)

        elif row < 0:
            if name == ID_LX or name == ID_SV1 or name == ID_SV2 or name == ID_CAS or name == ID_SVD or name == ID_HI:
                fail(K, NO_CLAIM, name, 0, byte)
            elif not _note_segment(out, P, i, name, what, K[K_LEVEL]):
                K[K_WARN + W_UNKNOWN] += 1

        elif line_row >= 0 and (name == ID_HI or name == ID_SBR or (name == ID_NM1 and what == E_85)):
            fail(K, AFTER_LINE, name, 0, byte)  # else another patient's claim would be read into this one

        elif name == ID_LX or name == ID_SV1 or name == ID_SV2:
            svd_row = -1
            loop = IN_LINE
            if name == ID_LX or line_row < 0 or service_seen:
                lines += 1
                K[K_LINES] += 1
                line_row = add_body_row(out, T_LINE, file_key, K)
                set_number(out, L_CLAIM, line_row, K[K_CLAIM])
                set_number(out, L_NUMBER, line_row, lines)
                service_seen = False
                if name != ID_LX:
                    K[K_WARN + W_NO_LX] += 1
            if name == ID_LX:
                fill(out, line_row, LX, buf, marks, first, last, component, K, name, byte)
                continue
            service_seen = True
            if (name == ID_SV1) != (K[K_KIND] == KIND_837P):
                K[K_WARN + W_LINE_KIND] += 1
            if name == ID_SV1:
                fill(out, line_row, SV1, buf, marks, first, last, component, K, name, byte)
                fill(out, line_row, POINTERS, buf, marks, first, last, component, K, name, byte)
            else:
                fill(out, line_row, SV2, buf, marks, first, last, component, K, name, byte)
            charges += get_number(out, L_CHARGE, line_row)

        elif name == ID_DTP:
            a, b = span(buf, marks, first, last, 3)
            start, end = days(buf, a, b)
            if (what == D_472 and line_row >= 0) or (what == D_434 and line_row < 0):
                if start == BAD or end == BAD:
                    fail(K, BAD_DATE, name, 3, byte)
                elif what == D_434:
                    set_number(out, C_STATEMENT_FROM, row, start)
                    set_number(out, C_STATEMENT_THROUGH, row, end)
                elif start != NULL:
                    set_number(out, L_FROM, line_row, start)
                    set_number(out, L_THROUGH, line_row, end)
                    if earliest == NULL or start < earliest:
                        earliest = start
                    if latest == NULL or end > latest:
                        latest = end
            elif what == D_573:
                if loop == IN_LINE_ADJUDICATION:
                    start = optional(start, K)
                    if svd_row >= 0:
                        for k in range(svd_row, out.used[T_ADJUDICATION]):
                            set_number(out, A_DATE, k, start)
                elif payer_row >= 0 and line_row < 0:
                    set_number(out, Y_DATE, payer_row, optional(start, K))
            elif line_row < 0 and b - a >= 8:
                at = lookup(out, CLAIM_DATES, what)
                if at >= 0:
                    set_number(out, chosen(out, at), row, optional(start, K))

        elif name == ID_REF:
            a, b = span(buf, marks, first, last, 2)
            if what == Q_6R:
                if line_row >= 0 and loop != IN_LINE_ADJUDICATION:
                    put(out, L_CONTROL, line_row, buf, a, b)
            elif loop == IN_CLAIM:
                at = lookup(out, REFERENCES, what)
                if at >= 0:
                    put(out, chosen(out, at), row, buf, a, b)
            elif loop == IN_OTHER_NAME and what == Q_F8 and entity == E_PR:
                put(out, Y_CONTROL, payer_row, buf, a, b)

        elif name == ID_HI:
            _codes(out, buf, marks, first, last, component, file_key, K, P)

        elif name == ID_NM1:
            entity = what
            if line_row < 0 and payer_row >= 0:
                loop = IN_OTHER_NAME
                if what == E_IL:
                    fill(out, payer_row, OTHER_SUBSCRIBER, buf, marks, first, last, component, K, name, byte)
                elif what == E_PR:
                    fill(out, payer_row, OTHER_PAYER, buf, marks, first, last, component, K, name, byte)
            else:
                providers = CLAIM_PROVIDERS if line_row < 0 else LINE_PROVIDERS
                loop = IN_PROVIDER if line_row < 0 else IN_LINE_PROVIDER
                at = lookup(out, providers, what)
                a, b = span(buf, marks, first, last, 8)
                if at >= 0 and code(buf, a, b) == Q_XX:
                    a, b = span(buf, marks, first, last, 9)
                    put(out, chosen(out, at), row if line_row < 0 else line_row, buf, a, b)

        elif name == ID_PRV:
            if loop == IN_PROVIDER or loop == IN_LINE_PROVIDER:
                providers = CLAIM_PROVIDERS if loop == IN_PROVIDER else LINE_PROVIDERS
                at = lookup(out, providers, entity)
                if at >= 0 and chosen_too(out, at) >= 0:
                    a, b = span(buf, marks, first, last, 3)
                    put(out, chosen_too(out, at), row if loop == IN_PROVIDER else line_row, buf, a, b)

        elif name == ID_SBR:
            loop = IN_OTHER_PAYER
            payers += 1
            payer_row = add_body_row(out, T_PAYER, file_key, K)
            set_number(out, Y_CLAIM, payer_row, K[K_CLAIM])
            set_number(out, Y_ORDINAL, payer_row, payers)
            fill(out, payer_row, OTHER_SBR, buf, marks, first, last, component, K, name, byte)

        elif name == ID_SVD:
            loop = IN_LINE_ADJUDICATION
            svd_row = add_body_row(out, T_ADJUDICATION, file_key, K)
            set_number(out, A_CLAIM, svd_row, K[K_CLAIM])
            if line_row >= 0:
                set_number(out, A_LINE, svd_row, lines)
            put_word(out, A_KIND, svd_row, PAYMENT)
            fill(out, svd_row, SVD, buf, marks, first, last, component, K, name, byte)

        elif name == ID_CAS:
            for j in range(2, last - first, 3):
                a, b = span(buf, marks, first, last, j)
                x, y = span(buf, marks, first, last, j + 1)
                if b <= a and y <= x:
                    continue
                r = add_body_row(out, T_ADJUDICATION, file_key, K)
                set_number(out, A_CLAIM, r, K[K_CLAIM])
                put_word(out, A_KIND, r, ADJUSTMENT)
                put(out, A_REASON, r, buf, a, b)
                set_number(out, A_AMOUNT, r, needed_amount(decimal(buf, x, y, 2, True), K, name, j + 1, byte))
                a, b = span(buf, marks, first, last, 1)
                put(out, A_GROUP, r, buf, a, b)
                a, b = span(buf, marks, first, last, j + 2)
                set_number(out, A_UNITS, r, optional(decimal(buf, a, b, 4, False), K))
                if line_row < 0:
                    if payer_row >= 0:
                        set_number(out, A_PAYER_ORDINAL, r, payers)
                else:
                    set_number(out, A_LINE, r, lines)
                    if svd_row >= 0:
                        base = out.text_base[A_PAYER]
                        out.text[2 * (base + r)] = out.text[2 * (base + svd_row)]
                        out.text[2 * (base + r) + 1] = out.text[2 * (base + svd_row) + 1]

        elif name == ID_AMT:
            if line_row < 0:
                if payer_row >= 0:
                    at = lookup(out, OTHER_AMOUNTS, what)
                    if at >= 0:
                        a, b = span(buf, marks, first, last, 2)
                        set_number(out, chosen(out, at), payer_row, optional(decimal(buf, a, b, 2, True), K))
                elif what == M_F5:
                    fill(out, row, PATIENT_PAID, buf, marks, first, last, component, K, name, byte)

        elif name == ID_NTE:
            r = add_body_row(out, T_NOTE, file_key, K)
            set_number(out, N_CLAIM, r, K[K_CLAIM])
            if line_row >= 0:
                set_number(out, N_LINE, r, lines)
            fill(out, r, NTE, buf, marks, first, last, component, K, name, byte)

        elif name == ID_CL1:
            fill(out, row, CL1, buf, marks, first, last, component, K, name, byte)

        elif name == ID_LIN and line_row >= 0:
            loop = IN_DRUG
            fill(out, line_row, LIN, buf, marks, first, last, component, K, name, byte)

        elif lookup(out, PASSED_OVER, name) < 0:
            K[K_WARN + W_UNKNOWN] += 1
    if row >= 0 and K[K_BAD] == FINE:
        _finish_claim(out, row, lines, charges, earliest, latest, K)
