"""The changes of one entry of a table that `mutate_tables.py --change` tries: what stands there is another.

- The value of a mapping, and an argument of a row, become those of another entry or row.
- A switch is turned, and a member of an enum becomes the next one.
- A pattern gets another length or first letter, or loses an alternative or a letter of a small class.

Sentences for people stay, and so does what no other value is at hand for.
"""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from enum import EnumMeta
from itertools import takewhile
from typing import Any

__all__ = ["changed", "pattern_changes"]

Change = tuple[ast.expr, ast.expr, Callable[[ast.expr], None]]
"""What stands there, what is to stand there, and what puts it there."""


def changed(statement: ast.stmt, names: Mapping[str, Any]) -> Iterator[tuple[int, str, str]]:
    """Yield line, text and the source of the statement for each change; `names` has its module's enums."""
    for old, new, put in _changes(statement, names):
        put(new)
        texts = (" ".join(ast.unparse(node).split()) for node in (old, new))
        yield old.lineno, _told(*texts), ast.unparse(statement)
        put(old)


def _told(old: str, new: str) -> str:
    """Return where two texts differ, with a little of what stands around."""
    start = max(0, _alike(old, new) - 12)
    end = max(0, _alike(old[start:][::-1], new[start:][::-1]) - 12)
    return f"{old[start : len(old) - end]} → {new[start : len(new) - end]}"


def _alike(one: str, other: str) -> int:
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))


def _changes(node: ast.AST, names: Mapping[str, Any]) -> Iterator[Change]:
    if isinstance(node, ast.Dict):
        yield from _of_mapping(node.values)
        yield from _of_rows(node.values)
    elif isinstance(node, ast.Tuple | ast.List | ast.Set):
        yield from _of_rows(node.elts)
    for field, inner in ast.iter_fields(node):
        several = isinstance(inner, list)
        for number, child in enumerate(inner if several else [inner]):
            holder, place = (inner, number) if several else (node, field)
            if isinstance(child, ast.keyword):
                if child.arg == "evidence":
                    continue
                holder, place, child = child, "value", child.value
            if isinstance(child, ast.expr):
                put = _putter(holder, place)
                yield from ((child, new, put) for new in _others(child, names))
                if not isinstance(child, ast.JoinedStr):  # it was changed as one text
                    yield from _changes(child, names)


def _putter(holder: Any, place: int | str) -> Callable[[ast.expr], None]:
    if isinstance(place, str):
        return lambda new: setattr(holder, place, new)
    return lambda new: holder.__setitem__(place, new)


def _of_mapping(values: list[ast.expr]) -> Iterator[Change]:
    for number, value in enumerate(values):
        other = _other(value, [*values[number + 1 :], *values[:number]])
        if other is not None:
            yield value, other, _putter(values, number)


def _of_rows(rows: list[ast.expr]) -> Iterator[Change]:
    """Yield the arguments of rows, each with that of another row of the same class."""
    calls = [row for row in rows if isinstance(row, ast.Call)]
    for at, row in enumerate(calls):
        after = [*calls[at + 1 :], *calls[:at]]
        same = [call for call in after if ast.dump(call.func) == ast.dump(row.func)]
        for number, value in enumerate(row.args):
            other = _other(value, [c.args[number] for c in same if len(c.args) > number])
            if other is not None and not _is_prose(value):
                yield value, other, _putter(row.args, number)
        for keyword in row.keywords:
            found = (k.value for c in same for k in c.keywords if k.arg == keyword.arg)
            other = _other(keyword.value, found)
            if other is not None and not _is_prose(keyword.value):
                yield keyword.value, other, _putter(keyword, "value")


def _other(value: ast.expr, others: Iterable[ast.expr]) -> ast.expr | None:
    """Return the first that is not the same."""
    return next((other for other in others if ast.dump(other) != ast.dump(value)), None)


