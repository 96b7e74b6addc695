"""The words of the note reader: phrases of clinical notes and what each stands for. Tables only; how they are read is in notes.

Phrases stand between semicolons, in lower case. `a|b` is either word, `word?` may be left out, `word~` stands for its forms (sign, signs,
signed, signing), a word in CAPITALS is met only in capitals (AD, MOST). The longest phrase that begins at a word wins.
Hyphens within words are not written: face to face.
"""

from __future__ import annotations

# --- topics and documents (RULES.md section 8) -------------------------------------------------------------------------------------------
# care: a treatment, that may be wanted or refused (and so was talked about) or just be given; order: a code status order;
# matter: a thing to talk about, to name or to complete. Each phrase: topic, and the document that it is, if any.
TOPICS = {
    ("care", "code_status", ""): """
        cpr; cardiopulmonary resuscitation; cardio pulmonary resuscitation; resuscitation; resuscitate|resuscitated; resuscitative
        efforts|measures; chest compressions; compressions; defibrillation; attempt resuscitation
    """,
    ("care", "ventilation", ""): """
        mechanical|artificial|noninvasive|invasive ventilation; non invasive ventilation; ventilation; ventilator|ventilators; ventilatory
        support; ventilator|vent|respirator|respiratory|ventilation support; vent; vents; niv; nippv; bipap; cpap;
        intubation|intubate|intubated|intubating; reintubation|reintubate|reintubated; breathing machine|machines|tube|tubes; respirator;
        trach; tracheostomy; mech vent; life support machine|machines
    """,
    ("care", "nutrition", ""): """
        artificial nutrition; artificial nutrition and|or|&|/ hydration; artificial feeding|feedings|hydration; artificially
        administered|provided nutrition; medically administered|assisted|provided nutrition; medically administered nutrition and
        hydration; anh; feeding tube|tubes; tube feeding|feedings|feeds|fed; peg; peg tube|tubes|feeding|feedings|placement; g tube|tubes;
        gastrostomy; gastrostomy tube; ng tube; tpn; parenteral|enteral nutrition; total parenteral nutrition; enteral feeding|feedings;
        nutrition; nutrition and|&|/ hydration; j tube; nutrition|nutritional support
    """,
    ("care", "dialysis", ""): """
        dialysis; hemodialysis; haemodialysis; HD; peritoneal dialysis; renal replacement; renal|kidney replacement therapy; RRT; crrt;
        dialyze|dialyzed; kidney machine
    """,
    ("care", "hospitalization", ""): """
        rehospitalization|rehospitalizations|rehospitalize|rehospitalized; re hospitalization|hospitalization;
        hospitalization|hospitalizations|hospitalize|hospitalized; hospital
        readmission|readmissions|transfer|transfers|admission|admissions; readmission|readmissions; dnh; do not hospitalize|rehospitalize;
        future|further|repeat|repeated|recurrent hospitalization|hospitalizations|admissions|admission|hospital;
        return|returns|returning|trip|trips|going|go|goes|sent|transfer|transferred|transferring|transport|transported|rushed back? to the?
        hospital|ed|er
    """,
    ("order", "hospitalization", ""): """
        no more|further hospital|hospitals|hospitalization|hospitalizations; do not hospitalize|rehospitalize; dnh; no hospital|hospitals;
        no hospital transfer|transfers|admission|admissions|readmission|readmissions
    """,
    ("order", "code_status", ""): """
        dnr; dnr / dni; dnr dni; dnr and|or|& dni; dni; dni / dnr; dnar; dnacpr; do not resuscitate; do not attempt resuscitation; do not
        intubate; dnr|dni order|orders|form|status|wishes; dnr / dni order|orders|status|form|wishes; do not
        resuscitate / do not intubate; do not
        resuscitate and|or do not intubate; full code; full code status; code status full; full resuscitation; allow natural death; allow
        a natural death; dnrcc; dnrcca; partial|limited code; code status : full|partial|limited; code status stays|remains full; AND
        status|order
    """,
    ("matter", "code_status", ""): """
        code status; code status order; resuscitation status|preference|preferences|wishes|orders; cpr
        status|preference|preferences|wishes|decision; resus status; code preference|preferences
    """,
    ("matter", "surrogate", ""): """
        surrogate|surrogates; surrogate decision maker|makers|making; health care
        surrogate|proxy|proxies|agent|agents|representative|designee; health care decision maker|makers;
        medical|substitute|alternate|alternative|default|designated decision maker|makers; decision maker|makers; proxy; hcp; hcps; hcpoa;
        hc poa; dpoa; dpoa hc; dpoahc; dpahc; mpoa; mdpoa; hpoa; poahc; poa; poa hc; medical|hc poa; health care poa; power of attorney;
        power of attorney for? health care; power of attorney for? medical decisions|care; medical power of attorney; health care power of
        attorney; durable power of attorney; durable power of attorney for? health care; durable poa; durable medical power of attorney;
        durable health care power of attorney; patient advocate designation; agent; health care spokesperson; who
        should|would|could|will|can|might make decisions|medical; who should|would|could|will|can|might speak for; make|making medical?
        decisions for her|him|them|patient; to speak for her|him|them; to make medical|health? decisions; make decisions on her|his|their
        behalf; health care representatives; medical proxy; proxy decision maker
    """,
    ("matter", "directive", ""): "directive|directives",
    ("matter", "goals", ""): """
        goals of care; goc; goals of care preferences|wishes; goals; goal; goals and|/ values|wishes|priorities|preferences; values and|&
        goals|priorities|wishes; care|treatment|overall goals; goals for? care|treatment; goals of treatment|therapy; what matters most?;
        what is|was most? important; hopes and worries|fears
    """,
    ("matter", "polst", "polst"): """
        polst; molst; colst; lapost; smost; dmost; ipost; ipolst; tpopp; MOST; polst|molst|colst|lapost|ipost|MOST|most|POST
        form|forms|document|paradigm|order|orders|options|discussion|conversation; POST form; post form; portable medical orders; polst /
        molst; molst / polst; physician|provider|medical|practitioner|clinician orders for life sustaining treatment|treatments;
        physician|provider|medical|practitioner orders for scope of treatment; physician|provider|medical|practitioner orders for life
        sustaining treatment|treatments form; scope of treatment form; out of hospital orders
    """,
    ("matter", "directive", "advance_directive"): """
        advance|advanced directive|directives; advance|advanced health care directive|directives; advance|advanced medical
        directive|directives; health care directive|directives; medical directive|directives; AD; ADS; advance|advanced
        directive|directives form|forms|document|documents|paperwork|packet; five|5 wishes; five|5 wishes booklet|document|form|packet;
        advance|advanced care planning document|documents|form|forms|paperwork|booklet; ahcd; acp document|documents|form|forms|paperwork;
        directive to physicians; advance care directive|directives; prepare for your care; ad form|document|paperwork
    """,
    ("matter", "directive", "living_will"): "living will|wills; living will form|document|documents",
    ("matter", "surrogate", "hcp"): """
        health care proxy|agent|representative|surrogate form|forms|document|documents|paperwork; health care
        proxy|agent|representative|surrogate designation|appointment form|document|paperwork;
        hcp|proxy|hcpoa|dpoa|mpoa|poa|dpoahc|mdpoa|hpoa form|forms|document|documents|paperwork; dpoa|poa hc
        form|forms|document|documents|paperwork; medical poa form|document|documents|paperwork; health care poa
        form|document|documents|paperwork; power of attorney form|forms|document|documents|paperwork; power of attorney for health care
        form|forms|document|documents|paperwork; medical power of attorney form|forms|document|documents|paperwork; health care power of
        attorney form|forms|document|documents|paperwork; durable power of attorney form|document|documents|paperwork; durable power of
        attorney for? health care form|forms|document|documents|paperwork; surrogate|proxy|agent designation form|document|paperwork;
        designation of health care surrogate; hcp|proxy|hcpoa designation form
    """,
}  # fmt: skip

