"""Words that follow numbers."""

from __future__ import annotations

import pytest

from pipelines.words import plural


@pytest.mark.parametrize(
    ("number", "said"),
    [(0, "0 functional groups"), (1, "1 functional group"), (2, "2 functional groups"), (1200, "1,200 functional groups")],
)
def test_one_is_one(number: int, said: str) -> None:
    assert plural(number, "functional group") == said