def _is_prose(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and " " in str(node.value)


def _others(node: ast.expr, names: Mapping[str, Any]) -> Iterator[ast.expr]:
    """Yield what can stand in place of a switch, a member of an enum, a pattern."""
    if isinstance(node, ast.Constant) and isinstance(node.value, bool):
        yield ast.Constant(not node.value)
    elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        members = names.get(node.value.id)
        if isinstance(members, EnumMeta):
            known = list(members.__members__)
            other = known[(known.index(node.attr) + 1) % len(known)]
            yield ast.Attribute(node.value, other)
    elif isinstance(node, ast.JoinedStr):
        text, parts = _flat(node)
        for new in pattern_changes(text):
            yield _unflat(new, parts)
    elif isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield from map(ast.Constant, pattern_changes(node.value))
    elif isinstance(node, ast.Constant) and isinstance(node.value, bytes):
        changes = pattern_changes(node.value.decode("latin-1"))
        yield from (ast.Constant(new.encode("latin-1")) for new in changes)


_FIRST = 0xE000  # of the characters for private use: one stands for each `{…}` of an f-string


def _flat(node: ast.JoinedStr) -> tuple[str, list[ast.expr]]:
    """Return an f-string as one text, and what its places hold."""
    parts = [part for part in node.values if not isinstance(part, ast.Constant)]
    marks = {id(part): chr(_FIRST + number) for number, part in enumerate(parts)}
    return "".join(marks.get(id(p)) or p.value for p in node.values), parts  # type: ignore[attr-defined]


def _unflat(text: str, parts: list[ast.expr]) -> ast.JoinedStr:
    pieces = re.split("([\ue000-\uf8ff])", text)
    return ast.JoinedStr(
        [parts[ord(p) - _FIRST] if n % 2 else ast.Constant(p) for n, p in enumerate(pieces)]
    )


_LOOKS = re.compile(r"\\[wdsb]|\[[^\] ]+\]|\(\?|\{\d+,?\d*\}|\w\|\w|(?:^|\|)\^\w")
_TOKEN = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\(\?(?:P<\w+>|<?[=!]|[a-z-]*:?)|.", re.DOTALL)
_COUNT = re.compile(r"\{(\d+)(,?)(\d*)\}")
_SMALL = re.compile(r"\[([A-Za-z0-9]{2,8})\]")
_LITERAL = re.compile(r"(?<![\\{,A-Za-z0-9])[A-Za-z0-9]+")


def pattern_changes(text: str) -> Iterator[str]:
    """Yield a pattern with one part changed, if it looks like one: only what can be compiled."""
    if _LOOKS.search(text):
        for new in dict.fromkeys((*_counted(text), *_without(text), *_spelled(text))):
            if new != text and _compiles(new):
                yield new


def _counted(text: str) -> Iterator[str]:
    """Yield the pattern with more, or fewer, characters asked for."""
    for found in _COUNT.finditer(text):
        least, most = int(found[1]), found[3]
        counts = [found[1], most] if most else [str(least + 1)]
        if found[2] and not most:
            counts = [f"{least * 10},", "1,"]
        for count in counts:
            yield f"{text[: found.start()]}{{{count}}}{text[found.end() :]}"


def _without(text: str) -> Iterator[str]:
    """Yield the pattern without each of its alternatives, and each letter of its small classes."""
    starts = [[0]]
    for found in _TOKEN.finditer(text):
        token, at = found[0], found.start()
        if token == "|":
            starts[-1].append(at + 1)
        elif token == ")" and len(starts) > 1:
            yield from _dropped(text, starts.pop(), at)
        elif token.startswith("("):
            starts.append([found.end()])
    for small in _SMALL.finditer(text):
        for at in range(small.start(1), small.end(1)):
            yield text[:at] + text[at + 1 :]
    yield from _dropped(text, starts[0], len(text))


def _dropped(text: str, starts: list[int], end: int) -> Iterator[str]:
    ends = [*(start - 1 for start in starts[1:]), end]
    for number, (start, stop) in enumerate(zip(starts, ends, strict=True)):
        if len(starts) > 1:
            first, last = (start, stop + 1) if number == 0 else (start - 1, stop)
            yield text[:first] + text[last:]


def _spelled(text: str) -> Iterator[str]:
    """Yield the pattern with another first letter."""
    found = _LITERAL.search(_TOKEN.sub(lambda m: m[0] if len(m[0]) == 1 else " " * len(m[0]), text))
    if found is not None:
        new = "Q" if text[found.start()] != "Q" else "Y"
        yield text[: found.start()] + new + text[found.start() + 1 :]


def _compiles(text: str) -> bool:
    with warnings.catch_warnings(action="ignore"):
        try:
            re.compile(text)
        except re.error:
            return False
    return True
