/* ---
id: HOS-02
title: Modifier GV or GW outside every hospice span, or both on one line
family: hospice
direction: over
proof: suggests
severity: medium
needs: [claims, hospice]
counts: Each professional line with GV or GW.
amount: allowed of the line
authority: >-
  Novitas, First Coast and Noridian articles on modifiers GV and GW
valid_from: 2016-01-01
false_positives: The election is real, but the hospice's claims and notices are not in the inbox.
fix: Check the hospice election of the day. Take the modifier off when the patient was not in hospice; never send both.
teach: GV and GW say that the patient has elected hospice. They exclude each other, and mean nothing before election or after revocation.
--- */
select
  h.claim_key,
  h.line_number,
  cast(null as varchar) as documentation_id,
  not h.is_in_span or (h.has_gv and h.has_gw) as is_violation,
  cast(null as integer) as minutes,
  a.allowed_amount as at_risk_amount,
  cast(null as decimal(18, 2)) as recoverable_amount,
  a.amount_method,
  to_json(struct_pack(both_modifiers := h.has_gv and h.has_gw, in_span := h.is_in_span)) as evidence
from core.hospice_line as h
inner join core.line_amount as a on h.claim_key = a.claim_key and h.line_number = a.line_number
where h.claim_type = 'professional' and (h.has_gv or h.has_gw)
