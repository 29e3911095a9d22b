"""Maps the ids of a live session to those of a recording, and tells how far two messages agree."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from codexwire.location import JsonPath, join_pointer
from codexwire.model.message import Json
from codexwire.profiles.ids import id_of
from codexwire.proxy.recorded import ID_NAME

__all__ = ["LiveIds", "difference"]

_PLACES = frozenset({"cwd", "path"})
_OWN = frozenset({"clientInfo", "emittedAtMs", "jsonrpc"})
"""What no two sessions have in common: who the client is, and when."""


class LiveIds:
    """Recorded id → live id, learnt from messages that were taken for each other."""

    def __init__(self) -> None:
        self._live: dict[str, str] = {}

    def __bool__(self) -> bool:
        return bool(self._live)

    def bind(self, recorded: Json, live: Json, method: str) -> None:
        """Learn the ids of a live message of `method`: what each is called here and there.

        The thread, turn and item that it is about may stand in different places; other ids stand where
        the recorded message has them.
        """
        for part in ("params", "result"):
            old_part, new_part = recorded.get(part), live.get(part)
            pairs = list(_pairs(old_part, new_part, ""))
            for kind in ("thread", "turn", "item"):
                old = id_of(kind, method, old_part, part)
                new = id_of(kind, method, new_part, part)
                if old is not None and new is not None:
                    pairs.append((old, new))
            self._live.update((old, new) for old, new in pairs if old != new)

    def live(self, recorded: str | None) -> str | None:
        """Return the id that stands for a recorded one: itself unless another was learnt."""
        return recorded if recorded is None else self._live.get(recorded, recorded)

    def member(self, name: str, value: str) -> str:
        """Return what a recorded member becomes."""
        return self._live.get(value, value) if _is_bound(name) else value


def _is_bound(name: str) -> bool:
    return name in _PLACES or ID_NAME.fullmatch(name) is not None


def _pairs(old: Any, new: Any, name: str) -> Iterator[tuple[str, str]]:
    """Yield the ids at the same places of two values; an empty one names nothing."""
    if isinstance(old, dict) and isinstance(new, dict):
        for key in sorted(old.keys() & new.keys()):
            yield from _pairs(old[key], new[key], key)
    elif isinstance(old, list) and isinstance(new, list):
        for left, right in zip(old, new, strict=False):
            yield from _pairs(left, right, name)
    elif isinstance(old, str) and isinstance(new, str) and old and new and _is_bound(name):
        yield old, new


def difference(
    recorded: dict[str, Any], live: dict[str, Any], *, shape_only: bool = False
) -> str | None:
    """Return the JSON pointer of the first thing that two messages do not share; None for nothing.

    Ids, folders and the client's name may differ, and null is as good as absent. With `shape_only`
    it is enough that the members of the result, or the code of the error, are the same.
    """
    if shape_only:
        return _shape_difference(recorded, live)
    return next(_differences(recorded, live, ()), None)


def _shape_difference(recorded: dict[str, Any], live: dict[str, Any]) -> str | None:
    old, new = recorded.get("error"), live.get("error")
    if isinstance(old, dict) and isinstance(new, dict) and old.get("code") != new.get("code"):
        return "/error/code"
    old, new = recorded.get("result"), live.get("result")
    if isinstance(old, dict) and isinstance(new, dict):
        names = sorted(old.keys() ^ new.keys())
        return join_pointer(("result", names[0])) if names else None
    return None


def _differences(old: Any, new: Any, at: JsonPath) -> Iterator[str]:
    if isinstance(old, dict) and isinstance(new, dict):
        for key in sorted({**old, **new}):
            if not (key in _OWN or _is_bound(key)):
                yield from _differences(old.get(key), new.get(key), (*at, key))
    elif isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        for index, (left, right) in enumerate(zip(old, new, strict=True)):
            yield from _differences(left, right, (*at, index))
    elif old != new or isinstance(old, bool) is not isinstance(new, bool):
        yield join_pointer(at)
