"""The synthetic generator: the same bytes for the same arguments, truth that points at what was written, and errors of every check."""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import os
import subprocess
import sys
import zipfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest

from pipelines.checks.catalogue import load_catalogue
from pipelines.cli import main
from pipelines.errors import MidpointError
from pipelines.synthetic.generate import CERTAIN_CLAIMS, CERTAIN_PLANTS, RECIPES, generate_folder
from pipelines.synthetic.recipes import Kind
from pipelines.synthetic.truth import read_truth
from pipelines.synthetic.world import npi

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run just large enough that each error is planted a few times."""
    made = tmp_path_factory.mktemp("generated") / "run"
    generate_folder(made, CERTAIN_CLAIMS, 7, 0.1)
    return made


def contents(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Every file of the inbox, unpacked."""
    for path in sorted((folder / "inbox").rglob("*.*")):
        data = path.read_bytes()
        if path.suffix == ".zip":
            with zipfile.ZipFile(path) as archive:
                yield from ((name, archive.read(name)) for name in archive.namelist())
        else:
            yield path.name, gzip.decompress(data) if path.suffix == ".gz" else data


def segments(data: bytes) -> Iterator[list[str]]:
    text = data.decode("ascii")
    element, terminator = text[3], text[105]
    for piece in text.split(terminator):
        if piece.strip():
            yield piece.strip().split(element)


def digest(folder: Path) -> str:
    found = hashlib.sha256()
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        found.update(str(path.relative_to(folder)).encode())
        found.update(path.read_bytes())
    return found.hexdigest()


def test_the_same_arguments_give_the_same_bytes(tmp_path: Path) -> None:
    """In processes of their own, whose hash seeds differ."""
    code = "import sys; from pathlib import Path; from pipelines.synthetic.generate import generate_folder as g"
    digests: dict[str, str] = {}
    for name, seed, hash_seed in (("a", 3, "1"), ("b", 3, "2"), ("c", 4, "1")):
        run = f"{code}; g(Path(sys.argv[1]), 300, {seed}, 0.2)"
        subprocess.run(
            [sys.executable, "-c", run, str(tmp_path / name)], cwd=ROOT, env=os.environ | {"PYTHONHASHSEED": hash_seed}, check=True
        )
        digests[name] = digest(tmp_path / name)
    assert digests["a"] == digests["b"]
    assert digests["a"] != digests["c"]


