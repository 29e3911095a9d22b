"""Texts that are sent in pieces, message by message: found, joined, redacted and cut again."""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import suppress
from functools import lru_cache
from typing import Any, NamedTuple, TypeAlias

from codexwire.proxy.redact.json_part import json_part, json_value
from codexwire.proxy.redact.members import is_delta, is_packed
from codexwire.proxy.redact.redactor import Redactor

__all__ = ["Joined", "LiveRedactor", "Piece", "has_pieces", "pieces_in"]

Key: TypeAlias = tuple[tuple[str, Any], ...]

_MARK = re.compile(rb"[dD]elta|chunk|DELTA")
_TELLS = re.compile(r"(?!id\Z).*(?:[iI]d|Index|_index)|stream|method|type|dir|conn")
_SCALARS = (str, int)
_OPEN = (str, dict, list)
_BATCH = 1 << 16  # characters of one text that are redacted at once
_OVERLAP = 1 << 13  # of them are looked at again with what follows
_HELD = 1 << 22  # of all texts together
_TAIL = 1 << 12  # that a live text remembers


class Piece(NamedTuple):
    """A string that is a piece of a longer text: `key` is that of the text, `value` as it is written.

    `text` is its text; what is no UTF-8 in base64 becomes surrogates.
    """

    key: Key
    value: str
    text: str
    packed: bool

    def written(self, text: str) -> str:
        """Return another text as this piece is written."""
        if not self.packed:
            return text
        return b64encode(text.encode("utf-8", "surrogateescape")).decode()


def has_pieces(line: bytes) -> bool:
    """Whether a line may hold pieces of texts; quick, and right when it says no."""
    return _MARK.search(line) is not None


def pieces_in(line: bytes) -> Iterator[Piece]:
    """Yield the pieces of texts in a line, in JSON in its strings too."""
    body = line.decode("utf-8", "surrogateescape").rstrip("\r\n")
    rest: list[tuple[Any, str, Key]] = [(json_part(body).value, "", ())]
    while rest:
        value, name, key = rest.pop()
        if isinstance(value, dict):
            key += tuple((n, v) for n, v in value.items() if _tells(n) and type(v) in _SCALARS)
            rest += (
                (inner, n, key) for n, inner in reversed(value.items()) if type(inner) in _OPEN
            )
        elif isinstance(value, list):
            rest += ((inner, name, key) for inner in reversed(value))
        elif isinstance(value, str) and value:
            if is_delta(name):
                yield _piece(value, name, key)
            elif value[0] in "{[" and has_pieces(value.encode("utf-8", "surrogatepass")):
                rest.append((json_value(value), "", key))


def _piece(value: str, name: str, key: Key) -> Piece:
    key += (("", name),)
    if is_packed(name):
        with suppress(ValueError):
            text = b64decode(value, validate=True).decode("utf-8", "surrogateescape")
            return Piece(key, value, text, packed=True)
    return Piece(key, value, value, packed=False)


@lru_cache(maxsize=1 << 12)
def _tells(name: str) -> bool:
    """Whether a member of this name says which text a piece belongs to."""
    return _TELLS.fullmatch(name) is not None


class Joined:
    """Redacts the pieces of many texts, each text as a whole, holding a part of them in memory.

    `edits` gets line number → piece → what it becomes, of the pieces that change.
    """

    def __init__(self, redactor: Redactor) -> None:
        self.edits: dict[int, dict[str, str]] = defaultdict(dict)
        self._redactor = redactor
        self._texts: dict[Key, list[tuple[int, Piece]]] = {}
        self._sizes: dict[Key, int] = {}

    def add(self, number: int, piece: Piece) -> None:
        """Take the next piece of a text."""
        self._texts.setdefault(piece.key, []).append((number, piece))
        size = self._sizes[piece.key] = self._sizes.get(piece.key, 0) + len(piece.value)
        if size > _BATCH:
            self._redact(piece.key, _OVERLAP)
        elif len(self._sizes) > 1 and sum(self._sizes.values()) > _HELD:
            self.finish()

    def finish(self) -> None:
        """Redact all that is left."""
        for key in list(self._texts):
            self._redact(key, 0)

    def _redact(self, key: Key, keep: int) -> None:
        held = self._texts.pop(key)
        del self._sizes[key]
        texts = [piece.text for _, piece in held]
        for (number, piece), old, new in zip(
            held, texts, self._redactor.pieces(texts), strict=True
        ):
            if new != old:  # what was redacted with what came before it stays so
                self.edits[number].setdefault(piece.value, piece.written(new))
        size = 0
        while keep and held and size < keep:
            number, piece = held.pop()
            self._texts.setdefault(key, []).insert(0, (number, piece))
            size += len(piece.value)
        if size:
            self._sizes[key] = size


class LiveRedactor:
    """Redacts lines as they come: what was written stays as it is.

    Of a secret that is cut over several messages, what came before it could be told remains.
    """

    def __init__(self, redactor: Redactor) -> None:
        self._redactor = redactor
        self._tails: dict[Key, str] = {}

    def line(self, line: bytes) -> bytes:
        """Return one line with its line end, redacted."""
        edits = self._edits(line) if has_pieces(line) else {}
        return self._redactor.line(line, lambda value: edits.get(value, value))

    def _edits(self, line: bytes) -> Mapping[str, str]:
        edits = {}
        for piece in pieces_in(line):
            tail, text = self._tails.get(piece.key, ""), piece.text
            edits[piece.value] = piece.written(self._redactor.pieces([tail, text])[1])
            self._tails[piece.key] = (tail + text)[-_TAIL:]
        return edits
