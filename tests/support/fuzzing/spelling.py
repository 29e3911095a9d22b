"""Messages as bytes: the same value written in many ways, members twice, and what is no JSON at all."""

from __future__ import annotations

import copy
import json
import random
from typing import Any

from fuzzing.mutants import TAGS, WRONG, places, put

__all__ = ["corrupt", "oddly", "repeated", "written"]


def written(message: Any, rng: random.Random) -> bytes:
    """The message as one line, its members in another order now and then."""
    if rng.random() < 0.3:
        message = shuffled(message, rng)
    escaped = json.dumps(message, separators=(",", ":"))
    if rng.random() < 0.5 or "\\ud" in escaped:  # half a surrogate pair has no UTF-8
        return escaped.encode()
    return json.dumps(message, ensure_ascii=False).encode()


def shuffled(value: Any, rng: random.Random) -> Any:
    if isinstance(value, dict):
        keys = list(value)
        rng.shuffle(keys)
        return {key: shuffled(value[key], rng) for key in keys}
    return [shuffled(v, rng) for v in value] if isinstance(value, list) else value


def repeated(message: dict[str, Any], rng: random.Random) -> bytes:
    """The message as one line in which some object has a member twice; the last of the two counts."""
    objects = [((), message), *((p, m) for p, m in places(message) if isinstance(m, dict))]
    path, chosen = rng.choice(objects)
    tags = [m for _, m in places(message) if isinstance(m, str)]
    key = rng.choice([*chosen, *TAGS, "other"])
    member = f"{json.dumps(key)}:{json.dumps(rng.choice([*WRONG, *tags, *chosen.values()]))}"
    inner = json.dumps(chosen)[1:-1]
    parts = [member, inner] if rng.random() < 0.7 else [inner, member]
    text = "{" + ",".join(part for part in parts if part) + "}"
    if not path:
        return text.encode()
    mark = "put the object here"
    return json.dumps(put(copy.deepcopy(message), path, mark)).replace(f'"{mark}"', text).encode()


def corrupt(line: bytes, rng: random.Random) -> bytes:
    """A line with one byte of it lost, changed or repeated, or with its end cut off."""
    at = rng.randrange(len(line))
    byte = rng.choice(
        (b"", b"\x80", b"\xff", b"\xed\xa0\x80", b"\0", b'"', b",", b"}", b"0", b"NaN")
    )
    return rng.choice((line[:at] + byte + line[at + 1 :], line[:at] + byte + line[at:], line[:at]))


def oddly(value: Any, rng: random.Random) -> str:
    """A value as JSON text with blanks, escapes and numbers as hardly anybody writes them."""
    if isinstance(value, dict):
        members = [f"{oddly(key, rng)}{_blank(rng)}:{oddly(m, rng)}" for key, m in value.items()]
        return f"{_blank(rng)}{{{','.join(members)}{_blank(rng)}}}"
    if isinstance(value, list):
        return f"[{_blank(rng)}{','.join(oddly(item, rng) for item in value)}]{_blank(rng)}"
    if isinstance(value, str):
        return json.dumps(value) if rng.random() < 0.6 else f'"{_escaped(value)}"'
    if type(value) is int and rng.random() < 0.6:
        ways = (f"{value}.0", f"{value}e0", f"{value}E+00", f"{value}.0e-0", f"{value}.50e1", "-0")
        return rng.choice(ways)
    return f"{_blank(rng)}{json.dumps(value)}"


def _blank(rng: random.Random) -> str:
    return rng.choice(("", "", "", " ", "\t ", "\r"))


def _escaped(text: str) -> str:
    units = text.encode("utf-16-be", "surrogatepass").hex()
    return "".join(f"\\u{units[at : at + 4]}" for at in range(0, len(units), 4))
