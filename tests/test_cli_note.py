"""`midpoint note`: one note from a file or from standard input, as text and as JSON, and one line for whatever is no note."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import pytest

from tests.command import Command, Done

NOTE = (
    "Voluntary Advance Care Planning discussion with patient and daughter. Reviewed CPR, intubation, mechanical ventilation, artificial"
    " nutrition, and POLST options. Patient elects DNR/DNI and names daughter as surrogate. Declined to discuss dialysis."
    " 40 minutes face-to-face ACP time documented."
)


@pytest.fixture
def midpoint(midpoint: Command, monkeypatch: pytest.MonkeyPatch) -> Command:
    """`midpoint note`, with ``given`` on standard input."""

    def call(*arguments: object, given: bytes = b"") -> Done:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(given)))
        return midpoint("note", *arguments)

    return call


def test_json_of_a_file_and_of_standard_input(midpoint: Command, tmp_path: Path) -> None:
    (tmp_path / "note.txt").write_text(NOTE)
    code, out, err = midpoint(tmp_path / "note.txt", "--json")
    assert (code, err) == (0, "")
    read = json.loads(out)
    assert {name: value for name, value in read.items() if name not in ("spans", "reasons")} == {
        "acp_minutes": 40, "acp_start": None, "acp_stop": None, "voluntary": True, "participants": ["patient", "daughter"],
        "patient_present": True, "topics": ["code_status", "ventilation", "nutrition", "surrogate", "polst"], "documents": ["polst"],
        "modality": "in_person", "decisions": "Patient elects DNR/DNI and names daughter as surrogate",
    }  # fmt: skip
    assert read["spans"]["acp_minutes"] == [{"start": NOTE.index("40 min"), "end": NOTE.index(" face"), "text": "40 minutes"}]
    assert "dialysis: not discussed" in read["reasons"]["topics"]
    assert midpoint("-", "--json", given=NOTE.encode()) == (code, out, err)


def test_shown_with_the_words_that_gave_each_value_and_the_reasons(midpoint: Command, tmp_path: Path) -> None:
    (tmp_path / "note.txt").write_text("ACP time: 40 minutes. Code status discussed; patient elects\x1b[2J DNR. Total ACP time 25 minutes.")
    code, out, _ = midpoint(tmp_path / "note.txt")
    assert code == 0
    assert "conflict: 25 minutes in all, but 40 minutes" in out
    assert "code_status from “Code status”" in out
    assert "\x1b" not in out  # a note cannot steer the terminal


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_encodings(midpoint: Command, encoding: str) -> None:
    _, out, _ = midpoint("-", "--json", given="ACP 10:05–10:47 with patient’s wife; CPR discussed.".encode(encoding))
    assert json.loads(out)["acp_minutes"] == 42
    assert json.loads(out)["participants"] == ["spouse"]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (b" \n\t", "is empty"),
        (b"SECRET\x00NAME", "no text file"),
        (b"PK\x03\x04SECRET", "a Word or zip file"),
        (b"%PDF-1.7 SECRET", "a PDF"),
        (b"{\\rtf1 SECRET}", "an RTF file"),
        (b"SECRET " * 700_000, "larger than 4 MB"),
    ],
)
def test_what_is_no_note_is_one_line_that_quotes_nothing(midpoint: Command, tmp_path: Path, content: bytes, words: str) -> None:
    (tmp_path / "note.txt").write_bytes(content)
    for code, out, err in (midpoint(tmp_path / "note.txt"), midpoint("-", given=content)):
        assert (code, out, err.count("\n")) == (1, "", 1)
        assert words in err
        assert "SECRET" not in err


def test_a_missing_file_and_a_folder(midpoint: Command, tmp_path: Path) -> None:
    assert midpoint(tmp_path / "none.txt")[::2] == (
        1,
        f"midpoint: {tmp_path / 'none.txt'}: not there; name one note's text file, or - for standard input\n",
    )
    assert "is a folder" in midpoint(tmp_path)[2]
    assert midpoint()[0] == 2
