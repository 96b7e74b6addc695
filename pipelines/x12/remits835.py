"""835: the segments of a transaction set to remittances (CLP), lines (SVC), adjustments, remarks and provider adjustments.

What does not belong here: envelopes (envelope), the meaning of a status or reason code (sql/).
"""

from __future__ import annotations

from pipelines.x12.amounts import add_amounts
from pipelines.x12.columns import (
    TABLE_NUMBER,
    Out,
    add_body_row,
    choices,
    chosen,
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
from pipelines.x12.segments import BAD, NULL, code, days, decimal, part, segment_id, span
from pipelines.x12.state import (
    AFTER_LINE,
    BAD_DATE,
    FINE,
    FOREIGN,
    K_BAD,
    K_CHARGES,
    K_CLAIMS,
    K_LINES,
    K_PAID,
    K_PLB_SUM,
    K_REMIT,
    K_SEEN,
    K_SEGMENT,
    K_UNBALANCED_CLAIMS,
    K_UNBALANCED_LINES,
    K_WARN,
    NO_CLAIM,
    P_BPR,
    P_COMPONENT,
    P_ENTITY,
    P_HEADER_END,
    P_LX,
    P_LX_END,
    P_PAYEE_N1,
    P_PAYEE_REF,
    P_PAYER_N1,
    P_PAYER_REF,
    P_PRODUCTION,
    P_TRN,
    W_UNKNOWN,
    count,
    fail,
)  # fmt: skip
from pipelines.x12.tables import (
    PROVIDER_ADJUSTMENT,
    REMIT,
    REMIT_ADJUSTMENT,
    REMIT_AMOUNT,
    REMIT_LINE,
    REMIT_REMARK,
    REMIT_SUMMARY,
    column,
)  # fmt: skip

T_REMIT, T_LINE, T_ADJUSTMENT = TABLE_NUMBER["remit"], TABLE_NUMBER["remit_line"], TABLE_NUMBER["remit_adjustment"]
T_AMOUNT, T_REMARK, T_SUMMARY = TABLE_NUMBER["remit_amount"], TABLE_NUMBER["remit_remark"], TABLE_NUMBER["remit_summary"]
T_PLB = TABLE_NUMBER["provider_adjustment"]

# --- which element goes where ----------------------------------------------------------------------

CLP = fields(
    REMIT,
    "1:patient_control_number 2:status_code 3:charge_amount:amount_needed 4:paid_amount:amount_needed"
    " 5:patient_responsibility_amount:amount_strict 6:filing_indicator_code 7:payer_claim_control_number 8:facility_code 9:frequency_code"
    " 10:patient_status_code 11:drg_code 12:drg_weight:units 13:discharge_fraction:units",
)
REMIT_LX = fields(REMIT, "1:lx_number")
SVC = fields(
    REMIT_LINE,
    "1-1:procedure_qualifier 1-2:procedure_code 1-3:modifier_1 1-4:modifier_2 1-5:modifier_3 1-6:modifier_4 2:charge_amount:amount_needed"
    " 3:paid_amount:amount_needed 4:revenue_code 5:paid_units:units_strict 6-1:original_procedure_qualifier 6-2:original_procedure_code"
    " 6-3:original_modifier_1 6-4:original_modifier_2 6-5:original_modifier_3 6-6:original_modifier_4 7:original_units:units",
)
ALLOWED = fields(REMIT_LINE, "2:allowed_amount:amount_strict")
COVERAGE = fields(REMIT, "2:coverage_amount:amount")
AMT = fields(REMIT_AMOUNT, "1:qualifier_code 2:value:units")
LQ = fields(REMIT_REMARK, "1:qualifier_code 2:remark_code")
PLB = fields(PROVIDER_ADJUSTMENT, "1:provider_id 2:fiscal_period_date:day")
TS3 = fields(REMIT_SUMMARY, "1:provider_id 2:facility_code 3:fiscal_period_date:day")
SUMMARY_LX = fields(REMIT_SUMMARY, "1:lx_number")

_c = segment_id
# NM101 to the column of NM109 (only the rendering provider's must be an NPI); REF01 of a claim and of a line
PARTIES = choices(
    ("QC", column(REMIT, "patient_member_id"), -1),
    ("IL", column(REMIT, "member_id"), -1),
    ("74", column(REMIT, "corrected_member_id"), -1),
    ("82", column(REMIT, "rendering_npi"), -1),
    ("TT", column(REMIT, "crossover_payer_id"), -1),
    ("PR", column(REMIT, "corrected_payer_id"), -1),
)
REFERENCES = choices(
    ("EA", column(REMIT, "medical_record_number"), -1),
    ("F8", column(REMIT, "original_reference_number"), -1),
    ("G1", column(REMIT, "prior_authorization_number"), -1),
)
LINE_REFERENCES = choices(("6R", column(REMIT_LINE, "line_control_number"), -1), ("HPI", column(REMIT_LINE, "rendering_npi"), -1))
# Where MIA and MOA hold remark codes
MIA_REMARKS = (5, 20, 21, 22, 23)
MOA_REMARKS = (3, 4, 5, 6, 7)

R_NUMBER, R_CHARGE, R_PAID, R_SHARE, R_FROM, R_THROUGH, R_RECEIVED = (
    column(REMIT, n)
    for n in ("remit_number", "charge_amount", "paid_amount", "patient_responsibility_amount", "from_date", "through_date", "received_date")
)
R_LINE_COUNT, R_ADJUSTED, R_PATIENT_ADJUSTED, R_BALANCED, R_SHARE_BALANCED = (
    column(REMIT, n) for n in ("line_count", "adjustment_amount", "patient_adjustment_amount", "is_balanced", "is_patient_share_balanced")
)
L_REMIT, L_NUMBER, L_CHARGE, L_PAID, L_FROM, L_THROUGH = (
    column(REMIT_LINE, n)
    for n in ("remit_number", "line_number", "charge_amount", "paid_amount", "service_from_date", "service_through_date")
)
L_ADJUSTED, L_PATIENT_ADJUSTED, L_BALANCED = (
    column(REMIT_LINE, n) for n in ("adjustment_amount", "patient_adjustment_amount", "is_balanced")
)
A_REMIT, A_LINE, A_ORDINAL, A_GROUP, A_REASON, A_AMOUNT, A_UNITS = (
    column(REMIT_ADJUSTMENT, n)
    for n in ("remit_number", "line_number", "adjustment_ordinal", "group_code", "reason_code", "amount", "units")
)
M_REMIT, M_LINE, M_NAME = (column(REMIT_AMOUNT, n) for n in ("remit_number", "line_number", "segment_code"))
K_REMIT_COLUMN, K_LINE_COLUMN, K_SOURCE, K_REMARK = (
    column(REMIT_REMARK, n) for n in ("remit_number", "line_number", "source_code", "remark_code")
)
S_NAME, S_ELEMENT, S_VALUE = (column(REMIT_SUMMARY, n) for n in ("segment_code", "element_number", "value"))
B_ORDINAL, B_REASON, B_REFERENCE, B_AMOUNT = (
    column(PROVIDER_ADJUSTMENT, n) for n in ("adjustment_ordinal", "reason_code", "reference_id", "amount")
)

ID_BPR, ID_TRN, ID_DTM, ID_N1, ID_N3, ID_N4, ID_REF = (_c(s) for s in ("BPR", "TRN", "DTM", "N1", "N3", "N4", "REF"))
ID_LX, ID_TS3, ID_TS2, ID_CLP, ID_CAS, ID_NM1 = (_c(s) for s in ("LX", "TS3", "TS2", "CLP", "CAS", "NM1"))
ID_MIA, ID_MOA, ID_AMT, ID_QTY, ID_SVC, ID_LQ, ID_PLB = (_c(s) for s in ("MIA", "MOA", "AMT", "QTY", "SVC", "LQ", "PLB"))
ID_CLM, ID_SV1, ID_SV2 = (_c(s) for s in ("CLM", "SV1", "SV2"))
PASSED_OVER = choices(*((s, 0, 0) for s in ["PER", "CUR", "RDM", "N2", "K3", "N1", "TRN", "NM1", "MIA", "MOA", "LQ", "AMT", "QTY"]))

E_PR, E_PE, E_82, E_QC = (_c(s) for s in ("PR", "PE", "82", "QC"))
Q_XX, Q_2U, Q_TJ = (_c(s) for s in ("XX", "2U", "TJ"))
D_405, D_232, D_233, D_050, D_472, D_150, D_151 = (_c(s) for s in ("405", "232", "233", "050", "472", "150", "151"))
V_B6, V_AU, G_PR, STATUS_REVERSAL = _c("B6"), _c("AU"), _c("PR"), _c("22")
WORD_MIA, WORD_MOA, WORD_LQ, WORD_AMT, WORD_QTY, WORD_TS2, WORD_TS3 = (word(s) for s in ("MIA", "MOA", "LQ", "AMT", "QTY", "TS2", "TS3"))


@kernel
def _add(out: Out, place: int, row: int, value: int) -> None:
    set_number(out, place, row, get_number(out, place, row) + value)


@kernel
def _finish_line(out: Out, row: int, K: Words) -> None:
    """SVC02 - CAS = SVC03."""
    balanced = get_number(out, L_CHARGE, row) - get_number(out, L_ADJUSTED, row) == get_number(out, L_PAID, row)
    set_number(out, L_BALANCED, row, 1 if balanced else 0)
    if not balanced:
        K[K_UNBALANCED_LINES] += 1


@kernel
def _finish_remit(out: Out, row: int, lines: int, reversal: bool, K: Words) -> None:
    """CLP03 - all CAS = CLP04; CLP05 = sum of PR, which does not hold on reversals and says nothing there."""
    set_number(out, R_LINE_COUNT, row, lines)
    balanced = get_number(out, R_CHARGE, row) - get_number(out, R_ADJUSTED, row) == get_number(out, R_PAID, row)
    set_number(out, R_BALANCED, row, 1 if balanced else 0)
    if not balanced:
        K[K_UNBALANCED_CLAIMS] += 1
    K[K_CHARGES] += get_number(out, R_CHARGE, row)
    K[K_PAID] += get_number(out, R_PAID, row)
    if not reversal:
        share = get_number(out, R_SHARE, row)
        if share == NULL:
            share = 0
        set_number(out, R_SHARE_BALANCED, row, 1 if share == get_number(out, R_PATIENT_ADJUSTED, row) else 0)


@kernel
def _date(out: Out, row: int, line_row: int, what: int, start: int, end: int, K: Words, name: int, byte: int) -> None:
    """A DTM of a claim, or of a line where line_row >= 0."""
    if line_row >= 0:
        if what != D_472 and what != D_150 and what != D_151:
            return
        target, begin, stop, ends = line_row, L_FROM, L_THROUGH, what == D_151
    else:
        if what == D_050:
            set_number(out, R_RECEIVED, row, optional(start, K))
            return
        if what != D_232 and what != D_233:
            return
        target, begin, stop, ends = row, R_FROM, R_THROUGH, what == D_233
    if start == BAD or end == BAD:
        fail(K, BAD_DATE, name, 2, byte)
        return
    if not ends:
        set_number(out, begin, target, start)
    if ends or what == D_472 or get_number(out, stop, target) == NULL:
        set_number(out, stop, target, end)


@kernel
def _note_header(out: Out, P: Words, i: int, name: int, what: int) -> bool:
    """A segment outside a claim: note where it stands, if that is in the header. False where it is unknown."""
    if P[P_HEADER_END] >= 0:
        return name == ID_REF or name == ID_DTM or lookup(out, PASSED_OVER, name) >= 0
    if name == ID_N1:
        P[P_ENTITY] = what
        if what == E_PR:
            P[P_PAYER_N1] = i
            P[P_PAYER_REF] = -1
        elif what == E_PE:
            P[P_PAYEE_N1] = i
            P[P_PAYEE_REF] = -1
    elif name == ID_REF:
        if what == Q_2U and P[P_ENTITY] == E_PR:
            P[P_PAYER_REF] = i
        elif what == Q_TJ and P[P_ENTITY] == E_PE:
            P[P_PAYEE_REF] = i
    elif name == ID_DTM:
        if what == D_405:
            P[P_PRODUCTION] = i
    elif name == ID_TRN:
        P[P_TRN] = i
    else:
        return lookup(out, PASSED_OVER, name) >= 0
    return True


@kernel
def body_835(
    buf: Bytes, starts: Words, firsts: Words, ids: Words, marks: Words, lo: int, hi: int, P: Words, K: Words,
    file_key: int, delta: int, out: Out,
) -> None:  # fmt: skip
    """Read segments lo .. hi - 1 of one 835 between ST and SE; remittances are whole in that range. Arguments as in body_837."""
    component = P[P_COMPONENT]
    row = -1
    line_row = -1
    lines = 0
    reversal = False
    for i in range(lo, hi):
        K[K_SEGMENT] += 1
        name = ids[i]
        first = firsts[i]
        last = firsts[i + 1]
        if count(K, K_SEEN, name) == 1 or name == ID_BPR:
            add_amounts(buf, marks, first, last, name, K)
        if name == ID_CLP:
            K[K_REMIT] += 1
        if K[K_BAD] != FINE:
            if P[P_HEADER_END] < 0:
                P[P_HEADER_END] = i  # what broke stands in the header: what was understood of it is kept
            continue
        byte = starts[i] + delta
        if name == ID_N3 or name == ID_N4:
            continue
        a, b = span(buf, marks, first, last, 1)
        what = code(buf, a, b)

        if name == ID_CLP or name == ID_LX or name == ID_PLB or name == ID_SVC:
            if line_row >= 0:
                _finish_line(out, line_row, K)
                line_row = -1
            if name != ID_SVC:
                if row >= 0:
                    _finish_remit(out, row, lines, reversal, K)
                    row = -1
                if P[P_HEADER_END] < 0:
                    P[P_HEADER_END] = i
                if P[P_LX] >= 0 and P[P_LX_END] < 0:
                    P[P_LX_END] = i

        if name == ID_CLM or name == ID_SV1 or name == ID_SV2:
            fail(K, FOREIGN, name, 0, byte)

        elif name == ID_CAS:
            if row < 0:
                fail(K, NO_CLAIM, name, 0, byte)
                continue
            ordinal = 0
            for j in range(2, last - first, 3):
                a, b = span(buf, marks, first, last, j)
                x, y = span(buf, marks, first, last, j + 1)
                if b <= a and y <= x:
                    continue
                ordinal += 1
                value = needed_amount(decimal(buf, x, y, 2, True), K, name, j + 1, byte)
                r = add_body_row(out, T_ADJUSTMENT, file_key, K)
                set_number(out, A_REMIT, r, K[K_REMIT])
                set_number(out, A_ORDINAL, r, ordinal)
                set_number(out, A_AMOUNT, r, value)
                put(out, A_REASON, r, buf, a, b)
                a, b = span(buf, marks, first, last, 1)
                put(out, A_GROUP, r, buf, a, b)
                a, b = span(buf, marks, first, last, j + 2)
                set_number(out, A_UNITS, r, optional(decimal(buf, a, b, 4, False), K))
                _add(out, R_ADJUSTED, row, value)
                if what == G_PR:
                    _add(out, R_PATIENT_ADJUSTED, row, value)
                if line_row >= 0:
                    set_number(out, A_LINE, r, lines)
                    _add(out, L_ADJUSTED, line_row, value)
                    if what == G_PR:
                        _add(out, L_PATIENT_ADJUSTED, line_row, value)

        elif name == ID_SVC:
            if row < 0:
                fail(K, NO_CLAIM, name, 0, byte)
                continue
            lines += 1
            K[K_LINES] += 1
            line_row = add_body_row(out, T_LINE, file_key, K)
            set_number(out, L_REMIT, line_row, K[K_REMIT])
            set_number(out, L_NUMBER, line_row, lines)
            set_number(out, L_ADJUSTED, line_row, 0)
            set_number(out, L_PATIENT_ADJUSTED, line_row, 0)
            fill(out, line_row, SVC, buf, marks, first, last, component, K, name, byte)

        elif name == ID_CLP:
            row = add_body_row(out, T_REMIT, file_key, K)
            lines = 0
            reversal = False
            K[K_CLAIMS] += 1
            set_number(out, R_NUMBER, row, K[K_REMIT])
            set_number(out, R_ADJUSTED, row, 0)
            set_number(out, R_PATIENT_ADJUSTED, row, 0)
            fill(out, row, CLP, buf, marks, first, last, component, K, name, byte)
            if P[P_LX] >= 0:
                fill(out, row, REMIT_LX, buf, marks, firsts[P[P_LX]], firsts[P[P_LX] + 1], component, K, name, byte)
            a, b = span(buf, marks, first, last, 2)
            reversal = code(buf, a, b) == STATUS_REVERSAL

        elif name == ID_LX:
            P[P_LX] = i
            P[P_LX_END] = -1

        elif name == ID_PLB:
            ordinal = 0
            for j in range(3, last - first, 2):
                a, b = span(buf, marks, first, last, j)
                x, y = span(buf, marks, first, last, j + 1)
                if b <= a and y <= x:
                    continue
                ordinal += 1
                value = needed_amount(decimal(buf, x, y, 2, True), K, name, j + 1, byte)
                K[K_PLB_SUM] += value
                r = add_body_row(out, T_PLB, file_key, K)
                fill(out, r, PLB, buf, marks, first, last, component, K, name, byte)
                set_number(out, B_ORDINAL, r, ordinal)
                set_number(out, B_AMOUNT, r, value)
                x, y = part(buf, a, b, component, 1)
                put(out, B_REASON, r, buf, x, y)
                x, y = part(buf, a, b, component, 2)
                put(out, B_REFERENCE, r, buf, x, y)

        elif name == ID_TS3 or name == ID_TS2:
            for j in range(4 if name == ID_TS3 else 1, last - first):
                a, b = span(buf, marks, first, last, j)
                value = optional(decimal(buf, a, b, 4, False), K)
                if value == NULL:
                    continue
                r = add_body_row(out, T_SUMMARY, file_key, K)
                put_word(out, S_NAME, r, WORD_TS3 if name == ID_TS3 else WORD_TS2)
                set_number(out, S_ELEMENT, r, j)
                set_number(out, S_VALUE, r, value)
                if P[P_LX] >= 0:
                    fill(out, r, SUMMARY_LX, buf, marks, firsts[P[P_LX]], firsts[P[P_LX] + 1], component, K, name, byte)
                if name == ID_TS3:
                    fill(out, r, TS3, buf, marks, first, last, component, K, name, byte)

        elif name == ID_BPR:
            if P[P_HEADER_END] < 0:
                P[P_BPR] = i
            a, b = span(buf, marks, first, last, 2)
            needed_amount(decimal(buf, a, b, 2, True), K, name, 2, byte)

        elif row < 0:
            if not _note_header(out, P, i, name, what):
                K[K_WARN + W_UNKNOWN] += 1

        elif name == ID_DTM:
            a, b = span(buf, marks, first, last, 2)
            start, end = days(buf, a, b)
            _date(out, row, line_row, what, start, end, K, name, byte)

        elif name == ID_REF:
            a, b = span(buf, marks, first, last, 2)
            references = LINE_REFERENCES if line_row >= 0 else REFERENCES
            at = lookup(out, references, what)
            if at >= 0:
                put(out, chosen(out, at), line_row if line_row >= 0 else row, buf, a, b)

        elif name == ID_AMT or name == ID_QTY:
            r = add_body_row(out, T_AMOUNT, file_key, K)
            set_number(out, M_REMIT, r, K[K_REMIT])
            put_word(out, M_NAME, r, WORD_AMT if name == ID_AMT else WORD_QTY)
            fill(out, r, AMT, buf, marks, first, last, component, K, name, byte)
            if line_row >= 0:
                set_number(out, M_LINE, r, lines)
                if name == ID_AMT and what == V_B6:
                    fill(out, line_row, ALLOWED, buf, marks, first, last, component, K, name, byte)
            elif name == ID_AMT and what == V_AU:
                fill(out, row, COVERAGE, buf, marks, first, last, component, K, name, byte)

        elif name == ID_LQ:
            r = add_body_row(out, T_REMARK, file_key, K)
            set_number(out, K_REMIT_COLUMN, r, K[K_REMIT])
            if line_row >= 0:
                set_number(out, K_LINE_COLUMN, r, lines)
            put_word(out, K_SOURCE, r, WORD_LQ)
            fill(out, r, LQ, buf, marks, first, last, component, K, name, byte)

        elif name == ID_NM1 and what == E_QC and line_row >= 0:
            fail(K, AFTER_LINE, name, 0, byte)  # else another patient's lines would be read into this remittance

        elif name == ID_NM1:
            at = lookup(out, PARTIES, what)
            a, b = span(buf, marks, first, last, 8)
            if at >= 0 and (what != E_82 or code(buf, a, b) == Q_XX):
                a, b = span(buf, marks, first, last, 9)
                put(out, chosen(out, at), row, buf, a, b)

        elif name == ID_MIA or name == ID_MOA:
            for k in range(5):
                a, b = span(buf, marks, first, last, MIA_REMARKS[k] if name == ID_MIA else MOA_REMARKS[k])
                if b > a:
                    r = add_body_row(out, T_REMARK, file_key, K)
                    set_number(out, K_REMIT_COLUMN, r, K[K_REMIT])
                    put_word(out, K_SOURCE, r, WORD_MIA if name == ID_MIA else WORD_MOA)
                    put(out, K_REMARK, r, buf, a, b)

        elif lookup(out, PASSED_OVER, name) < 0:
            K[K_WARN + W_UNKNOWN] += 1
    if K[K_BAD] == FINE:
        if line_row >= 0:
            _finish_line(out, line_row, K)
        if row >= 0:
            _finish_remit(out, row, lines, reversal, K)
