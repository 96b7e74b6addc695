"""A story in which every step of the bridge happens, with what each definition makes of it, worked out by hand.

All lines are charged 100 unless said; services on 2024-05-06, sent on 2024-05-13, answered on 2024-06-10 unless said.
"""

STORY = """
as_of: 2024-12-31
claims:
  - {id: PAID, date: 2024-05-06, rendering: 1000000001, lines: [99213, 99497]}
  - {id: DENIED, date: 2024-05-06, rendering: 1000000001, lines: [99213]}
  - {id: HALF, date: 2024-05-06, rendering: 1000000001, lines: [99213, 99497]}             # 99497 denied, the visit paid
  - {id: CUT, date: 2024-05-06, rendering: 1000000001, lines: [99213]}                     # paid in part, with a denial reason
  - {id: LATER, date: 2024-05-06, rendering: 1000000001, lines: [99213]}                   # paid, taken back, denied
  - {id: FREE, date: 2024-05-06, rendering: 1000000001, lines: [99213, {code: 99214, charge: 0}]}
  - {id: TWICE, date: 2024-05-06, rendering: 1000000001, lines: [99213]}                   # duplicate denial only
  - {id: SHARE, date: 2024-05-06, rendering: 1000000001, lines: [99213]}                   # all of it deductible
  - {id: OPEN, date: 2024-05-06, rendering: 1000000001, lines: [99213]}                    # no answer
  - {id: LONG, date: 2024-05-31, through: 2024-06-01, rendering: 1000000001, lines: [99232, {code: 99233, date: 2024-06-01}]}
  - {id: SECOND, date: 2024-05-06, payer: OTHER, sequence: S, rendering: 1000000001, lines: [99213]}
  - {id: COPY, pcn: PAID, member: PAID, date: 2024-05-06, payer: OTHER, sequence: S, submitted: 2024-06-20, rendering: 1000000001,
       lines: [99213, 99497]}
  - {id: OLD, date: 2024-05-06, rendering: 1000000001, lines: [99497]}                     # denied, corrected, paid
  - {id: NEW, pcn: OLD, member: OLD, date: 2024-05-06, submitted: 2024-07-01, frequency: 7, rendering: 1000000001,
       lines: [{code: 99497, modifiers: ["25"]}]}
  - {id: WRONG, date: 2024-05-06, rendering: 1000000001, lines: [99213]}                   # denied, then voided
  - {id: VOID, pcn: WRONG, member: WRONG, date: 2024-05-06, submitted: 2024-07-01, frequency: 8, rendering: 1000000001, lines: [99213]}
  - {id: NOTICE, type: institutional, bill: "81A", admission: 2024-05-06, date: 2024-05-06, lines: []}
  - {id: ODD, date: 2024-05-06, rendering: 1000000001, lines: [99213]}                     # first answered with a line it does not have
  - {id: DEAR, date: 2024-05-06, rendering: 1000000001, charge: 120, lines: [99213]}       # header above its line
remits:
  - {pcn: PAID, date: 2024-06-10, lines: [{code: 99213, cas: [CO-45 10.00]}, {code: 99497, cas: [CO-45 10.00]}]}
  - {pcn: PAID, date: 2024-06-25, status: 2, payer: OTHER, lines: [{code: 99213, paid: 0, cas: [CO-96 100.00]},
       {code: 99497, paid: 0, cas: [CO-96 100.00]}]}
  - {pcn: DENIED, date: 2024-06-10, lines: [{code: 99213, paid: 0, cas: [CO-16 60.00, CO-97 40.00], remarks: [N20]}]}
  - {pcn: HALF, date: 2024-06-10, lines: [{code: 99213, cas: [CO-45 10.00]}, {code: 99497, paid: 0, cas: [CO-97 100.00]}]}
  - {pcn: CUT, date: 2024-06-10, lines: [{code: 99213, paid: 50, cas: [CO-45 20.00, CO-59 30.00]}]}
  - {pcn: LATER, date: 2024-06-01, payer_claim: L1, lines: [{code: 99213, cas: [CO-45 10.00]}]}
  - {pcn: LATER, date: 2024-08-10, payer_claim: L1, status: 22, charge: -100, lines: [{code: 99213, charge: -100, cas: [CO-45 -10.00]}]}
  - {pcn: LATER, date: 2024-08-10, payer_claim: L2, time: "1300", lines: [{code: 99213, paid: 0, cas: [CO-50 100.00]}]}
  - {pcn: FREE, date: 2024-06-10, lines: [{code: 99213, cas: [CO-45 10.00]}, {code: 99214, charge: 0, paid: 0, cas: [CO-97 0.00]}]}
  - {pcn: TWICE, date: 2024-06-10, lines: [{code: 99213, paid: 0, cas: [CO-18 100.00]}]}
  - {pcn: SHARE, date: 2024-06-10, lines: [{code: 99213, paid: 0, cas: [CO-45 20.00, PR-1 80.00]}]}
  - {pcn: LONG, date: 2024-06-10, lines: [{code: 99232, date: 2024-05-31, cas: [CO-45 10.00]}]}
  - {pcn: LONG, date: 2024-07-10, lines: [{code: 99233, date: 2024-06-01, paid: 0, cas: [CO-151 100.00]}]}
  - {pcn: SECOND, date: 2024-06-10, status: 2, payer: OTHER, lines: [{code: 99213, paid: 20, cas: [OA-23 80.00]}]}
  - {pcn: OLD, date: 2024-06-10, lines: [{code: 99497, paid: 0, cas: [CO-4 100.00]}]}
  - {pcn: OLD, date: 2024-07-20, frequency: 7, lines: [{code: 99497, modifiers: ["25"], cas: [CO-45 20.00]}]}
  - {pcn: WRONG, date: 2024-06-10, lines: [{code: 99213, paid: 0, cas: [CO-16 100.00]}]}
  - {pcn: NOTICE, date: 2024-06-10, charge: 0, paid: 0}
  - {pcn: DEAR, date: 2024-06-10, charge: 110, paid: 90, lines: [{code: 99213, cas: [CO-45 10.00]}]}
  # a crossover payer's answers, the second one without saying that it is the second payer's
  - {pcn: DEAR, date: 2024-06-25, status: 2, payer: MEDIGAP, lines: [{code: 99213, paid: 10, cas: [OA-23 90.00]}]}
  - {pcn: DEAR, date: 2024-06-26, status: 4, payer: MEDIGAP, lines: [{code: 99213, paid: 0, cas: [CO-97 100.00]}]}
  - {pcn: ODD, date: 2024-05-28, from: 2024-05-06, lines: [{code: 99999, date: 2024-05-16, cas: [CO-45 10.00]}]}
  - {pcn: ODD, date: 2024-06-10, lines: [{code: 99213, cas: [CO-45 10.00]}]}
  - {pcn: STRANGER, date: 2024-06-10, from: 2024-05-06, lines: [{code: 99213, paid: 0, cas: [CO-31 100.00]}]}
  - {pcn: OPEN, date: 2024-06-10, status: 25, lines: [{code: 99213, paid: 0, cas: [CO-197 100.00]}]}
"""
