"""Small texts for tests that look at one thing: `*`, `:` and `~`, one group, counts that agree."""

from __future__ import annotations

ISA = "ISA*00*          *00*          *ZZ*S              *ZZ*R              *250401*1200*^*00501*000000001*0*P*:~"
LOOPS = (
    "HL*1**20*1", "NM1*85*2*CLINIC*****XX*1999900016", "HL*2*1*22*0",
    "SBR*P*18*******MB", "NM1*IL*1*A*B****MI*M1", "NM1*PR*2*P*****PI*9",
)  # fmt: skip


def claim(name: str) -> tuple[str, ...]:
    """A claim of $100 with one line, balanced."""
    return f"CLM*{name}*100***11:B:1*Y*A*Y*Y", "HI*ABK:Z515", "LX*1", "SV1*HC:99497*100*UN*1***1", "DTP*472*D8*20250314"


def claim_set(*body: str, control: str = "0001", version: str = "005010X222A1") -> str:
    """An 837 with its ST and SE, right counts included."""
    inner = (f"ST*837*{control}*{version}", "BHT*0019*00*R*20250401*1200*CH", *body)
    return "".join(f"{s}~" for s in (*inner, f"SE*{len(inner) + 1}*{control}"))


def remit_set(*body: str, control: str = "0001") -> str:
    """An 835 of $70 with its ST and SE."""
    inner = (f"ST*835*{control}", "BPR*I*70*C*ACH************20250420", "TRN*1*T*1", "N1*PR*P*XV*9", "N1*PE*C*XX*1999900016", *body)
    return "".join(f"{s}~" for s in (*inner, f"SE*{len(inner) + 1}*{control}"))


def group(*sets: str, version: str = "005010X222A1") -> str:
    """A GS with these sets."""
    return f"GS*HC*S*R*20250401*1200*1*X*{version}~" + "".join(sets) + f"GE*{len(sets)}*1~"


def file(*groups: str, isa: str = ISA) -> bytes:
    """An interchange with these groups."""
    return (isa + "".join(groups) + f"IEA*{len(groups)}*000000001~").encode("latin-1")
