"""The tables that the X12 reader gives: names, columns and types, once, for the kernels, the landing and the docs.

What does not belong here: how a column is filled (claims837, remits835, envelope) and how it is stored (landing).

Column kinds, and what they become in Arrow and in DuckDB:

=========  =======================  ==============  =====================================================
kind       Arrow                    DuckDB          meaning
=========  =======================  ==============  =====================================================
text       string_view              VARCHAR         text as sent, trimmed; empty = null
amount     decimal128(18, 2)        DECIMAL(18,2)   dollars, exact
units      decimal128(18, 4)        DECIMAL(18,4)   quantities; more than four decimals are rounded half up
date       date32                   DATE
count      int32                    INTEGER         ordinals, counts, segment numbers
big        int64                    BIGINT          byte offsets and sizes
flag       bool                     BOOLEAN
private    string_view              (never stored)  what names a patient: the landing stores keyed hashes, an age, sealed text
=========  =======================  ==============  =====================================================

Every table starts with PROVENANCE: which file (``file_key`` of raw.file), which transaction set of the file (1, 2, …) and which
segment of the transaction set (ST is 1, as SE01 counts).
"""

from __future__ import annotations

from dataclasses import dataclass

KINDS = ("text", "amount", "units", "date", "count", "big", "flag", "private")

PROVENANCE = "file_key:count transaction_set:count segment_number:count"


@dataclass(frozen=True)
class Table:
    """One table of the reader: its name without schema, its grain in words, and (column, kind) in order."""

    name: str
    grain: str
    columns: tuple[tuple[str, str], ...]

    @property
    def texts(self) -> tuple[str, ...]:
        return tuple(c for c, k in self.columns if k in ("text", "private"))

    @property
    def numbers(self) -> tuple[str, ...]:
        return tuple(c for c, k in self.columns if k not in ("text", "private"))


def _table(name: str, grain: str, *columns: str, provenance: bool = True) -> Table:
    words = ([PROVENANCE] if provenance else []) + list(columns)
    pairs = [w.split(":") for w in " ".join(words).split()]
    made = tuple((p[0], p[1] if len(p) > 1 else "text") for p in pairs)
    assert all(k in KINDS for _, k in made), name
    assert len({c for c, _ in made}) == len(made), name
    return Table(name, grain, made)


CLAIM = _table(
    "claim",
    "one row a CLM of an 837",
    # claim_number: ordinal among the landed CLMs of its file. CLM01 may repeat and is no key.
    "claim_number:count claim_type patient_control_number charge_amount:amount",
    # CLM05 with all its parts; facility_qualifier_code is B (place of service) or A (type of bill)
    "facility_code facility_qualifier_code frequency_code",
    "assignment_code benefits_assignment_code release_code related_cause_code_1 related_cause_code_2 related_cause_code_3",
    "accident_state_code accident_date:date special_program_code delay_reason_code",
    # the claim's own payer (2000B SBR, 2010BB)
    "payer_sequence_code relationship_code insurance_type_code filing_indicator_code payer_id_qualifier payer_id payer_name",
    "is_dependent:flag member_id:private patient_member_id:private birth_date:private medical_record_number:private",
    # providers
    "billing_npi billing_taxonomy_code billing_tax_id rendering_npi rendering_taxonomy_code referring_npi supervising_npi",
    "service_facility_npi attending_npi attending_taxonomy_code operating_npi other_operating_npi",
    # dates; from/through: statement dates (DTP*434), else the first and last service date of the lines
    "from_date:date through_date:date statement_from_date:date statement_through_date:date",
    "admission_date:date discharge_date:date",
    "admission_type_code admission_source_code patient_status_code",
    # references
    "original_reference_number clearinghouse_number prior_authorization_number referral_number",
    "patient_paid_amount:amount",
    # balance: CLM02 against the sum of line charges (RULES.md section 7)
    "line_count:count line_charge_amount:amount is_balanced:flag",
)

