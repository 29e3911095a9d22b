"""A recording as numbered lines: plain, gzip or zstd, a file or standard input, in constant memory."""

from __future__ import annotations

import errno
import io
import re
import sys
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial
from itertools import chain
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, cast

import zstandard

from codexwire.errors import TranscriptError
from codexwire.location import Location
from codexwire.transcript.quiet import Glanced

__all__ = ["COMPRESSED", "LONGEST", "READ_ERRORS", "STDIN", "Line", "OpenRecording", "fill"]

STDIN = "-"
LONGEST = 128 << 20
"""The bytes of the longest line, or element of a JSON document, that is read; servers send less."""

_HEAD = 1 << 16
_STEP = 1 << 20
READ_ERRORS = (OSError, EOFError, zlib.error, zstandard.ZstdError)
"""What reading raises where a file is damaged, or cannot be read on."""

Line = tuple[int, bytes]

_GZIP = b"\x1f\x8b"
_ZSTD = rb"\x28\xb5\x2f\xfd|[\x50-\x5f]\x2a\x4d\x18"
"""A frame of zstd, or one to be skipped, such as packers that work in parallel write first."""
COMPRESSED = re.compile(_GZIP + b"|" + _ZSTD)
"""How the files begin that are unpacked while they are read."""
_ASCII = rb"[\t\n\r -~]"
_UNPACK, _SAVE = "unpack it first", "save it as UTF-8"
_NO_LINES = tuple(
    (re.compile(begins, re.DOTALL), what, hint)
    for begins, what, hint in (
        (rb"\xff\xfe\0\0|\0\0\xfe\xff", "the file is UTF-32", _SAVE),
        (
            rb"\xff\xfe|\xfe\xff|(?:%b\0){4}|(?:\0%b){4}" % (_ASCII, _ASCII),
            "the file is UTF-16",
            _SAVE,
        ),
        (rb"[^\r\n]*\r[^\n]*\Z", "the lines end with CR alone", "save it with line feeds"),
        (COMPRESSED.pattern, "the file is compressed twice", _UNPACK),
        (rb"\xfd7zXZ\0", "the file is compressed with xz", _UNPACK),
        (rb"BZh[1-9]1AY&SY", "the file is compressed with bzip2", _UNPACK),
        (rb"\x04\x22\x4d\x18", "the file is compressed with lz4", _UNPACK),
        (rb"PK\x03\x04", "the file is a zip archive", _UNPACK),
        (rb"7z\xbc\xaf\x27\x1c", "the file is a 7z archive", _UNPACK),
        (rb".{257}ustar", "the file is a tar archive", _UNPACK),
    )
)
"""How the content of a file begins that has no lines, what that is, and what to do about it."""