# Advance care planning itself: no topic, but what minutes, consent and parts of a note may be about
PLANNING = """
    acp; advance|advanced care plan|planning|plans; 99497; 99498; serious illness conversation|discussion; end of life
    planning|discussion|conversation; acp
    discussion|discussions|conversation|conversations|meeting|mtg|visit|encounter|session|sessions|counseling|service|services|talk|time|note|consultation|portion|documentation|attestation|component;
    advance|advanced care planning
    discussion|discussions|conversation|conversations|meeting|visit|encounter|session|sessions|counseling|service|services|time|note|consultation|talk|portion|documentation|attestation|component;
    family meeting|mtg|meetings|conference; future care planning; care planning discussion|conversation
"""

# The same words in another sense: passed over
NOTHING = """
    dialysis|hd|hemodialysis
    nurse|rn|unit|center|clinic|access|catheter|session|sessions|run|schedule|chair|today|tomorrow|yesterday|mwf|tts|tthsa|days|line|dependent|staff|team|shift|treatments;
    on|receiving|undergoing|underwent|after|during|post|before|following|for|missed|tolerates|tolerated|chronic|outpatient|maintenance
    dialysis|hemodialysis|hd; esrd on hd|dialysis; nutrition|nutritional
    consult|consultation|status|supplement|supplements|labs|note|services|assessment|risk|intake; poor|oral|adequate|inadequate|po
    nutrition; clinical nutrition; tube feeds|feeding|feedings at|running|tolerated|rate|goal|held; peg|feeding tube
    site|placed|in|clogged|exchange|care; peg tube site|placed|in|clogged|exchange|care; on|receiving|tolerating tpn|tube; has|with a peg;
    has a peg|trach|tracheostomy tube?; s/p peg|trach|tracheostomy|intubation; vent|ventilator
    settings|wean|weaning|day|dependent|management|associated|setting; ventilation settings|rate; cpap|bipap
    at|overnight|settings|nightly|qhs|mask; on|wears|using|uses|home cpap|bipap|niv; intubated and|/|, sedated; sedated and|/|, intubated;
    intubated sedated; remains intubated; is|was|been|were|currently|now|emergently intubated; intubated on|in|for|at|since|by|and;
    recent|prior|last|previous|current|this|initial|index|during|after|since|lengthy|prolonged|multiple|frequent|several|two|three|past|acute|her|his|their|the
    hospitalization|hospitalizations; hospitalized for|with|in|on|at|since|last|from|twice|again; was|been|is|were|recently|currently
    hospitalized; recent|prior|last|previous|current|multiple|frequent hospital admission|admissions; code blue; zip|area|door|billing
    code; financial power of attorney; financial poa; finances; health care provider|providers|team|system|worker|workers; most
    of|recent|recently|likely|important|importantly|days|nights|concerned|comfortable|part; POST op; post
    op|operative|discharge|acute|dialysis|void; bp|map|pain|glucose|a1c|sugar|weight|rate|inr|therapy|pt|rehab|discharge|nursing
    goal|goals; short|long term goal|goals; at|to|spo2|map|bp goal; goal|goals met|inr|bp|map|spo2|rate|hr;
    travel|chemotherapy|causative|antiplatelet|contrast|therapeutic|single|reversal agent|agents; AD lib; AD dementia; AD ( alzheimer;
    with|moderate|severe|advanced|late|has AD; fluid|volume resuscitation; resuscitation fluids; alzheimer's ad; dementia AD; most of all
"""

