"""Descriptions become docstrings that say the same and fit."""

from __future__ import annotations

import ast
import re
import sys
import textwrap
from unicodedata import category, name

import pytest

from codexwire.direction import Stability
from codexwire.emit.definitions import Marks, ModelProperty
from codexwire.emit.docs import docstring, documented, unit_note
from codexwire.emit.typescript.source import notes_of
from codexwire.model.types import Anything, Facts


def read(source: str) -> str:
    """Return what the docstring says when it stands in a class."""
    node = ast.parse(f"class X:\n    {source}\n")
    return ast.get_docstring(node.body[0], clean=True) or ""  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "text",
    [
        "One line.",
        'Ends with a "quote"',
        'Has """three quotes""" and a \\ backslash, \\n too.',
        "First paragraph.\n\nSecond paragraph.",
        "- one\n- two\n  more of two",
    ],
)
def test_docstrings_say_what_the_schema_says(text: str) -> None:
    said = read(docstring(Marks(text)))
    assert said.split() == text.split()


def test_hard_line_breaks_are_joined_and_lists_kept() -> None:
    said = read(docstring(Marks("a line\nand its rest\n\n- item\n- " + "long " * 30 + "\n\nend")))
    assert said.splitlines()[0] == "a line and its rest"
    assert [line[:2] for line in said.splitlines()[2:5]] == ["- ", "- ", "  "]


def test_no_line_is_too_long() -> None:
    for length in range(60, 130):
        source = textwrap.indent(docstring(Marks("ab " * (length // 3) + "x" * (length % 3))), "")
        assert all(len(line) <= 100 for line in f"    {source}".splitlines()), length


def test_marks_are_in_the_text() -> None:
    marks = Marks("Text.", stability=Stability.EXPERIMENTAL, deprecated=True)
    assert read(docstring(marks, notes=["Params of `x`."])) == (
        "Text.\n\nParams of `x`.\n\nExperimental.\n\nDeprecated."
    )
    assert read(docstring(Marks("DEPRECATED: use y.", deprecated=True))) == "DEPRECATED: use y."


UNSEEN = re.compile(
    "ZERO WIDTH|(RIGHT|LEFT|LETTER) MARK$|WORD JOINER$|INVISIBLE|TAG |ISOLATE$|OVERRIDE$"
)


def test_nothing_stands_in_a_docstring_that_cannot_be_seen() -> None:
    """Of Unicode: controls, and by their names those that change what stands beside them."""
    letters = map(chr, range(sys.maxunicode + 1))
    kinds = {c: kind for c in letters if (kind := category(c)) in ("Cc", "Cf") and c not in "\t\n"}
    hidden = {c for c, kind in kinds.items() if kind == "Cc" or UNSEEN.search(name(c, ""))}
    assert len(hidden) > 150
    for text in (docstring(Marks("".join(hidden))), documented(Marks("".join(hidden)))):
        assert hidden & {*text} == set()


def test_nothing_said_nothing_written() -> None:
    assert docstring(Marks()) == ""


@pytest.mark.parametrize(("unit", "note"), [("s", "In seconds."), ("ms", "In milliseconds.")])
def test_the_unit_of_a_time_is_said_once_in_each_language(unit: str, note: str) -> None:
    def of_python(name: str, description: str) -> tuple[str, ...]:
        marks = Marks(description, unit=unit)
        return unit_note(ModelProperty("createdAt", name, Anything(), True, marks=marks))

    assert of_python("created_at", "When it was created.") == (note,)
    assert of_python("created_at", "Unix seconds.") == ()
    for field in ("at_ms", "timeout_sec", "rate_limit_secs", "retry_after_seconds"):
        assert of_python(field, "") == ()
    assert note in notes_of(Facts(description="When it was created.", unit=unit))
    assert note not in notes_of(Facts(description="Unix seconds.", unit=unit))