class OpenRecording:
    """A recording that is open for one pass, as a context manager.

    `name` is what findings call it; `head` the first 64 KiB of its (decompressed) content, for
    telling the format. `advance` is called with the number of bytes of the file read since the last
    call. Opening raises TranscriptError; where reading on fails, the content ends there and `damage`
    says why. `size` counts the bytes of content read, `too_long` has the numbers of the lines that
    were passed over because they are longer than 128 MiB.
    """

    def __init__(self, path: str, *, advance: Callable[[int], None] | None = None) -> None:
        self.path = path
        self.name = "<stdin>" if path == STDIN else path
        self.head = b""
        self.damage: TranscriptError | None = None
        self.size = 0
        self.too_long: list[int] = []
        self._advance = advance
        self._stack = ExitStack()
        self._reported = 0

    def __enter__(self) -> OpenRecording:
        try:
            self._file = self._open()
            self._stream = self._decompressed(self._file)
            self.head = fill(self._stream, _HEAD)
        except READ_ERRORS as error:
            self._stack.close()
            raise self._unreadable(error, None) from None
        for begins, what, hint in _NO_LINES:
            if begins.match(self.head):
                self._stack.close()
                raise TranscriptError(what, location=Location(self.name), hint=hint)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._stack.close()

    def _open(self) -> BinaryIO:
        if self.path == STDIN:
            if sys.stdin is None:  # so it is when the process began without one
                raise OSError(errno.EBADF, "standard input is closed")
            return sys.stdin.buffer
        return cast("BinaryIO", self._stack.enter_context(Path(self.path).open("rb", buffering=0)))

    def _decompressed(self, file: BinaryIO) -> io.BufferedReader:
        reader: io.BufferedReader = io.BufferedReader(cast("io.RawIOBase", file), _STEP)
        magic = reader.peek(4)[:4]
        if magic.startswith(_GZIP):
            return _inflated(reader, lambda: zlib.decompressobj(31), _gzip_as_it_came)
        if COMPRESSED.match(magic):
            zstd = zstandard.ZstdDecompressor()
            return _inflated(reader, zstd.decompressobj, _zstd_as_it_came)
        return reader

    def complete_first_line(self) -> None:
        """Extend `head` to the end of its first line, however long that is."""
        try:
            if b"\n" not in self.head:
                self.head += self._stream.readline(LONGEST)
        except READ_ERRORS as error:
            raise self._unreadable(error, 1) from None

    def lines(self) -> Iterator[Line]:
        """Yield `(number, bytes)` for every line with its line feed; numbers start at 1.

        Only the last line may lack the line feed; then it may have been cut short.
        """
        number = 0
        try:
            for number, line in enumerate(self._raw_lines(), 1):
                if self._is_seen(number, line):
                    yield number, line
                else:
                    self._pass_over()
        except READ_ERRORS as error:
            self.damage = self._unreadable(error, number + 1)
        self._report()

    def read(self) -> Iterator[Line | Glanced]:
        """Yield lines as `lines` does; some may have been read into items already."""
        return self.lines()

    def chunks(self) -> Iterator[bytes]:
        """Yield the content in pieces of about 1 MiB, for formats that are not made of lines."""
        try:
            piece = self.head
            while piece:
                self.size += len(piece)
                yield piece
                self._report()
                piece = self._stream.read1(_STEP)
            self._report()
        except READ_ERRORS as error:
            self.damage = self._unreadable(error, None)

    def _raw_lines(self) -> Iterator[bytes]:
        return chain(self._lines_of_head(), iter(partial(self._stream.readline, LONGEST + 1), b""))

    def _lines_of_head(self) -> Iterator[bytes]:
        with io.BytesIO(self.head) as head:
            for line in head:
                if line.endswith(b"\n"):
                    yield line
                else:
                    yield line + self._stream.readline(LONGEST + 1)

    def _is_seen(self, number: int, line: bytes) -> bool:
        """Count a line; false for one that is too long."""
        self.size += len(line)
        if not number % 1024:
            self._report()
        if len(line) > LONGEST:
            self.too_long.append(number)
            return False
        return True

    def _pass_over(self) -> None:
        """Read on to the end of the line."""
        while (piece := self._stream.readline(_STEP)) and not piece.endswith(b"\n"):
            self.size += len(piece)

    def _report(self) -> None:
        if self._advance is not None and self._file.seekable():
            position = self._file.tell()
            self._advance(position - self._reported)
            self._reported = position

    def _unreadable(self, error: Exception, line: int | None) -> TranscriptError:
        if isinstance(error, OSError) and error.strerror:
            reason, hint = f"cannot read the recording: {error.strerror}", "name a file or a folder"
        else:
            reason, hint = "the compressed data is damaged or cut short", "record or fetch it again"
        return TranscriptError(reason, location=Location(self.name, line), hint=hint)


_SYNC_FLUSH = b"\x00\x00\xff\xff"


def _gzip_as_it_came(piece: bytes) -> bool:
    return _SYNC_FLUSH in piece


def _zstd_as_it_came(piece: bytes) -> bool:
    try:
        size = zstandard.get_frame_parameters(piece).content_size
    except zstandard.ZstdError:  # not the start of a frame
        return False
    return bool(size == zstandard.CONTENTSIZE_UNKNOWN)


class _Inflated(io.RawIOBase):
    """The content of gzip members or zstd frames; EOFError where the last one is cut short.

    `start` begins a member. The libraries' own readers take a cut frame for the end of the file, or
    keep back what came before the cut. `as_it_came` tells by a piece that the file was written while
    things happened: then whoever wrote it was stopped, and the cut is its end.
    """

    _PIECE = 1 << 12  # a few bytes can stand for very many

    def __init__(
        self,
        file: io.BufferedReader,
        start: Callable[[], Any],
        as_it_came: Callable[[bytes], bool],
    ) -> None:
        self._file = file
        self._start = start
        self._as_it_came = as_it_came
        self._live = False
        self._member = start()
        self._ready = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._ready and (piece := self._next_piece()):
            self._ready = memoryview(self._member.decompress(piece))
        size = min(len(buffer), len(self._ready))
        buffer[:size] = self._ready[:size]
        self._ready = self._ready[size:]
        return size

    def _next_piece(self) -> bytes:
        """Return compressed bytes, those of the next member when one has ended."""
        if not self._member.eof:
            piece = self._file.read(self._PIECE)
            if not piece and not self._live:
                raise EOFError("cut short")
            self._live = self._live or self._as_it_came(piece)
            return piece
        piece = bytes(self._member.unused_data) or self._file.read(self._PIECE)
        self._member = self._start() if piece else self._member
        return piece


def _inflated(
    file: io.BufferedReader, start: Callable[[], Any], as_it_came: Callable[[bytes], bool]
) -> io.BufferedReader:
    return io.BufferedReader(_Inflated(file, start, as_it_came), _STEP)


def fill(stream: io.BufferedReader, size: int) -> bytes:
    """Read `size` bytes, fewer at the end of the stream or where it is damaged."""
    parts: list[bytes] = []
    try:
        while size > 0 and (piece := stream.read1(size)):
            parts.append(piece)
            size -= len(piece)
    except READ_ERRORS:
        if not parts:
            raise
    return b"".join(parts)
