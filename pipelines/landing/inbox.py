"""What lies in the inbox: files, and the members of archives, each with its content's hash and its kind, told from the content.

What does not belong here: reading claims or documentation (x12, documentation) and storing (land).
"""

from __future__ import annotations

import gzip
import hashlib
import io
import re
import time
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from pipelines.documentation.extract import looks_like_documentation
from pipelines.errors import MidpointError
from pipelines.x12.delimiters import first_segment

GZIP_MAGIC = b"\x1f\x8b"
ZIP_MAGIC = (b"PK\x03\x04", b"PK\x05\x06")  # the second begins an empty one
HEAD_BYTES = 1 << 16
KEEP_BYTES = 1 << 20  # content of smaller files is kept, so that they are opened once
READ_BYTES = 1 << 20
LOOK_SECONDS = 1  # between two looks at a file that may still be growing


@dataclass(frozen=True)
class Item:
    """One file, or one member of an archive. ``path``: as named to users, below the folder that was given."""

    path: str
    sha256: str
    byte_count: int
    kind: str  # x12, documentation, or refused
    open: Callable[[], BinaryIO]
    reason_code: str = ""
    message: str = ""


def find(sources: list[Path], not_input: tuple[Path, ...] = (), may_be_empty: bool = False) -> list[tuple[str, Path]]:
    """The files below each source as (path to show, path), in order of name.

    Passed over: hidden files, and Midpoint's own output (``not_input``: files, with what DuckDB keeps beside them, and folders).

    Raises MidpointError where a source does not exist, or where there is no file in all of them and may_be_empty is false.
    """
    found: dict[Path, str] = {}
    ours = {path.resolve() for path in not_input}
    ours |= {path.with_name(path.name + suffix) for path in ours for suffix in (".wal", ".tmp")}
    for source in sources:
        if source.is_dir():
            for path in sorted(source.rglob("*")):
                shown = path.relative_to(source)
                real = path.resolve()
                if path.is_file() and not any(part.startswith(".") for part in shown.parts) and ours.isdisjoint((real, *real.parents)):
                    found.setdefault(real, shown.as_posix())
        elif source.is_file():
            found.setdefault(source.resolve(), source.name)
        else:
            raise MidpointError(f"{source}: no such file or folder; name the folder that holds your 837, 835 and documentation files")
    if not found and not may_be_empty:
        names = ", ".join(str(s) for s in sources)
        raise MidpointError(f"{names}: there is no file in it; put 837, 835 or documentation files there, or name another folder")
    return sorted(((shown, path) for path, shown in found.items()), key=lambda pair: (pair[0], str(pair[1])))


def rested(found: list[tuple[str, Path]], seconds: int) -> list[tuple[str, Path]]:
    """Those of ``found`` that nobody is writing: not changed for ``seconds``, and the same at two looks.

    What changes a file, or moves it here, sets its change time (ctime), which no program can set back; its modification time counts as
    well. One that is dated in the future (a share whose clock is ahead) rests once that time has passed.
    """
    looks = [_look(path) for _, path in found]
    time.sleep(min(LOOK_SECONDS, seconds))
    now = time.time()
    return [
        pair
        for pair, look in zip(found, looks, strict=True)
        if look is not None and look == _look(pair[1]) and now - max(look[1:]) / 1e9 >= seconds
    ]


def _look(path: Path) -> tuple[int, int, int] | None:
    """Size, modification and change time in nanoseconds; None where the file has gone."""
    try:
        stat = path.stat()
    except OSError:
        return None
    return stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns


def items(shown: str, path: Path) -> Iterator[Item]:
    """The file itself, or what is in it where it is an archive. Raises MidpointError where it cannot be opened at all."""
    try:
        with path.open("rb") as file:
            magic = file.read(4)
        if magic in ZIP_MAGIC:
            yield from _members(shown, path)
        else:
            yield _item(shown, lambda: path.open("rb"))
    except PermissionError as error:
        raise MidpointError(f"{shown}: cannot be read; give this user the right to read it") from error
    except OSError as error:
        raise MidpointError(f"{shown}: cannot be read: {error.strerror or error}") from error