# --- what is said to have been done with a topic -----------------------------------------------------------------------------------------
TALK = """
    discuss~; discussion|discussions; d/w; review~; revisit~; talk|talks|talked|talking; talk|talks|talked|talking about|over|through;
    spoke|speak|speaking|spoken; explain~; explanation|explanations; explor~; explore; address~; cover~; counsel~; counselled|counselling;
    educated|educating; education; went|go|goes|gone|going over; introduce~; outline~; describe~; clarify~; clarification; confirm~;
    affirm~; reaffirm~; verify~; readdress~; conversation|conversations; dialogue; asks|asked|asking about|regarding; question|questions
    about|regarding; inquired about; touched on|upon; brought|brings up; raise~; elicit~; focused|focus|focuses|focusing on; topic|topics;
    include~; regarding; re; concerning; surrounding; spent on|discussing|in|for; minutes|min on|of|in|for; options for;
    risks|benefits|burdens and|& benefits|burdens|risks; pros and cons; meeting; mtg; met; sat down; conferred; consider~; present~
    options; focusing on; shared information; documents; content; agenda; preference|preferences; decisions; items; subject|subjects;
    delved; went through; pertaining; about; issues
"""
PREFER = """
    elect~; pick~; chooses|choose|chose|choosing|chosen; want~; wish~; wishes for; prefer~; preferred|preferring; opt|opts|opted|opting;
    decide~; accept~; agree|agrees|agreed|agreeing|agreeable; amenable; willing; request~; interested in?; consent~; desire~; would
    go|return|come|try|have|stop|continue|pursue|want|like|accept|consider|prefer|choose|allow|agree|not|never|tolerate|undergo|be|rather|take|refuse|decline;
    decision to; trial; time limited trial; trial period; okay|ok; open to; comfortable with; pursue~; insist~; favor~; undergo;
    continue~; remain~; stop|stops|stopped|stopping; withdraw|withdrawal|withdrawn|withdrawing; withhold|withheld|withholding;
    discontinue~; never; acceptable; transition~; keep; kept alive; live on; accepts; hopes to avoid; ready; like; understands;
    leaning|lean|leans toward|towards; selected; decision|decisions for|against; choice of; in favor of; support~
"""
# Of a treatment these are decisions; of a talk or a form they say that it did not come about
REFUSE = """
    decline~; refuse~; reject~; declining; refusing; against; not interested in?; no interest in; lack of interest in;
    undecided|unsure|uncertain|ambivalent|hesitant about|regarding|on?; absolutely not; unacceptable; avoid~;
    forgo|forego|forgoes|forgoing|foregoing; reluctant; unwilling; opposed to; opposes; thinking about it; wants time
"""
DONE = """
    complete~; completion; sign|signs|signed|signing; execute~; filled|fill|fills|filling out|in; filled; witness~; notarize~; notarised;
    update~; revise~; name|names|named|naming; designate~; designation; appoint~; identify~; assign~; nominate~; select~;
    chang|change|changed|changes|changing; done; enter~; placed; order|orders placed|written|entered|changed|updated; scanned; uploaded;
    prepared; initiated; created; gave|give|given|giving; provide~; distribute~; drafted; made; finalize~; establish~; formalize~;
    document|documented|documenting; void~; revoke~; finished; received; copy given|provided|placed|scanned; assist~ with; helped;
    will|would|to serve|act as; serves as; will be her|his|their|the; will be hcp|hcpoa|surrogate|proxy|agent|poa|dpoa; transition to dnr;
    designated
"""
# That a thing is there says nothing of today
FACT = """
    has|have|had|having a|an|no|existing|valid|current|prior|his|her|their|already; already has; has; have; having; no change|changes
    in|to; on file; in the? chart|record|emr|ehr; in place; on record; existing; brought in?; copy of; available in; exists; known;
    carries; per chart|record|records; listed as; no record of; not on file; bracelet; consult~ for; consulted; reason for
    consult|consultation|visit|referral; consult; referred for; history; on chart; in epic
"""
# Said of a topic, or heading a list: it did not come about
NEGATED = """
    defer|defers|deferred|deferring; deferral; postpone~; held|hold|holding off; none; n/a; na; unknown; blank; incomplete; unsigned; not
    applicable; omitted; skipped; unable; were|was not; weren't; wasn't; lacking; not yet; not done; did not|didn't get|come to; not
    today; not ready; not at this time
"""
NOT = """
    not; no; never; without; cannot; can't; didn't; don't; doesn't; wasn't; weren't; isn't; hasn't; haven't; won't; couldn't; nor;
    neither; unable; instead of; rather than; rather not; fail|failed|fails; denies; denied; lack of; lacks; lacking; too
    tired|ill|sick|weak|upset|distressed|sleepy|drowsy|confused|anxious|fatigued|overwhelmed to; didnt; doesnt; dont; wasnt; aren't;
    hadn't; absence of; yet to; ran out of time; skip|skipped; nothing; non
"""
FUTURE = """
    will; plan|plans|planned|planning to|for|on; plan is to; to be; going to; should; need|needs to?; intend|intends to?;
    hope|hopes|hoping to; recommend~; encourage~; advise~; offer~; attempt~; tried to; allow|allot|reserve|block; suggest~; urge~; would
    benefit; would like to; next steps; next visit|time|week|month|appointment|appt|meeting|session|encounter; upcoming; at follow up; at
    followup|f/u; follow up; followup; f/u; tomorrow; to do; todo; pending; tbd; awaiting; schedule|scheduled; return for|to; later
    date|time|visit|point; until; before; prior to completing|signing|discussing; may; might; could; can; aim to; remind~; asked to bring;
    subsequent visit|visits; future visit|visits|discussion|discussions|conversation|conversations|meeting; another day|time|visit;
    wait|waiting; remains to; must; require|requires; still needs; set up; arrange~; continue to; let us know; homework; take|takes|taking
    home; take|takes|taking it|them home; mailed; sent home; outstanding; to be needed; revisited at; to follow
"""
# temporal words of another day; OLD: of a thing that is older than today
PAST = """
    previously; already; last
    visit|time|week|month|year|admission|appointment|fall|spring|summer|winter|encounter|discussion|meeting|session|tuesday|monday|wednesday|thursday|friday|saturday|sunday|night;
    in the past; in past; historically; year|years|month|months|week|weeks|day|days ago; yesterday; earlier this?
    week|month|year|admission; had been; had; on|prior|before admission; prior to admission|arrival; at outside hospital; at osh;
    originally; at the time of; during|at|from|since? her|his|their|the? prior|previous|last|recent|earlier|past
    visit|admission|hospitalization|stay|encounter|appointment; at prior|previous|that|an earlier visit|appointment|admission|meeting; by
    pcp; with pcp; with her|his|their pcp; during prior|previous|last|recent|her|his hospitalization|admission|stay; per
    prior|previous|old|last; per note; at diagnosis; when admitted; on a? prior occasion; in prior
    visits|notes|discussions|conversations|encounters|visit; other day; prior to|before the? visit|encounter|appointment; per chart;
    remotely; back in; before this admission
"""
OLD = "prior; previous; old; existing; dated; outside; longstanding; past; earlier; preexisting; pre existing; history of; h/o; last"
UNCHANGED = """
    no change|changes; without change|changes; if|as|when needed|necessary|indicated|appropriate|able; living will|wills; no urgent|acute
    need|indication
"""
TODAY = """
    today; today's; earlier in the? visit|day|encounter|appointment; earlier today; this visit|morning|afternoon|evening|session; now; at
    this visit
"""
YES = "yes; y"
NO = "no; n"
COMFORT = """
    comfort; comfort care; comfort focused care; comfort measures; comfort measures only; comfort focused; comfort oriented care; cmo;
    hospice; hospice care|enrollment|services|referral; stay|stays|staying|remain|remaining|be|die|dying at? home; quality of life; home
    with hospice; everything done; full treatment; selective|limited treatment|interventions; do everything; full scope of? treatment?;
    time at home
"""
LATER = """
    ambivalent; no decision|decisions; not made a? decision|decisions; time to think; think about it|this|both|that|things; think it over;
    not|isn't|wasn't|hasn't ready to decide|make; has not|hasn't decided; unable to decide; decision|decisions deferred|pending|postponed;
    has not decided; is|was|remains|still undecided
"""

