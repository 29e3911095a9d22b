"""Reads a large recording whose pieces other processes judge ahead of the fold over it."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, TypeAlias

from codexwire.transcript.quiet import Glanced
from codexwire.transcript.sieve import items
from codexwire.transcript.source import LONGEST, READ_ERRORS, Line, OpenRecording, fill

if TYPE_CHECKING:
    from concurrent.futures import Future  # few recordings are split

__all__ = ["PIECE", "Sift", "SplitSource"]

PIECE = 4 << 20
"""The bytes of a piece."""

Sift: TypeAlias = "Callable[[bytes], Future[bytes]]"
"""Calls a `Sieve` in another process."""

_Piece: TypeAlias = "tuple[bytes, Future[bytes] | None, bytes]"


class SplitSource(OpenRecording):
    """A recording that is read as lines up to when `sift` is set, and from then on in pieces.

    Up to `ahead` pieces are sifted at a time, each of about `size` bytes.
    """

    def __init__(
        self,
        path: str,
        *,
        ahead: int,
        size: int = PIECE,
        advance: Callable[[int], None] | None = None,
    ) -> None:
        super().__init__(path, advance=advance)
        self.sift: Sift | None = None
        self._ahead, self._piece_size = ahead, size

    def read(self) -> Iterator[Line | Glanced]:
        """Yield what `lines` does, or what was made of it; Futures may raise what sifting does."""
        number = 0
        try:
            for number, line in enumerate(self._raw_lines(), 1):
                if self._is_seen(number, line):
                    yield number, line
                else:
                    self._pass_over()
                if self.sift is not None and self.size >= len(self.head):
                    break
            else:
                return
            for piece, sifted, line in self._pieces(self.sift):
                if sifted is not None:
                    yield from items(piece, sifted.result(), number)
                    number += piece.count(b"\n")
                    self.size += len(piece)
                if line:
                    number += 1
                    if self._is_seen(number, line):
                        yield number, line
                self._report()
        except READ_ERRORS as error:
            self.damage = self._unreadable(error, number + 1)
        finally:
            self._report()

    def _pieces(self, sift: Sift) -> Iterator[_Piece]:
        """Yield whole lines, which are being sifted, and the line after them; OSError at the end."""
        waiting: deque[_Piece] = deque()
        damage: Exception | None = None
        is_over = False
        while True:
            while not is_over and len(waiting) < self._ahead:
                piece, line, damage = self._next()
                is_over = damage is not None or not (piece or line)
                waiting.append((piece, sift(piece) if piece else None, line))
            if not waiting:
                break
            yield waiting.popleft()
        if damage is not None:
            raise damage

    def _next(self) -> tuple[bytes, bytes, Exception | None]:
        """Read some whole lines, the line after them, which may be too long or cut short, and why no more."""
        piece = line = b""
        try:
            data = fill(self._stream, self._piece_size)
            cut = data.rfind(b"\n") + 1
            piece, begun = data[:cut], data[cut:]
            line = begun + self._stream.readline(LONGEST + 1 - len(begun))
            if len(line) > LONGEST:
                self._pass_over()
        except READ_ERRORS as error:
            return piece, b"", error
        return piece, line, None
