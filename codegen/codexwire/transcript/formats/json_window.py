"""A JSON document of any size, read in pieces: its strings and brackets, or the elements of an array."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from codexwire.transcript.formats.format import BOM
from codexwire.transcript.source import LONGEST, OpenRecording

__all__ = ["Balance", "JsonWindow"]

# A string that the end of what was read cuts off is told from a whole one by the group `cut`.
_TOKEN = re.compile(
    rb'"[^"\\]*+(?:\\.[^"\\]*+)*+(?:"|(?P<cut>\\?\Z))|[{}\[\]]',
    re.DOTALL,
)
_ELEMENT = re.compile(rb"[^\s,]")
_SCALAR_END = re.compile(rb"[\s,\]}]")


class Balance:
    """Tells whether the brackets of a JSON document close, and its strings on their lines.

    `holds` says so of the lines that were watched.
    """

    def __init__(self) -> None:
        self._open = bytearray()
        self._is_broken = False

    @property
    def holds(self) -> bool:
        """Whether nothing is left open, and nothing was closed that was not open."""
        return not (self._is_broken or self._open)

    def watched(self, lines: Iterable[bytes]) -> Iterator[bytes]:
        """Pass lines on and look at them."""
        for line in lines:
            for token in _TOKEN.finditer(line.rstrip(b"\r\n")):
                if token[0] in b"[{":
                    self._open += token[0]
                elif token[0] in b"]}":
                    opened = bytes(self._open[-1:])
                    self._is_broken |= opened + token[0] not in (b"[]", b"{}")
                    self._open = self._open[:-1]
                else:
                    self._is_broken |= token["cut"] is not None
            yield line


class JsonWindow:
    """The part of the document that is in memory.

    `line` is that of the last element, or of the last token. `closed` tells whether the array whose
    elements were read has ended, and `cut` whether the file ends amid an element.
    """

    def __init__(self, source: OpenRecording) -> None:
        self._chunks = source.chunks()
        self._data = next(self._chunks, b"").removeprefix(BOM)
        self._at = 0
        self._next_line = 1
        self.line = 1
        self.closed = False
        self.cut = False

    def token(self) -> bytes | None:
        """Step past the next string or bracket and return it; None at the end of the file."""
        while True:
            found = _TOKEN.search(self._data, self._at)
            if found is not None and found["cut"] is None:
                self._skip_to(found.end())
                self.line = self._next_line
                return found[0]
            self._skip_to(len(self._data) if found is None else found.start())
            if not self._more():
                return None

    def element(self) -> bytes | None:
        """Step past the next element of an array, or of a sequence of values, and return its text.

        None where the array or the file ends; an element of more than 128 MiB is not read, as if the
        file ended in it.
        """
        while (found := _ELEMENT.search(self._data, self._at)) is None:
            self._skip_to(len(self._data))
            if not self._more():
                return None
        self._skip_to(found.start())
        self.line = self._next_line
        if found[0] == b"]":
            self._skip_to(self._at + 1)
            self.closed = True
            return None
        end = self._scalar_end() if found[0] not in b'{["' else self._end()
        if end is None:
            self.cut = True
            return None
        text = self._data[self._at : end]
        self._skip_to(end)
        return text

    def _scalar_end(self) -> int:
        while (found := _SCALAR_END.search(self._data, self._at)) is None:
            if not self._more():
                return len(self._data)
        return found.start()

    def _end(self) -> int | None:
        """Return where the string, object or array ends that begins here."""
        depth, position = 0, self._at
        while True:
            for token in _TOKEN.finditer(self._data, position):
                if token["cut"] is not None:
                    break
                position = token.end()
                depth += (token[0] in b"{[") - (token[0] in b"}]")
                if depth == 0:
                    return position
            consumed = position - self._at
            if len(self._data) - self._at > LONGEST or not self._more():
                return None
            position = consumed

    def _more(self) -> bool:
        """Read on, as much as is held already (strings may be huge); false at the end."""
        pieces = [self._data[self._at :]]
        held = added = len(pieces[0])
        while added <= 2 * held and (piece := next(self._chunks, b"")):
            pieces.append(piece)
            added += len(piece)
        self._data, self._at = b"".join(pieces), 0
        return len(pieces) > 1

    def _skip_to(self, position: int) -> None:
        """Forget what lies before `position`."""
        self._next_line += self._data.count(b"\n", self._at, position)
        self._at = position