# --- people ------------------------------------------------------------------------------------------------------------------------------
PEOPLE = {
    "patient": "patient; pt; testpatient; veteran; resident; mr; mrs; ms; miss",
    "spouse": "spouse; wife; husband; husb; partner; life|domestic partner; significant other; spouse / partner; husband / wife",
    "daughter": "daughter|daughters; dtr; dtrs; stepdaughter; step daughter; eldest|youngest|oldest daughter",
    "son": "son|sons; stepson; step son",
    "child": "child",
    "children": "children; adult children",
    "mother": "mother; mom; mum",
    "father": "father; dad",
    "parent": "parent|parents",
    "sister": "sister|sisters",
    "brother": "brother|brothers",
    "sibling": "sibling|siblings",
    "grandchild": "grandchild; grandson|grandsons; granddaughter|granddaughters; grandchildren",
    "niece": "niece|nieces",
    "nephew": "nephew|nephews",
    "aunt": "aunt",
    "uncle": "uncle",
    "cousin": "cousin|cousins",
    "in_law": "son|daughter|brother|sister|mother|father in law",
    "friend": "friend|friends",
    "neighbor": "neighbor|neighbour|neighbors",
    "family": "family; family member|members; relatives; loved ones; fam",
    "surrogate": """
        surrogate; surrogate decision maker|makers; health care proxy|agent|surrogate|representative; health care decision maker;
        medical|substitute decision maker; decision maker; proxy; hcp; hcpoa; hc poa; dpoa; dpoa hc; dpoahc; mpoa; mdpoa; hpoa; poa; poa
        hc; agent; power of attorney; medical poa; medical power of attorney; health care power of attorney; durable power of attorney;
        durable power of attorney for health care; acting decision maker
    """,
    "guardian": "guardian; legal|public guardian; court appointed guardian; conservator",
    "caregiver": "caregiver|caregivers; care giver; aide; home aide; caretaker",
    "interpreter": "interpreter; translator; video|phone|telephone|spanish interpreter",
    "nurse": "nurse; rn; bedside|hospice nurse; bedside rn; lpn",
    "social_worker": "social worker; sw; lcsw; msw; social work; lsw; lmsw; licsw; palliative sw|lcsw",
    "chaplain": "chaplain; spiritual care; pastor; priest; rabbi; imam; hospital chaplain",
    "attorney": "attorney; lawyer",
}  # fmt: skip
STAFF = frozenset(("interpreter", "nurse", "social_worker", "chaplain"))
NOBODY = """
    family history|medicine|practice|physician|hx; power of attorney form|forms|document|documents|paperwork; attorney at law; nurse
    practitioner; nursing home|facility|staff; medical|senior|chief|im|family resident; resident physician|team|md|dr|doctor; physical
    therapy; hospice nurse practitioner; social worker note; financial poa; financial power of attorney; patient
    name|id|dob|mrn|identification|age|education|portal|care|safety; family meeting|mtg|conference|meetings; other patients; most
    patients; patients; interpreter services? declined; informed consent; travel agent; agent orange; patient / family education; home
    health aide hours; partner with; partnered
"""
# Labels and words that say who was there; a list may follow them
ROSTER = """
    present; participant|participants; participated; participating; attendees; attendee; attendance; in attendance;
    persons|people|those|others|parties|individuals present; persons|people|family|those|parties involved; attended; all|everyone|both in
    agreement; in agreement; attended by; who; who was present; pres; joined by; accompanied by; along with; participants included;
    attendees included; participants include|were; attendees include|were; present were|included; discussion participants; parties; those
    participating|attending; discussed with; informants; with; d/w; discussion with; held with; meeting with; in the room; discussion held
    with
"""
ABSENT = """
    not in the? room; not here; at dialysis; in dialysis at|during;
    not present; not be present; unable to take part; did|could not take part; absent; not available; unavailable; could not
    attend|participate|join|engage|contribute; unable to attend|participate|join|engage|contribute; did not attend|participate|join; does
    not|wish participate; unable to meaningfully|fully participate|engage; not in attendance; cannot|can't participate; not participating;
    not able to attend|participate|join; not at bedside; could not be reached|present; unable to be reached|present; unreachable; no
    answer; left message|voicemail; declined to attend|participate|join; chose not to attend|participate; to join; to attend; too
    ill|sick|weak|confused|somnolent|lethargic to participate|attend|engage|join; not included; not involved; incapable of participating;
    out of town; not reachable; was|were not able to participate; not there; asleep; sleeping; excused; not on the? call; was|were not
    present; wasn't|weren't present|available|there; didn't attend|participate|join; is|was not able to participate
"""
THERE = """
    present; here; met; is|was|here with him|her|patient|pt; evaluated; examined; came; presents; presented; arrived; comes; at the?
    visit|appointment|meeting; in person; at the? bedside; joined; joins; joining; participated; participates; participating; took part;
    attended; attending; in the room; in room; on camera|screen; in attendance; on the? phone|line|call|speakerphone|video|telephone; on
    speaker phone; by|via|over phone|telephone|speakerphone|video|zoom|facetime|teleconference; accompanied; accompanies;
    dialed|called|conferenced in; available by phone; engaged; seen
"""
INCAPACITY = """
    sedated; pt|patient|he|she|remains|is|still|currently intubated; intubated and|/|, sedated; sedated and|/|, intubated; on the?
    ventilator; unresponsive; comatose; coma; obtunded; nonverbal; non verbal; lacks|lack|lacking capacity; lacks medical? decision
    making|decisional capacity; lack of capacity; without capacity; does not have capacity; does not have medical? decision
    making|decisional capacity; did not have capacity; doesn't have capacity; encephalopathic; minimally responsive; not responsive;
    unable to communicate; unconscious; incapacitated; lacks decisional capacity; no capacity; not arousable; unarousable; vegetative
    state; unable to speak; obtundation; does not have decisional capacity; without decision making|decisional capacity; lacks the?
    capacity; severely demented; brain dead; not decisional; non decisional; no longer has capacity
"""
SAYS = """
    able to participate; alert; interprets|interpreted|translated; made it clear; has capacity; has decision making|decisional capacity;
    aware; state~; brought; became; appeared; pick~; says|said; express~; voice~; verbalize~; elect~; choose|chooses|chose;
    name|names|named; designate~; appoint~; agree|agrees|agreed|agreeable; understand|understands|understood; ask|asks|asked;
    wants|want|wanted; wishes|wish|wished; prefers|prefer|preferred; decides|decided; opts|opted; tells|told; shares|shared;
    declines|declined; refuses|refused; requests|requested; confirms|confirmed; affirms|affirmed; acknowledges|acknowledged;
    identified|identifies; accepts|accepted; tearful; supports|supported|supportive; hopes|hoped; feels|felt; signed; completed; would;
    does not; doesn't; reiterated|reiterates; explained|explains; concurs|concurred; consented|consents; in agreement;
    indicated|indicates; desires|desired; remains; willing; believes|believed; informed; described|describes; discussed; reviewed;
    explored; talked; went; covered; met; nods|nodded; selected; recalled; inquired; raised; reaffirmed; insists|insisted; assented;
    clear; comfortable; interested; adamant; participated; is open; chosen; elected; understanding; reports|reported; asking; hesitant;
    ambivalent; undecided; relayed|relays; spoke; thinks; worried; counseled; had questions; has questions; happy; welcomed; open
"""
APART_FROM = """
    live|lives|living|lived; resides|residing|resided; reside; stays|staying; moved; home with; care of; cares|cared for; married to;
    follows|followed with|by; followup; follow up; f/u; works|worked; estranged; email~; message~; coordinate~; share with; consult~;
    communicate~; wants|wishes|prefers|needs|plans|like|wanting to discuss|talk|speak|review|meet|consult; to discuss|talk|speak with|to;
    talk it over; talk things over; touch base; check in
"""

