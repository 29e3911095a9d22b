"""Leaves out parts of lines: each string there becomes a note of its length."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from codexwire.location import JsonPath
from codexwire.model.lines import Strip
from codexwire.model.message import LineError
from codexwire.model.repeated import Repeated, json_text, parse_repeated

__all__ = ["Stripper"]


class Stripper:
    """Leaves parts out of the lines of one file; `stripped` counts strings by what they were part of.

    A line stays the same JSON but for those strings. One without such a part stays as it is, byte by byte,
    and so does one that is no JSON object: `unread` counts these, for what was to go may stand in them.
    """

    def __init__(self, strips: Sequence[Strip]) -> None:
        self._strips = strips
        self.stripped: Counter[str] = Counter()
        self.unread = 0

    def line(self, line: bytes) -> bytes:
        """Return one line, with its line end."""
        body = line.rstrip(b"\r\n")
        if not self._strips or not body:
            return line
        try:
            value = parse_repeated(body)
        except LineError:
            value = None
        if not isinstance(value, dict):
            self.unread += 1
            return line
        found = {strip.id: [*strip.find(value)] for strip in self._strips}
        if not any(found.values()):
            return line
        for id, places in found.items():
            for at in places:
                value, count = _without(value, at)
                self.stripped[id] += count
        return json_text(value).encode("utf-8", "surrogatepass") + line[len(body) :]


def _without(value: Any, at: JsonPath) -> tuple[Any, int]:
    """Return a value whose strings at a place are gone, and how many there were."""
    if not at:
        return _emptied(value)
    inner, count = _without(value[at[0]], at[1:])
    if isinstance(value, list):
        return [*value[: int(at[0])], inner, *value[int(at[0]) + 1 :]], count
    if isinstance(value, Repeated):
        return Repeated([(k, inner if k == at[0] else v) for k, v in value.pairs]), count
    return {**value, at[0]: inner}, count


def _emptied(value: Any) -> tuple[Any, int]:
    if isinstance(value, str):
        return (value, 0) if _is_done(value) else (f"[stripped: {len(value)} characters]", 1)
    if isinstance(value, Repeated):
        keys = [key for key, _ in value.pairs]
        parts, count = _all(part for _, part in value.pairs)
        return Repeated([*zip(keys, parts, strict=True)]), count
    if isinstance(value, dict):
        parts, count = _all(value.values())
        return dict(zip(value, parts, strict=True)), count
    return _all(value) if isinstance(value, list) else (value, 0)


def _is_done(value: str) -> bool:
    return value == "" or (value.startswith("[stripped: ") and value.endswith(" characters]"))


def _all(parts: Iterable[Any]) -> tuple[list[Any], int]:
    done = [_emptied(part) for part in parts]
    return [part for part, _ in done], sum(count for _, count in done)