def test_a_full_file_is_followed_by_a_second_part(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipelines.synthetic.inbox_writer.FILE_BYTES", 10_000)
    generate_folder(tmp_path / "run", 300, 1, 0)
    assert list((tmp_path / "run" / "inbox").rglob("*_part2.*"))
    for name, data in contents(tmp_path / "run"):
        if data.startswith(b"ISA"):
            ids = Counter(segment[0] for segment in segments(data))
            assert ids["ISA"] == ids["IEA"] > 0, name


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(MidpointError, match="not an empty folder"):
        generate_folder(tmp_path, 10, 1, 0.1)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_the_command_says_what_it_made_and_overwrites_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["midpoint", "generate", str(tmp_path / "run"), "--claims", "40", "--seed", "5", "--error-rate", "0"]
    monkeypatch.setattr(sys, "argv", arguments)
    with pytest.raises(SystemExit) as left:
        main()
    said = capsys.readouterr()
    assert not left.value.code
    assert "40" in said.out.splitlines()[0]
    assert f"midpoint verify-truth {tmp_path / 'run'}" in said.out
    before = digest(tmp_path / "run")
    with pytest.raises(SystemExit) as left:
        main()
    said = capsys.readouterr()
    assert left.value.code == 1
    assert said.err.count("\n") == 1
    assert "not an empty folder" in said.err
    assert digest(tmp_path / "run") == before


def test_every_check_of_the_catalogue_has_an_error() -> None:
    planted = {check_id for recipe in RECIPES for check_id in recipe.plants}
    assert {check.id for check in load_catalogue()} <= planted
    assert all(recipe.plants for recipe in RECIPES if recipe.kind is Kind.ERROR)


def test_each_error_is_planted_a_few_times(folder: Path) -> None:
    truth = read_truth(folder / "truth.csv")
    by_recipe = Counter((check_id, recipe) for check_id, keys in truth.items() for recipe in keys.values())
    for recipe in RECIPES:
        for check_id in recipe.plants:
            least = 1 if recipe.episodes else CERTAIN_PLANTS
            assert by_recipe[check_id, "ledger" if recipe.episodes else recipe.name] >= least, (recipe.name, check_id)


def test_without_errors_nothing_is_planted(tmp_path: Path) -> None:
    made = generate_folder(tmp_path / "run", 600, 1, 0)
    assert (made["claims"], made["planted"]) == (600, 0)
    assert (tmp_path / "run" / "truth.csv").read_text() == "check_id,key,recipe\n"


def test_truth_points_at_what_was_written(folder: Path) -> None:
    """Every key names a line, a claim, a note or a clinician that an unbroken file holds, each error once."""
    lines: dict[str, int] = {}
    clinicians: set[str] = set()
    claims = 0
    for name, data in contents(folder):
        if not data.startswith(b"ISA") or name.startswith("again_"):
            continue
        for segment in segments(data):
            if segment[0] == "CLM" and segment[2].replace(".", "").isdigit():
                claims += 1
                account = segment[1]
                lines[account] = 0
            elif segment[0] == "LX" and name.startswith("837"):
                lines[account] = int(segment[1])
            elif segment[0] == "NM1" and segment[1] in ("82", "71"):
                clinicians.add(segment[9])
    assert claims == CERTAIN_CLAIMS
    notes = {row["documentation_id"] for row in documentation(folder)}
    for check_id, keys in read_truth(folder / "truth.csv").items():
        for key in keys:
            kind, _, rest = key.partition(":")
            if kind == "doc":
                assert rest in notes, (check_id, key)
            elif kind == "npi":
                assert rest in clinicians, (check_id, key)
            else:
                account, _, line = key.partition("/")
                assert 1 <= int(line or 1) <= lines[account], (check_id, key)


def test_the_truth_of_links_points_at_what_was_written(folder: Path) -> None:
    """Every remitted line of the 835s stands in truth_links.csv as often as it answers a claim line, and nothing else does."""
    remitted: set[tuple[str, str, str, str]] = set()
    lines: dict[tuple[str, str], int] = {}
    for name, data in contents(folder):
        if not data.startswith(b"ISA") or name.startswith("again_"):
            continue
        day = account = number = status = ""
        ordinal = 0
        for segment in segments(data):
            match segment:
                case ["DTM", "405", when] | ["BHT", _, _, _, when, *_]:
                    day = f"{when[:4]}-{when[4:6]}-{when[6:]}"
                case ["CLP", account, status, _, _, _, _, number, *_]:
                    ordinal = 0
                case ["SVC", *_]:
                    ordinal += 1
                    remitted.add((number, status, day, str(ordinal)))
                case ["CLM", account, amount, *_]:
                    account = account if amount.replace(".", "").isdigit() else ""
                case ["LX", count] if name.startswith("837"):
                    lines[account, day] = int(count)
                case _:
                    pass
    rows = list(csv.DictReader((folder / "truth_links.csv").open()))
    assert {(r["payer_claim_control_number"], r["status_code"], r["remit_date"], r["remit_line_number"]) for r in rows} == remitted
    for row in rows:
        if row["patient_control_number"]:
            assert 1 <= int(row["line_number"]) <= lines[row["patient_control_number"], row["submission_date"]], row
    assert any(not row["patient_control_number"] for row in rows), "answers to claims that cannot be read"


def test_every_way_of_answering_is_planted(folder: Path) -> None:
    """Parts, bundles, changed procedures named and not, reversals in their own payment, no line control numbers, 835s sent twice."""
    seen: Counter[str] = Counter()
    for name, data in contents(folder):
        seen["sent twice"] += name.startswith("835_resent")
        if not name.startswith("835"):
            continue
        for segment in segments(data):
            if segment[0] == "SVC":
                seen["panel"] += segment[1] == "HC:80050"
                seen["named"] += len(segment) > 6
                seen["not named"] += len(segment) <= 6 and segment[1] in ("HC:36416", "HC:85027", "HC:93010")
            seen["by number"] += segment[:2] == ["REF", "6R"]
            seen["reversal"] += segment[0] == "CLP" and segment[2] == "22"
    assert min(seen.values()) > 0, seen
    recipes = Counter(row["recipe"] for row in csv.DictReader((folder / "truth_outcomes.csv").open()))
    assert {"corrected_out_of_order", "one_code_bundled", "paid_short", "denial_worked"} <= recipes.keys()


def documentation(folder: Path) -> list[dict[str, str]]:
    rows: list[dict[str, str]] = []
    for path in sorted((folder / "inbox" / "documentation").iterdir()):
        if path.suffix == ".parquet":
            rows += [{k: v or "" for k, v in row.items()} for row in pl.read_parquet(path).to_dicts()]
        else:
            text = path.read_text("utf-8-sig")
            rows += csv.DictReader(io.StringIO(text), delimiter=";" if text.startswith("documentation_id;") else ",")
    return rows


def test_the_inbox_is_as_mixed_as_life(folder: Path) -> None:
    """Packed and repeated files, several separators and line ends, a transaction set that cannot be read, corrections, a second payer."""
    suffixes = Counter(path.suffix for path in (folder / "inbox").rglob("*.*"))
    assert {".edi", ".gz", ".zip", ".csv", ".parquet"} <= suffixes.keys()
    digests = Counter(hashlib.sha256(data).digest() for _, data in contents(folder))
    assert max(digests.values()) == 2
    seen: Counter[str] = Counter()
    for name, data in contents(folder):
        if not data.startswith(b"ISA") or name.startswith("again_"):
            continue
        seen["separators " + chr(data[3]) + chr(data[105])] += 1
        seen["CRLF" if b"\r\n" in data else "LF" if b"\n" in data else "none"] += 1
        for segment in segments(data):
            match segment:
                case ["CLM", _, amount, *_]:
                    seen["broken"] += amount == "1O5.OO"
                    seen[f"frequency {segment[5][-1]}"] += 1
                case ["CLP", _, status, *_]:
                    seen[f"status {status}"] += 1
                case ["SBR", sequence, *_]:
                    seen[f"payer {sequence}"] += 1
                case ["PLB", *_]:
                    seen["PLB"] += 1
                case ["PAT", *_]:
                    seen["dependent"] += 1
                case _:
                    pass
    wanted = """separators *~,separators |',CRLF,LF,none,broken,frequency 1,frequency 7,frequency 8,frequency A,status 1,status 2,status 19,
        status 4,status 22,payer P,payer S,PLB,dependent"""
    assert {word.strip() for word in wanted.split(",")} <= seen.keys()
    assert seen["broken"] >= 1


def test_npis_are_valid() -> None:
    def luhn(number: str) -> int:
        digits = [int(d) for d in reversed("80840" + number)]
        return sum(d if i % 2 == 0 else sum(divmod(2 * d, 10)) for i, d in enumerate(digits)) % 10

    assert [luhn(npi(n)) for n in range(99_900_000, 99_900_050)] == [0] * 50


@pytest.mark.parametrize(
    ("claims", "error_rate", "as_of", "words"),
    [(0, 0.1, None, "claims"), (10, 1.5, None, "error rate"), (10, 0.1, "2024-01-01", "as-of date")],
)
def test_arguments_out_of_range_are_told(tmp_path: Path, claims: int, error_rate: float, as_of: str | None, words: str) -> None:
    from datetime import date

    with pytest.raises(MidpointError, match=words):
        generate_folder(tmp_path / "run", claims, 1, error_rate, *([date.fromisoformat(as_of)] if as_of else []))
    assert not (tmp_path / "run").exists()
