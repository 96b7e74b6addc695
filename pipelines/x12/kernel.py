"""What compiled functions are made of: the decorator, and plain pointers.

Every kernel is compiled once, for the types of its annotations: left to itself, Numba compiled some of them a hundred times, once for
every constant they were called with, which took minutes. Arrays are handed on as pointers, since references that are counted at every
call made the kernels several times slower. A pointer is just an address: whoever calls a kernel keeps the arrays alive.
"""

from __future__ import annotations

import typing
from collections.abc import Callable
from typing import Any

import numpy as np
from numba import njit, types
from numba.extending import intrinsic

F = typing.TypeVar("F", bound=Callable[..., Any])


class Bytes:
    """A pointer to bytes, as annotation: buf[i]."""

    def __getitem__(self, place: int) -> int:
        raise TypeError("a pointer can be followed in compiled code only")


class Words:
    """A pointer to 64-bit integers, as annotation: marks[i]."""

    def __getitem__(self, place: int) -> int:
        raise TypeError("a pointer can be followed in compiled code only")

    def __setitem__(self, place: int, value: int) -> None:
        raise TypeError("a pointer can be followed in compiled code only")


_POINTERS = {Bytes: types.CPointer(types.uint8), Words: types.CPointer(types.int64)}


def _numba_type(annotation: Any) -> Any:
    if annotation in _POINTERS:
        return _POINTERS[annotation]
    if annotation is type(None):
        return types.void
    if annotation is bool:
        return types.boolean
    if annotation is int:
        return types.int64
    if typing.get_origin(annotation) is tuple:
        return types.Tuple([_numba_type(a) for a in typing.get_args(annotation)])
    # a NamedTuple of Words
    return types.NamedUniTuple(_POINTERS[Words], len(annotation._fields), annotation)


def kernel(function: F) -> F:
    """Compile a function for the types of its annotations, without the GIL; the machine code is cached."""
    hints = typing.get_type_hints(function)
    result = _numba_type(hints.pop("return"))
    compiled: Any = njit(result(*(_numba_type(h) for h in hints.values())), cache=True, nogil=True)(function)
    return compiled


def _pointer(element: Any) -> Any:
    pointer = types.CPointer(element)

    @intrinsic
    def at(typingctx: Any, address: Any) -> Any:
        def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
            return builder.inttoptr(args[0], context.get_value_type(signature.return_type))

        return pointer(types.int64), codegen

    return at


bytes_at: Callable[[int], Bytes] = _pointer(types.uint8)
words_at: Callable[[int], Words] = _pointer(types.int64)


def address(array: np.ndarray[Any, Any]) -> int:
    """Address of an array's first element."""
    return int(array.ctypes.data)
