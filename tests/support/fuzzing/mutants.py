"""Messages damaged in every way: by value, key, type, tag, dropped and repeated members."""

from __future__ import annotations

import copy
import random
from collections.abc import Callable, Iterator
from typing import Any

__all__ = ["TAGS", "WRONG", "mutants", "places", "put"]

Place = tuple[str | int, ...]

TAGS = ("type", "kind", "mode", "status", "method", "op", "action")
WRONG: tuple[Any, ...] = (
    *(None, True, False, 0, 1, -1, 1.0, 1.5, -0.5, 2**63, 2**64, 2**80, -(2**80), 1e300),
    *("", "1", "nonsense", "a\u00e9\U0001f600", [], ["a"], [None], {}, {"type": "nonsense"}),
)


def places(value: Any, path: Place = ()) -> Iterator[tuple[Place, Any]]:
    """Every place of a value but the root, outermost first."""
    members = value.items() if isinstance(value, dict) else enumerate(value)
    for key, member in members:
        yield (*path, key), member
        if isinstance(member, (dict, list)):
            yield from places(member, (*path, key))


def put(message: Any, path: Place, value: Any) -> Any:
    holder = holder_of(message, path)
    if isinstance(holder, dict) and not isinstance(path[-1], str):
        raise KeyError(path[-1])  # an array was there; no key of JSON is a number
    holder[path[-1]] = value
    return message


def holder_of(message: Any, path: Place) -> Any:
    for step in path[:-1]:
        message = message[step]
    return message


def delete(_rng: random.Random, message: Any, path: Place, _: Any) -> Any:
    del holder_of(message, path)[path[-1]]
    return message


def replace(rng: random.Random, message: Any, path: Place, _: Any) -> Any:
    return put(message, path, copy.deepcopy(rng.choice(WRONG)))


def null(_rng: random.Random, message: Any, path: Place, _: Any) -> Any:
    return put(message, path, None)


def near_miss(rng: random.Random, message: Any, path: Place, value: Any) -> Any:
    """A value as close to the old one as can be, of another type or just outside."""
    if isinstance(value, bool):
        return put(message, path, rng.choice([int(value), str(value).lower(), float(value)]))
    if isinstance(value, int):
        close = [float(value), value + 0.5, str(value), bool(value), -value - 1, value + 2**64]
        return put(message, path, rng.choice(close))
    if isinstance(value, float):
        return put(message, path, rng.choice([int(value), str(value), value + 0.25]))
    if isinstance(value, str):
        close = [value + "x", value.swapcase(), value[:-1], [value], {"value": value}, len(value)]
        return put(message, path, rng.choice(close))
    if isinstance(value, list):
        return put(message, path, rng.choice([{"0": value}, [value], value + value, value[:1]]))
    return put(message, path, [value] if value is not None else {})


def rename(rng: random.Random, message: Any, path: Place, value: Any) -> Any:
    holder = holder_of(message, path)
    if isinstance(holder, dict):
        del holder[path[-1]]
        holder[rng.choice([f"{path[-1]}_", str(path[-1]).lower(), "other"])] = value
    return message


def add(rng: random.Random, message: Any, path: Place, _: Any) -> Any:
    holder = holder_of(message, path)
    if isinstance(holder, dict):
        holder[rng.choice(["unknown", "type", "id", "_meta"])] = copy.deepcopy(rng.choice(WRONG))
    else:
        holder.append(copy.deepcopy(rng.choice(WRONG)))
    return message


def retag(rng: random.Random, message: Any, _path: Place, _: Any) -> Any:
    """Give some tagged object another tag of the same message, or none."""
    tagged = [(p, m) for p, m in [*places(message)] if p[-1] in TAGS and isinstance(m, str)]
    where, _old = rng.choice(tagged)
    others = [m for _, m in tagged] + ["nonsense", "object", "text", "completed", "agentMessage"]
    if rng.random() < 0.25:
        del holder_of(message, where)[where[-1]]
        return message
    return put(message, where, rng.choice(others))


def transplant(rng: random.Random, message: Any, path: Place, _: Any) -> Any:
    """Put one part of the message where another one was."""
    _, other = rng.choice([*places(message)])
    return put(message, path, copy.deepcopy(other))


CHANGES: tuple[Callable[[random.Random, Any, Place, Any], Any], ...] = (
    delete,
    delete,
    replace,
    replace,
    null,
    near_miss,
    near_miss,
    near_miss,
    rename,
    add,
    retag,
    transplant,
)


def mutants(message: dict[str, Any], rng: random.Random, count: int) -> Iterator[dict[str, Any]]:
    """Yield `count` damaged copies of a message (some of them still valid, as it happens)."""
    found = list(places(message))
    if not found:
        return
    deep = [entry for entry in found if len(entry[0]) > 1] or found
    for _ in range(count):
        damaged = copy.deepcopy(message)
        for _ in range(rng.choice([1, 1, 1, 2])):
            path, value = rng.choice(deep if rng.random() < 0.9 else found)
            try:
                damaged = rng.choice(CHANGES)(rng, damaged, path, value)
            except (KeyError, IndexError, TypeError, AttributeError):
                continue  # the first change of two took the place away
        yield damaged