# --- whether it was voluntary, and how they met ------------------------------------------------------------------------------------------
VOLUNTARY = """
    voluntary; voluntarily; voluntariness; vol; vol :|=; voluntary nature; freely|willingly participated|engaged|discussed|agreed;
    participated|engaged freely|willingly
"""
INVOLUNTARY = "involuntary; nonvoluntary; non voluntary; involuntarily; against his|her|their will; under duress"
NOT_CONSENT = """
    ama voluntarily; voluntary
    guarding|movement|movements|motor|muscle|admission|cough|commitment|response|control|stopping|contraction|dehydration|departure;
    voluntarily stopping|stopped|moves|moving|stop; non voluntary movement; voluntary and involuntary movements
"""
# Counts where the talk or the planning follows: agreed to discuss, permission for ACP
WILLING = """
    agreed|agrees|agree|agreeing|agreeable to|with?; consented|consents|consent|consenting to|for?; verbal consent;
    gave|gives|granted|given|obtained permission|consent|verbal|assent; permission;
    willing|willingness|open|amenable|happy|glad|eager|receptive to; accepted|accepts; welcomed|welcomes;
    wished|wanted|asked|asks|requested|requests to; requested|requests|requesting; at the? request of?; request; of his|her|their own
    accord|volition|choice|will; with his|her|their consent|permission|agreement|assent; opted to; chose|elected to; assented to?; freely;
    invited us; initiated by the? patient|family; would like to; interested in
"""
IN_PLACE = """
    in clinic|office; in the clinic|office; in his|her|their home; in patient|pt 's home; seen in clinic|office; in the? exam room; in
    his|her|their hospital? room; in the? family conference room; in the? conference room; office|clinic visit
"""
IN_PERSON = """
    in person; inperson; face to face; f2f; ftf; at the? bedside; bedside; home visit; house call; onsite; in the? patient 's room; at
    patient 's bedside
"""
AUDIO = """
    telephone; telephonic; telephonically; phone; audio only; audio; speakerphone; called; phoned; phone call; telephone
    call|visit|encounter|conference; audio only visit|encounter; tele
"""
VIDEO = """
    video; video visit|call|conference|encounter|telehealth; audio video; audio and|&|/|plus|+ video; a/v; audiovisual; audio visual;
    zoom; facetime; televideo; videoconference; video conference|conferencing; doxy; webex; synchronous audio video; real time audio and
    video; interactive audio and video; audio / visual; microsoft teams; video and|& audio; video / audio; video enabled
"""
NOT_MODE = """
    phone|telephone number; video swallow|laryngoscopy|capsule|eeg|fluoroscopy|monitoring; educational|acp|decision|teaching video; non
    face to face; phone tag; so called; code called; watched a? video; no video; not use|do video; could not use video; video
    failed|unavailable|disconnected|dropped; not face to face; decision aid video; without video; video capability|failure; video decision
    aid; phone interpreter; telephone interpreter; video interpreter; called ems|911; not in person; calls; called to; call light; video
    connection failed; video could not; video not; unable to use video; cannot use video; can't use video; declined video; lacks video;
    was called; video aid
"""
TELEHEALTH = "telehealth; telemedicine; virtual; virtually; televisit; tele visit"
SWITCHED = "converted|switched|changed|transitioned|moved to|from"

