"""Folding changes where lines break and nothing else."""

from __future__ import annotations

import ast

import pytest

from codexwire.emit.fold import WIDTH, fold

NAMES = [f"name_of_something_{i}" for i in range(12)]
LONG = {
    "imports": f"from somewhere import ({', '.join(NAMES)})",
    "call": f"x = call({', '.join(NAMES)})",
    "one argument": f"x = call({'_'.join(NAMES[:2])} or call({', '.join(NAMES)}))",
    "union without brackets": f"Alias = {' | '.join(NAMES)}",
    "subscript": f"x: list[{' | '.join(NAMES)}] | None = None",
    "operators": f"x = (({' or '.join(NAMES)}) and ({' and '.join(NAMES[:3])}) or {NAMES[0]})",
    "brackets in strings": f'x = call("(", {", ".join(NAMES)}, "]}}, or | and")',
    "trailing commas": f"check(self, ({''.join(f'({name!r},), ' for name in NAMES)}))",
    "set in a condition": f"x = (a and (b in {{{', '.join(map(repr, NAMES))}}}))",
}


@pytest.mark.parametrize("name", LONG)
def test_folded_source_means_the_same(name: str) -> None:
    source = LONG[name]
    assert len(source) > WIDTH
    folded = fold(source)
    assert max(map(len, folded.splitlines())) <= WIDTH
    assert ast.dump(ast.parse(folded)) == ast.dump(ast.parse(source))


def test_short_lines_stay() -> None:
    source = "def f(v):\n    return (\n        v\n    )\n"
    assert fold(source) == source


def test_what_cannot_be_broken_stays() -> None:
    source = f"x = '{'y' * 200}'"
    assert fold(source) == source
