"""The examples in docstrings run, of every module that has any."""

from __future__ import annotations

import doctest
from importlib import import_module
from pathlib import Path

import pytest

import codexwire

CODE = Path(codexwire.__file__).parent
WITH_EXAMPLES = sorted(
    ".".join(["codexwire", *path.relative_to(CODE).with_suffix("").parts])
    for path in CODE.rglob("*.py")
    if "    >>> " in path.read_text("utf-8")
)


@pytest.mark.parametrize("name", WITH_EXAMPLES)
def test_the_examples_run(name: str) -> None:
    done = doctest.testmod(import_module(name))
    assert (done.failed, done.attempted > 0) == (0, True)


def test_what_the_root_does_has_examples() -> None:
    functions = {codexwire.diff, codexwire.validate, codexwire.decode, codexwire.generate}
    assert {f.__module__ for f in functions} - {"codexwire"} <= set(WITH_EXAMPLES)
    assert "codexwire.turns" in WITH_EXAMPLES
