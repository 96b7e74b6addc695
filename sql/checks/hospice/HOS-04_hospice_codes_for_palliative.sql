/* ---
id: HOS-04
title: Hospice codes for a patient who is not in hospice (palliative care billed as hospice)
family: hospice
direction: over
proof: suggests
severity: medium
needs: [claims, hospice]
counts: >-
  Each professional line, and each line of a palliative clinician's institutional claim, with a hospice code, modifier, place of service,
  revenue code or type of bill.
amount: allowed of the line
authority: >-
  Seed 000 (Z51.5 for palliative care, not hospice billing codes); CGS article on hospice physician services; Cahaba table of hospice
  revenue codes and Q codes
valid_from: 2016-01-01
false_positives: The election is real, but the hospice's claims and notices are not in the inbox.
fix: Confirm the hospice election. Without one, bill the visit with Z51.5 and take the hospice codes and modifiers off.
teach: >-
  Palliative care is billed by the visit or the time, with Z51.5 as diagnosis. Hospice types of bill, revenue and Q codes need an
  election.
--- */
select
  h.claim_key,
  h.line_number,
  cast(null as varchar) as documentation_id,
  not h.has_span as is_violation,
  cast(null as integer) as minutes,
  a.allowed_amount as at_risk_amount,
  cast(null as decimal(18, 2)) as recoverable_amount,
  a.amount_method,
  to_json(struct_pack(hospice_code := h.hospice_code, palliative_clinician := h.is_palliative)) as evidence
from core.hospice_line as h
inner join core.line_amount as a on h.claim_key = a.claim_key and h.line_number = a.line_number
where h.hospice_code is not null
