"""ACP beside the annual wellness visit."""

from __future__ import annotations

from collections.abc import Callable

from tests.core.conftest import Built


def test_a_code_in_place_of_99497_stands_beside_the_visit(build: Callable[[str], Built]) -> None:
    """What the payer's policy counts as 99497 does so here too; elsewhere the code is no ACP."""
    built = build("""
about: a commercial code for ACP beside the annual wellness visit
payer_policy: [{payer_id: OWN, acp_code_in_place: S0257}]
claims:
  - {id: A, payer: OWN, date: 2024-05-06, rendering: 1000000001, lines: [G0439, {code: S0257, modifiers: ["33"]}]}
  - {id: B, payer: OTHER, date: 2024-05-06, rendering: 1000000001, lines: [G0439, {code: S0257, modifiers: ["33"]}]}
remits:
  - {pcn: A, payer: OWN, date: 2024-06-01,
       lines: [{code: G0439}, {code: S0257, modifiers: ["33"], cas: [PR-1 30.00, PR-2 10.00, CO-45 20.00]}]}
""")
    facts = "has_modifier_33, visit_code, is_visit_on_claim, is_visit_answered, cost_share_amount::varchar"
    query = f"select name, {facts} from core.acp_wellness join line using (claim_key, line_number)"
    assert built.rows(query) == [("A", True, "G0439", True, True, "40.00")]
