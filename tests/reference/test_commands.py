"""`midpoint policy show`, `midpoint reference import` and --policy as their users meet them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pipelines.settings import load_settings
from pipelines.warehouse import SQL
from tests.command import Command

PUBLISHED = Path(__file__).parent / "published"
INBOX = Path(__file__).parents[2] / "data_samples" / "inbox"


def test_the_rule_for_a_payer_and_why(midpoint: Command) -> None:
    shown = midpoint("policy", "show", "99903", "--date", "2025-05-05", "--line-of-business", "CI")
    assert (shown.code, shown.err) == (0, "")
    assert "payer_policy.csv, line 5: any payer, 2025-01-01 to 2027-12-31" in shown.out
    assert "no row for payer 99903 or line of business CI is valid on that day, so the row for any payer applies" in shown.out
    assert "audio at home, with the reason for it" in shown.out
    assert "365 days: by 2026-05-05" in shown.out
    assert "line 4: any payer, 2020-03-01 to 2024-12-31: ended on 2024-12-31" in shown.out
    told = json.loads(midpoint("policy", "show", "--policy", "conservative", "--date", "2025-05-05", "--json").out)
    assert (told["terms"]["Modalities"], told["terms"]["Intensive care"], told["day"]) == ("in person", "not allowed", "2025-05-05")
    assert midpoint("policy", "show", "--date", "2015-12-31").out.splitlines()[2] == "Rule    none"


def test_a_policy_that_is_not_there(midpoint: Command) -> None:
    for arguments in (("policy", "show"), ("audit", INBOX)):
        done = midpoint(*arguments, "--policy", "generous")
        assert (done.code, done.out) == (1, "")
        assert "policy 'generous' is not known; " in done.err
        assert done.err.rstrip().endswith("payer_policy.csv has medicare, conservative")
        assert done.err.count("\n") == 1


def test_a_wrong_policy_row_stops_an_audit_before_it_begins(midpoint: Command) -> None:
    Path("reference").mkdir()
    text = (SQL / "reference" / "payer_policy.csv").read_text(encoding="utf-8").replace("conservative,", "medicare,")
    Path("reference/payer_policy.csv").write_text(text, encoding="utf-8")
    done = midpoint("audit", INBOX)
    assert "reference/payer_policy.csv, lines 2 and 7: both are valid for policy medicare, payer_id any" in done.err
    assert not Path("midpoint.duckdb").exists()


def test_an_import_and_what_it_says(midpoint: Command) -> None:
    done = midpoint("reference", "import", "pfs", PUBLISHED / "PPRRVU2026_Example_nonQPP.csv")
    assert (done.code, done.err) == (0, "")
    assert "fee_schedule  10 rows read, 6 of them matter here" in done.out
    assert "2026-01-01 to the next import" in done.out
    assert "2 rows replaced on those days, 22 left as they were" in done.out
    assert "99497 86.84 / 65.80" in done.out
    (change,) = json.loads(midpoint("reference", "import", "ncci", PUBLISHED / "ccipra-example-f1.txt", "--json").out)
    assert (change["table"], change["taken_count"], change["path"]) == ("ncci_pair", 60, "reference/ncci_pair.csv")
    assert sorted(path.name for path in Path("reference").iterdir()) == ["fee_schedule.csv", "ncci_pair.csv"]


def test_imports_go_where_the_settings_say_and_are_found_there(midpoint: Command) -> None:
    """reference/ beside the warehouse is taken without being named, as soon as it is there."""
    Path("deep").mkdir()
    file = PUBLISHED / "nucc_taxonomy_261.csv"
    assert load_settings({"warehouse": "deep/w.duckdb"}).reference is None
    assert midpoint("reference", "import", "taxonomy", file, "--warehouse", "deep/w.duckdb").code == 0
    assert load_settings({"warehouse": "deep/w.duckdb"}).reference == Path("deep/reference")
    assert load_settings().reference is None
    assert midpoint("reference", "import", "taxonomy", file, "--reference", "own").code == 0
    Path("midpoint.toml").write_text("reference = 'own'", encoding="utf-8")
    assert load_settings({"warehouse": "deep/w.duckdb"}).reference == Path("own")


@pytest.mark.parametrize(
    ("arguments", "code", "word"),
    [
        (("ncci", PUBLISHED / "PPRRVU2026_Example_nonQPP.csv"), 1, "no header row that begins with Column 1, Column 2"),
        (("pfs", "nosuch.csv"), 1, "nosuch.csv: No such file or directory"),
        (("ncci", PUBLISHED / "ccipra-example-f1.txt", "--valid-from", "2026-01-01"), 2, "NCCI pairs carry their own dates"),
        (("pfs", PUBLISHED / "PPRRVU2026_Example_nonQPP.csv", "more.csv"), 2, "one file at a time for pfs"),
        (("mue", PUBLISHED / "ccipra-example-f1.txt"), 2, "mue"),
        (("pfs", PUBLISHED / "PPRRVU2026_Example_nonQPP.csv", "--valid-from", "1/1/2026"), 2, "1/1/2026"),
    ],
)
def test_wrong_imports(midpoint: Command, arguments: tuple[object, ...], code: int, word: str) -> None:
    done = midpoint("reference", "import", *arguments)
    assert done.code == code
    assert word in done.err
    assert not Path("reference").exists()


def test_an_audit_by_another_policy(midpoint: Command) -> None:
    """--policy reaches the models: under the seed's own policy ACP by video is not covered."""
    assert midpoint("audit", INBOX, "--as-of", "2026-06-30", "--policy", "conservative", "--out", "strict").code == 0
    manifest = json.loads(Path("strict/current/manifest.json").read_text(encoding="utf-8"))
    assert manifest["policy"] == "conservative"
    results = Path("strict/current/check_result.csv").read_text(encoding="utf-8")
    assert "ACP-40" in results
