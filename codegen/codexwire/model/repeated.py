"""JSON objects in which a key comes more than once, read without losing a value.

Codex writes such objects: `codex exec --json` gives every web search the key `id` twice. The first value
is the one that counts; the others are kept, and written again in their places.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from codexwire.location import JsonPath
from codexwire.model.message import parse

__all__ = ["Repeated", "first_values", "json_text", "parse_repeated", "repeats"]


class Repeated(dict[str, Any]):
    """An object some key of which came more than once: its first values, and all `pairs` in order."""

    def __init__(self, pairs: list[tuple[str, Any]]) -> None:
        super().__init__()
        for key, value in pairs:
            self.setdefault(key, value)
        self.pairs = tuple(pairs)

    @property
    def again(self) -> tuple[str, ...]:
        """The keys that came more than once."""
        counts = Counter(key for key, _ in self.pairs)
        return tuple(key for key, count in counts.items() if count > 1)


def parse_repeated(line: bytes) -> Any:
    """Return the JSON value of a line, objects with a repeated key as `Repeated`.

    Raises LineError for what `codexwire.model.message.parse` refuses.
    """
    value = parse(line)
    try:
        return json.loads(line, object_pairs_hook=_object)
    except (
        ValueError,
        RecursionError,
    ):  # an integer too long, or nested more deeply than json reads
        return value


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    return found if len(found) == len(pairs) else Repeated(pairs)


def repeats(value: Any, path: JsonPath = ()) -> Iterator[JsonPath]:
    """Yield the path of each key that came more than once, outer ones first."""
    if isinstance(value, Repeated):
        yield from ((*path, key) for key in value.again)
    if isinstance(value, dict):
        for key, part in _pairs(value):
            yield from repeats(part, (*path, key))
    elif isinstance(value, list):
        for index, part in enumerate(value):
            yield from repeats(part, (*path, index))


def first_values(value: Any) -> Any:
    """Return the value as plain JSON, with the first value of each key."""
    if isinstance(value, dict):
        return {key: first_values(part) for key, part in value.items()}
    return [first_values(part) for part in value] if isinstance(value, list) else value


def json_text(value: Any) -> str:
    """Return a value as JSON without blanks, as codex writes it, repeated keys in their places."""
    if isinstance(value, dict):
        members = (f"{json_text(key)}:{json_text(part)}" for key, part in _pairs(value))
        return f"{{{','.join(members)}}}"
    if isinstance(value, list):
        return f"[{','.join(map(json_text, value))}]"
    return json.dumps(value, ensure_ascii=False)


def _pairs(value: dict[str, Any]) -> Iterable[tuple[str, Any]]:
    return value.pairs if isinstance(value, Repeated) else value.items()
