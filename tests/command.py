"""What one call of the command gives back; the fixture `midpoint` (conftest) makes the calls."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple


class Done(NamedTuple):
    """Exit code, standard output and standard error of one call."""

    code: int
    out: str
    err: str


Command = Callable[..., Done]