def _members(shown: str, path: Path) -> Iterator[Item]:
    try:
        with zipfile.ZipFile(path) as archive:
            members = sorted((i for i in archive.infolist() if not i.is_dir()), key=lambda i: (i.filename, i.header_offset))
        if any(m.filename == "[Content_Types].xml" for m in members):
            yield _refused(shown, path, "office_file", "an Office document, not X12; save the sheet as CSV and put that in")
            return
        members = [m for m in members if not Path(m.filename).name.startswith(".") and not m.filename.startswith("__MACOSX/")]
        if not members:
            yield _refused(shown, path, "empty_archive", "the zip archive holds no file; ask the sender for it again")
        for member in members:
            yield _item(f"{shown}/{member.filename}", _member(path, member))
    except zipfile.BadZipFile:
        yield _refused(shown, path, "damaged_archive", "the zip archive is damaged or cut off; fetch it again")


def _member(path: Path, member: zipfile.ZipInfo) -> Callable[[], BinaryIO]:
    def open_member() -> BinaryIO:
        # The archive is closed with the member: ZipFile keeps the file open for as long as a member is.
        with zipfile.ZipFile(path) as archive:
            return archive.open(member)  # pyright: ignore[reportReturnType]  # a ZipExtFile reads bytes like any BinaryIO

    return open_member


def _refused(shown: str, path: Path, reason_code: str, message: str) -> Item:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(READ_BYTES):
            digest.update(block)
    return Item(shown, digest.hexdigest(), path.stat().st_size, "refused", lambda: path.open("rb"), reason_code, message)


def _unpacked(plain: Callable[[], BinaryIO]) -> Callable[[], BinaryIO]:
    def open_unpacked() -> BinaryIO:
        return gzip.GzipFile(fileobj=plain())  # pyright: ignore[reportReturnType]  # reads bytes like any BinaryIO

    return open_unpacked


def _item(shown: str, opened: Callable[[], BinaryIO]) -> Item:
    """Hash, size and kind of one content, unpacked where it is gzip."""
    digest = hashlib.sha256()
    head = b""
    kept: list[bytes] = []
    size = 0
    problem = ("", "")
    content = opened
    try:
        with opened() as stream:
            if stream.read(2) == GZIP_MAGIC:
                content = _unpacked(opened)
        with content() as stream:
            while block := stream.read(READ_BYTES):
                digest.update(block)
                size += len(block)
                if len(head) < HEAD_BYTES:
                    head = (head + block)[:HEAD_BYTES]
                if size <= KEEP_BYTES:
                    kept.append(block)
    except (EOFError, gzip.BadGzipFile, zlib.error, zipfile.BadZipFile):
        problem = "damaged_archive", "the compressed file is damaged or cut off; fetch it again"
    except (RuntimeError, NotImplementedError):
        problem = "locked_archive", "the archive is encrypted or packed in an unknown way; unpack it and put its files in"
    if problem[0]:
        return _damaged(shown, opened, *problem)
    if size <= KEEP_BYTES:
        whole = b"".join(kept)
        return Item(shown, digest.hexdigest(), size, _kind(head), lambda: io.BytesIO(whole))
    return Item(shown, digest.hexdigest(), size, _kind(head), content)


def _damaged(shown: str, opened: Callable[[], BinaryIO], reason_code: str, message: str) -> Item:
    """A content that cannot be unpacked: it stands as it is packed, or, in an archive that cannot be read, by its name alone."""
    digest, size = hashlib.sha256(), 0
    try:
        with opened() as stream:
            while block := stream.read(READ_BYTES):
                digest.update(block)
                size += len(block)
    except (EOFError, RuntimeError, NotImplementedError, zlib.error, zipfile.BadZipFile):
        by_name = hashlib.sha256(shown.encode()).hexdigest()
        return Item(shown, by_name, 0, "refused", lambda: io.BytesIO(), reason_code, message)
    return Item(shown, digest.hexdigest(), size, "refused", opened, reason_code, message)


def _kind(head: bytes) -> str:
    """documentation where the content is Parquet or text with a header row of names; the X12 reader says what all else is."""
    if head[first_segment(head) :].startswith(b"ISA"):
        return "x12"
    if looks_like_documentation(head):
        return "documentation"
    first_line = head.removeprefix(b"\xef\xbb\xbf").split(b"\n", 1)[0].strip()
    # A table that is not ours deserves to hear which columns are missing.
    if re.fullmatch(rb'"?[A-Za-z_][\w .-]*"?([,;\t|]"?[A-Za-z_][\w .-]*"?)+', first_line):
        return "documentation"
    return "x12"