CLAIM_DIAGNOSIS = _table(
    "claim_diagnosis",
    "one row an HI composite: diagnoses, and on 837I procedures, condition, occurrence and value codes too",
    "claim_number:count",
    # hi_ordinal: place among the claim's HI composites, 1, 2, … ; code_ordinal: place among those of the same family
    # family: diagnosis (ABK BK ABF BF), admitting (ABJ BJ), reason_for_visit (APR PR), external_cause (ABN BN), drg (DR),
    # procedure (BBR BR BBQ BQ BP BO), condition (BG), occurrence (BH), occurrence_span (BI), value (BE), treatment (TC), other
    "hi_ordinal:count code_ordinal:count family qualifier_code code code_date:date code_through_date:date",
    "code_amount:amount present_on_admission_code",
)

CLAIM_LINE = _table(
    "claim_line",
    "one row a service line (LX with its SV1 or SV2)",
    # line_number: ordinal of the line in its claim; assigned_number: LX01 as sent
    "claim_number:count line_number:count assigned_number",
    "procedure_qualifier procedure_code modifier_1 modifier_2 modifier_3 modifier_4",
    "charge_amount:amount unit_code units:units place_of_service_code revenue_code non_covered_amount:amount",
    "diagnosis_pointer_1:count diagnosis_pointer_2:count diagnosis_pointer_3:count diagnosis_pointer_4:count",
    "emergency_code service_from_date:date service_through_date:date line_control_number",
    "rendering_npi rendering_taxonomy_code referring_npi ordering_npi supervising_npi service_facility_npi operating_npi",
    "drug_code",
)

CLAIM_NOTE = _table(
    "claim_note",
    "one row an NTE of a claim (line_number null) or of a line",
    "claim_number:count line_number:count note_code note_text:private",
)

CLAIM_PAYER = _table(
    "claim_payer",
    "one row a 2320 loop: another payer of the same claim",
    "claim_number:count payer_ordinal:count payer_sequence_code relationship_code insurance_type_code filing_indicator_code",
    "payer_id payer_name member_id:private claim_control_number",
    # AMT D, A8, EAF of 2320; DTP 573 of 2330B
    "paid_amount:amount non_covered_amount:amount remaining_amount:amount adjudication_date:date",
)

CLAIM_ADJUDICATION = _table(
    "claim_adjudication",
    "what another payer did, as the claim tells it: one row an SVD (row_kind payment) and one a CAS triplet (row_kind adjustment)",
    # line_number null = claim level (2320); payer_ordinal: which 2320 loop (null on lines, where payer_id = SVD01 tells)
    "claim_number:count line_number:count payer_ordinal:count payer_id row_kind",
    "group_code reason_code amount:amount units:units procedure_code bundled_line_number:count adjudication_date:date",
)

REMIT = _table(
    "remit",
    "one row a CLP of an 835",
    # remit_number: ordinal among the landed CLPs of its file; lx_number: LX01 of the header number loop
    "remit_number:count lx_number patient_control_number status_code charge_amount:amount paid_amount:amount",
    "patient_responsibility_amount:amount filing_indicator_code payer_claim_control_number facility_code frequency_code",
    "patient_status_code drg_code drg_weight:units discharge_fraction:units",
    "patient_member_id:private member_id:private corrected_member_id:private medical_record_number:private",
    "rendering_npi crossover_payer_id corrected_payer_id original_reference_number prior_authorization_number",
    "from_date:date through_date:date received_date:date coverage_amount:amount",
    # balance: CLP03 - all CAS of the claim = CLP04; CLP05 = sum of PR, except on reversals (RULES.md section 7)
    "line_count:count adjustment_amount:amount patient_adjustment_amount:amount is_balanced:flag is_patient_share_balanced:flag",
)

REMIT_LINE = _table(
    "remit_line",
    "one row an SVC of an 835",
    "remit_number:count line_number:count",
    "procedure_qualifier procedure_code modifier_1 modifier_2 modifier_3 modifier_4 revenue_code",
    "charge_amount:amount paid_amount:amount paid_units:units",
    # SVC06/SVC07: what was submitted, where the payer changed it
    "original_procedure_qualifier original_procedure_code original_modifier_1 original_modifier_2 original_modifier_3",
    "original_modifier_4 original_units:units",
    "service_from_date:date service_through_date:date line_control_number rendering_npi",
    # AMT*B6; balance: SVC02 - CAS = SVC03
    "allowed_amount:amount adjustment_amount:amount patient_adjustment_amount:amount is_balanced:flag",
)