# --- what a time was spent on ------------------------------------------------------------------------------------------------------------
TOTAL = "total; in all; overall; altogether; cumulative; combined; sum; all told"
WHOLE = """
    encounter; visit; visits; date of service|encounter|the|visit; dos; day of service|encounter; day of the encounter|visit; e/m; e / m;
    em; e & m; e and m; evaluation and|& management; consult; consultation; floor; unit / floor; counseling and|& coordination; counseling
    and / or coordination; coordination of care; total service; hospital visit; subsequent care; h & p; history and physical; patient
    care; entire day
"""
OTHER = """
    critical care; cc time; prolonged; 99291; 99292; 99358; 99359; 99417; g0316; 99202; 99203; 99204; 99205; 99211; 99212; 99213; 99214;
    99215; 99221; 99222; 99223; 99231; 99232; 99233; 99304; 99305; 99306; 99307; 99308; 99309; 99310; 99341; 99342; 99344; 99345; 99347;
    99348; 99349; 99350; chart; chart review; record|records review; reviewing|reviewed|review of? the?
    chart|records|record|labs|imaging|data|notes|results; documentation; documenting; charting; exam; examination; examining; examined;
    hpi; symptom|symptoms; symptom management; pain; care coordination; coordinating; coordination; medication|medications|med|meds;
    travel; traveling; driving; procedure; paracentesis; thoracentesis; walk; walking; walked; exercise; therapy; rest; infusion;
    transfusion; treatment|treatments; cpr; compressions; rosc; downtime; seizure; apnea; arrest; coded; sedation; smoking; tobacco;
    depression; awv; wellness; ordering; insurance; billing; discharge; teaching; wound; dressing; monitoring; observation; checks;
    episode|episodes; dyspnea; nap; sleep; bereavement; grief; psychotherapy; screening; labs; interpretation; preparation; preparing;
    prep; non face to face; waiting; wait; delay; nebulizer; neb; sbt; ultrasound; imaging; behavioral; diabetes; hypertension; family
    update; update; medical update; handoff; rounding; rounds; team; interdisciplinary; idt; history; prognosis review; physical; cooking;
    scheduling; clinic hours; visiting hours; hours; surgery; dialysis; hd; hemodialysis; drain; line; placement; nursing; report
"""  # fmt: skip
APART = """
    separate from; separately from; separate and distinct from; distinct from; independent of; exclusive of; excluding; excludes;
    exclude|excluded; not including; not inclusive of; does|did not include; apart from; aside from; beyond; over and above; outside of;
    in addition to; other than; separate and apart from; on top of; besides; not counting; separate; unrelated to; not related to;
    exclusive; not overlapping; without; does not overlap; distinct; were separate; was separate; separately; not counted; after;
    following; before; prior to
"""
INCLUDING = "including; inclusive of; includes; which included|includes; that included|includes; included"
SHARE = """
    percent; majority; half of; most of; more|greater than half; over half; at least half; bulk; portion of; part of; some of; much of;
    predominantly; mostly; half
"""
ALL = "all of; all; entirely; entire; entirety; solely; exclusively; wholly; all of which; all of this; dedicated"
AGAIN = """
    another; additional; further; more; again; second; third; later in the? day|afternoon|evening|morning; later today; later that day;
    returned; reconvened; resumed; plus; subsequent; subsequently; additionally; session; sessions; then; afternoon; evening; +;
    continued; 2nd; followed by; 2
"""
AMOUNTS = {
    "lower": """
        greater than; more than; at least; over; in excess of; longer than; a? minimum of; minimum; no less than; not less than; upwards
        of; upward of; exceeding; exceeded; exceeds; well over; just over; slightly over; >; > =; ≥; greater than or equal to; a little
        over; a bit over; excess of
    """,
    "upper": """
        less than; <; < =; ≤; under; up to; no more than; not more than; fewer than; at most; almost; nearly; just|slightly under; a
        little under; maximum of; maximum; not exceeding; not greater than; shy of; no longer than; not over; short of; not quite; barely
    """,
    "about": "about; approximately; approx; approx .; appx; around; roughly; some; circa; ~; ≈; estimated; est; close to; c .; ca",
}  # fmt: skip
AMOUNTS_AFTER = {
    "lower": "+; plus; or more; or greater; or longer; at least; minimum; and up; or over",
    "upper": "or less; or fewer; or under; maximum; max; at most",
    "about": "or so; approximately; approx; roughly",
}
NO_DURATION_BEFORE = """
    interrupted for?; interruption|interruptions of|for?; paused for; break of;
    every; q; each; within; last|past; next; ago; prior; until; per; every other; takes|take; in; after; before; over the last|next|past;
    for the last|past; the last|past|next; another day; wait|waited; rested; late by; await; return in; back in; held for; hold for;
    lasting up to; age
"""
NO_DURATION_AFTER = """
    interruption|interruptions|break|pause; x 2|3;
    ago; prior; before; earlier; later; late; walk; walking; apart; away; daily; drive; delay; from home|hospital|here; per day|week;
    each; q; of cpr; of rest; of compressions; of exercise; until; old; intervals; infusion; of walking; of sleep; of oxygen; of exertion;
    of seizure; of activity; of downtime; run; pta; nap; prn; after arrival|eating|meals|dose|administration|the; after; post; by car; out
    of|from town; required; is required; are required; must; threshold; needed; minimum required; of therapy; of pt; of dialysis; of
    infusion; on treadmill; twice|three|four times; into; a day; /; of physical; of silence; of music; visit needed; of tv
"""
START = """
    in :; start; starts; started; starting; start time; begin; begins; began; beginning; begun; commenced; time in; time started; from;
    time began; start at; in time; initiated
"""
STOP = """
    out :; stop; stops; stopped; stop time; end; ends; ended; ending; end time; finish; finished; concluded; time out; completed; until;
    time ended; wrapped up; time stopped; adjourned; out time; finishing; concluding
"""
VISIT_SIGNS = """
    hpi; history of present illness; chief complaint; vitals; vital signs; ros; review of systems; physical exam|examination; bp; spo2;
    past medical history; pmh; heent; assessment and|& plan; on exam; lungs; abd; rrr; ctab; interval history
"""
# That it was spent in talk; on another day; that a rule is quoted; and visits that say only how they met
TALKING = """
    discuss~; discussion|discussions; d/w; conversation|conversations; talk|talks|talked|talking; talk|talking about; meeting; mtg; met;
    spoke|speaking; family meeting; counseling; counselling; counseled; explaining; reviewing; exploring; addressing
"""
OTHER_DAY = """
    last|prior|previous|earlier acp|advance|advanced|discussion|conversation|meeting|session|talk; in
    january|february|march|april|may|june|july|august|september|october|november|december
"""
THIS_DAY = "today; today's; now; this morning|afternoon|evening|session; earlier today; at this visit; earlier in the? visit|day|encounter"
REQUIRED = "require~; must; threshold; requirement|requirements; need to exceed; if; minimum time"
NO_VISIT = """
    video|phone|telephone|home|telehealth|acp visit|visits|encounter; follow up acp|discussion|conversation|meeting|visit|session
"""
