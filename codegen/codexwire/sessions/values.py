"""Single values as the sources write them, and as the neutral view has them."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from codexwire.sessions.model import UNKNOWN, Picture, Usage

__all__ = [
    "ZERO",
    "command_line",
    "joined",
    "less",
    "list_of",
    "local_path",
    "object_of",
    "objects_of",
    "of_type",
    "picture",
    "plus",
    "snake",
    "status",
    "text_of",
    "time_of",
    "usage_of",
]

ZERO = Usage(0, 0, 0, 0, 0, 0)

_HUMP = re.compile(r"(?<=[a-z0-9])([A-Z])")
_WORDS = {"in_progress": "inProgress"}
_RUNS_A_LINE = frozenset({"-c", "-lc", "-Command", "-command", "/c", "/C"})


def snake(name: str) -> str:
    """Return `commandExecution` or `CommandExecution` as `command_execution`."""
    return _HUMP.sub(r"_\1", name).lower()


def of_type(value: Any, *types: type) -> Any:
    """Return a value of one of the types, None for any other; True is no integer."""
    return value if type(value) in types else None


def list_of(value: Any) -> list[Any]:
    """Return a list; an empty one for what is none."""
    return value if isinstance(value, list) else []


def object_of(value: Any) -> Mapping[str, Any]:
    """Return a JSON object; an empty one for what is none."""
    return value if isinstance(value, Mapping) else {}


def objects_of(value: Any) -> list[Mapping[str, Any]]:
    """Return the objects in a list; none for what is no list."""
    return [item for item in list_of(value) if isinstance(item, Mapping)]


def text_of(fields: Mapping[str, Any], *names: str) -> str:
    """Return the first member that is a string with something in it; an empty one if there is none."""
    return next((v for name in names if isinstance(v := fields.get(name), str) and v), "")


def joined(parts: Any, between: str) -> str:
    """Return the text of a string, or of a list of strings and `{"text": …}`."""
    if isinstance(parts, str):
        return parts
    found = (part.get("text") if isinstance(part, Mapping) else part for part in list_of(parts))
    return between.join(text for text in found if isinstance(text, str))


def status(value: Any) -> str:
    """Return a status in the words of the app-server; `unknown` where there is none."""
    return _WORDS.get(value, value) if isinstance(value, str) and value else UNKNOWN


def time_of(value: Any, per_second: int) -> str | None:
    """Return a time, counted in seconds (1) or milliseconds (1000), as ISO 8601 in UTC."""
    if of_type(value, int, float) is None:
        return None
    try:
        found = datetime.fromtimestamp(value / per_second, UTC)
    except (ValueError, OverflowError, OSError):
        return None
    said = found.isoformat(timespec="seconds" if per_second == 1 else "milliseconds")
    return said.replace("+00:00", "Z")


def local_path(value: Any) -> str | None:
    """Return a path, also of a `file:` URL."""
    path = of_type(value, str)
    return path.removeprefix("file://") if path else None


def command_line(value: Any) -> tuple[str, str | None]:
    """Return the line that a shell was given, and that shell; a command without one as it is."""
    words = [*map(str, value)] if isinstance(value, list) else _words(value)
    if len(words) == 3 and words[1] in _RUNS_A_LINE:
        return words[2], shlex.join(words[:2])
    return (shlex.join(words) if isinstance(value, list) else str(value or "")), None


def _words(line: Any) -> list[str]:
    try:
        return shlex.split(line) if isinstance(line, str) else []
    except ValueError:  # no closing quote
        return []


def picture(part: Mapping[str, Any]) -> Picture:
    """Return a picture of a message; of one that stands in it, only its type."""
    url = text_of(part, "url", "image_url")
    if url.startswith("data:"):
        return Picture(media_type=url[5:].partition(",")[0].partition(";")[0])
    return Picture(path=local_path(part.get("path")), url=url or None)


def usage_of(counts: Any) -> Usage | None:
    """Return counts of tokens, written in camelCase or snake_case; None when there are none."""
    if not isinstance(counts, Mapping):
        return None
    told = {snake(name): value for name, value in counts.items()}
    known = {name: of_type(told.get(name), int) for name in Usage.__struct_fields__}
    return Usage(**known) if any(v is not None for v in known.values()) else None


def less(usage: Usage, before: Usage) -> Usage:
    """Return what was used after `before`; a count that either lacks is None."""
    return Usage(
        **{
            name: None if mine is None or theirs is None else max(0, mine - theirs)
            for name, mine, theirs in _pairs(usage, before)
        }
    )


def plus(usage: Usage, more: Usage) -> Usage:
    """Return the sum; a count that only one of them has is taken as it is."""
    return Usage(
        **{
            name: theirs if mine is None else mine + (theirs or 0)
            for name, mine, theirs in _pairs(usage, more)
        }
    )


def _pairs(usage: Usage, other: Usage) -> Iterator[tuple[str, int | None, int | None]]:
    for name in Usage.__struct_fields__:
        yield name, getattr(usage, name), getattr(other, name)
