"""Whole files through the reader and through the oracle: valid ones, broken ones, alone and together, in chunks of any size."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from pipelines.x12.tables import TABLES
from tests.x12 import oracle, texts
from tests.x12.breaking import BREAKS, Broken, broken
from tests.x12.comparing import SIZES, SMALL, WHOLE, differences, read

# What these do to a text has no one right reading, beyond that it is the same however the file is cut and that nothing gets lost.
UNRULY = ("swap segments", "drop an HL or SBR", "other HL level", "garbage bytes", "another byte")


def drawn(examples: int) -> settings:
    """So many examples, and none made smaller: their seeds are short to read as they are, and shrinking takes minutes."""
    return settings(max_examples=examples, phases=(Phase.generate,))


@drawn(60)
@given(texts.files, st.sampled_from(SIZES))
def test_valid_files_give_the_tables_of_the_oracle(file: texts.File, sizes: tuple[int, int]) -> None:
    expected = oracle.read(file.content)
    found = read(file.content, sizes)
    assert differences(expected.tables, found.tables) == []
    assert (found.asides, expected.asides) == ([], [])
    assert found.ends[0].landed == expected.landed
    assert sum(found.ends[0].aside.values()) == 0


def test_small_chunks_do_cut_files() -> None:
    """Otherwise the tests here would show less than they say."""
    content = texts.File([texts.Interchange([texts.Group("837I", "005010X223A2", [texts.Body("837I", 1, 3)])])]).content
    assert [read(content, sizes).batch_count > 1 for sizes in (*SMALL, WHOLE)] == [True, True, False]


def test_the_texts_fill_every_column() -> None:
    """A column that no text fills is compared with nothing."""
    filled: set[tuple[str, str]] = set()
    for seed in range(40):
        for kind, (_, _, versions) in texts.VERSIONS.items():
            text = texts.Interchange(
                [texts.Group(kind, versions[0], [texts.Body(kind, seed, 2)])], texts.Separators(*texts.SEPARATORS[seed % 10])
            )
            tables = oracle.read(texts.File([text]).content).tables
            filled |= {
                (name, column) for name, rows in tables.items() for row in rows for column, value in row.items() if value is not None
            }
    assert [(t.name, c) for t in TABLES for c, _ in t.columns if (t.name, c) not in filled] == []


@drawn(25)
@given(
    st.lists(st.one_of(texts.files, broken(texts.files, "truncate", "bad amount", "other version")), min_size=2, max_size=4),
    st.sampled_from(SIZES),
)
def test_files_read_together_are_read_as_each_alone(files: list[texts.File | Broken], sizes: tuple[int, int]) -> None:
    together = read([file.content for file in files], sizes)
    for key, file in enumerate(files, 1):
        alone = read(file.content)
        mine = {name: [r | {"file_key": 1} for r in rows if r["file_key"] == key] for name, rows in together.tables.items()}
        assert differences(alone.tables, mine) == []
        assert [replace(a, file_key=1, was_split=False) for a in together.asides if a.file_key == key] == alone.asides
        assert [replace(e, file_key=1) for e in together.ends if e.file_key == key] == alone.ends


@pytest.mark.parametrize("how", BREAKS)
@drawn(12)
@given(data=st.data())
def test_broken_files_are_read_the_same_however_they_are_cut(how: str, data: st.DataObject) -> None:
    content = data.draw(broken(texts.files, how)).content
    whole = read(content, WHOLE)
    cut = read(content, data.draw(st.sampled_from(SMALL)))
    assert differences(whole.tables, cut.tables) == []
    assert [replace(a, was_split=False) for a in cut.asides] == whole.asides
    assert cut.ends == whole.ends


@pytest.mark.parametrize("how", BREAKS)
@drawn(12)
@given(data=st.data())
def test_each_counted_segment_of_a_broken_file_is_landed_or_set_aside(how: str, data: st.DataObject) -> None:
    content = data.draw(broken(texts.files, how)).content
    found = read(content)
    (end,) = found.ends
    if any(a.unit == "file" for a in found.asides):
        return  # refused whole: its separators are not known (test_refused)
    segments, _ = oracle.split(content)
    assert {name: end.landed[name] + end.aside[name] for name in end.landed} == oracle.counts(segments)
    rows = {name: len(found.tables[table]) for name, table in (("clm", "claim"), ("clp", "remit"), ("svc", "remit_line"))}
    assert rows == {name: end.landed[name] for name in rows}


@pytest.mark.parametrize("how", [how for how in BREAKS if how not in UNRULY])
@drawn(12)
@given(data=st.data())
def test_broken_files_are_set_aside_as_the_oracle_does(how: str, data: st.DataObject) -> None:
    content = data.draw(broken(texts.files, how)).content
    found = read(content, data.draw(st.sampled_from(SIZES)))
    if any(a.unit == "file" for a in found.asides):
        return
    expected = oracle.read(content)
    if expected.has_unreadable_isa:
        return
    sets = [a for a in found.asides if a.transaction_set is not None]
    outside = [content[a.set_offset : a.set_offset + a.set_bytes] for a in found.asides if a.transaction_set is None]
    assert sum(oracle.counts(expected.strays).values()) == 0 or outside
    assert all(any(s.id.encode() in run for run in outside) for s in expected.strays if oracle.counts([s]).total())
    assert [(a.transaction_set, a.reason_code, a.segment_number, a.byte_offset, a.set_offset, a.set_bytes) for a in sets] == [
        (a.transaction_set, a.reason, a.number, a.offset, a.set_offset, a.set_bytes) for a in expected.asides
    ]
    for a, b in zip(sets, expected.asides, strict=True):
        assert b.where in a.message
        assert content[a.set_offset : a.set_offset + 2] == b"ST"
    assert differences(oracle.without_broken_headers(expected.tables), oracle.without_broken_headers(found.tables)) == []
    assert found.ends[0].landed == {name: expected.landed[name] for name in found.ends[0].landed}
    assert found.ends[0].aside == {name: expected.aside[name] for name in found.ends[0].aside}


def test_every_break_breaks() -> None:
    """Each way changes the text of some file, and most set something aside."""
    files = [texts.File([texts.Interchange([texts.Group(k, v[2][0], [texts.Body(k, 7, 2)])])]) for k, v in texts.VERSIONS.items()]
    for how, do in BREAKS.items():
        changed = [do(file, Random(seed)) != file.content for file in files for seed in range(10)]
        assert any(changed), how


# The public files lie outside the project; without them there is nothing to collect.
CORPUS = os.environ.get("MIDPOINT_CORPUS")
PUBLIC = sorted(p for p in Path(CORPUS).iterdir() if p.suffix not in (".tsv", ".md")) if CORPUS else []

if PUBLIC:

    @pytest.mark.parametrize("path", PUBLIC, ids=lambda path: path.name)
    def test_public_files_give_the_tables_of_the_oracle(path: Path) -> None:
        content = path.read_bytes()
        for sizes in SIZES:
            found = read(content, sizes)
            if any(a.unit == "file" for a in found.asides):
                return  # refused whole: tests/test_corpus.py says which may be
            expected = oracle.read(content)
            tables = oracle.without_broken_headers(expected.tables)
            assert differences(tables, oracle.without_broken_headers(found.tables)) == []
            sets = [a for a in found.asides if a.transaction_set is not None]
            places = [(a.transaction_set, a.reason_code, a.segment_number, a.byte_offset) for a in sets]
            assert places == [(a.transaction_set, a.reason, a.number, a.offset) for a in expected.asides]