REMIT_ADJUSTMENT = _table(
    "remit_adjustment",
    "one row a CAS triplet; line_number null = claim level",
    "remit_number:count line_number:count adjustment_ordinal:count group_code reason_code amount:amount units:units",
)

REMIT_AMOUNT = _table(
    "remit_amount",
    "one row an AMT or QTY of a claim or line of an 835 (AMT*B6 stands in remit_line.allowed_amount too)",
    "remit_number:count line_number:count segment_code qualifier_code value:units",
)

REMIT_REMARK = _table(
    "remit_remark",
    "one row a remark code: LQ of a line, MIA or MOA of a claim",
    "remit_number:count line_number:count source_code qualifier_code remark_code",
)

REMIT_SUMMARY = _table(
    "remit_summary",
    "one row a filled numeric element of TS3 or TS2 (provider summary)",
    "lx_number segment_code element_number:count provider_id facility_code fiscal_period_date:date value:units",
)

PROVIDER_ADJUSTMENT = _table(
    "provider_adjustment",
    "one row a reason and amount pair of a PLB",
    "adjustment_ordinal:count provider_id fiscal_period_date:date reason_code reference_id amount:amount",
)

INTERCHANGE = _table(
    "interchange",
    "one row an ISA",
    "file_key:count interchange:count byte_offset:big sender_qualifier sender_id receiver_qualifier receiver_id",
    "created_date:date created_time control_number version_code usage_code",
    "element_separator component_separator repetition_separator segment_terminator",
    "trailer_control_number declared_group_count:count found_group_count:count",
    provenance=False,
)

FUNCTIONAL_GROUP = _table(
    "functional_group",
    "one row a GS",
    "file_key:count interchange:count functional_group:count byte_offset:big functional_id_code sender_code receiver_code",
    "created_date:date created_time control_number version_code",
    "trailer_control_number declared_transaction_set_count:count found_transaction_set_count:count",
    provenance=False,
)

TRANSACTION_SET = _table(
    "transaction_set",
    "one row an ST, landed or set aside",
    "file_key:count transaction_set:count interchange:count functional_group:count byte_offset:big byte_count:big",
    "transaction_code version_code kind control_number trailer_control_number",
    "declared_segment_count:count found_segment_count:count is_landed:flag",
    # 837: BHT; 835: BPR, TRN, N1*PR, N1*PE, DTM*405
    "purpose_code reference_id created_date:date created_time claim_or_encounter_code submitter_id receiver_id",
    "handling_code payment_amount:amount credit_debit_code payment_method_code payment_date:date trace_number",
    "payer_identifier payer_id payer_name payee_npi payee_tax_id production_date:date",
    # balance: sum of CLP04 - sum of PLB = BPR02; 837: claims whose CLM02 differs from their lines
    "claim_count:count line_count:count charge_total_amount:amount claim_paid_total_amount:amount",
    "provider_adjustment_total_amount:amount unbalanced_claim_count:count unbalanced_line_count:count is_balanced:flag",
    provenance=False,
)

TABLES: tuple[Table, ...] = (
    INTERCHANGE,
    FUNCTIONAL_GROUP,
    TRANSACTION_SET,
    CLAIM,
    CLAIM_DIAGNOSIS,
    CLAIM_LINE,
    CLAIM_NOTE,
    CLAIM_PAYER,
    CLAIM_ADJUDICATION,
    REMIT,
    REMIT_LINE,
    REMIT_ADJUSTMENT,
    REMIT_AMOUNT,
    REMIT_REMARK,
    REMIT_SUMMARY,
    PROVIDER_ADJUSTMENT,
)


def _numbered(columns: list[tuple[str, str]]) -> dict[tuple[str, str], int]:
    return {column: place for place, column in enumerate(columns)}


# Every text column and every number column of all tables has a number of its own, by which the kernels address it.
TEXT_COLUMNS = _numbered([(t.name, c) for t in TABLES for c in t.texts])
NUMBER_COLUMNS = _numbered([(t.name, c) for t in TABLES for c in t.numbers])


def column(table: Table, name: str) -> int:
    """Number of a column among the text columns, or among the number columns, of all tables."""
    place = (table.name, name)
    return TEXT_COLUMNS[place] if place in TEXT_COLUMNS else NUMBER_COLUMNS[place]
