"""Descriptions of the schema as docstrings."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Iterator

from codexwire.direction import Stability
from codexwire.emit.definitions import Marks, ModelProperty
from codexwire.emit.format import LINE_LENGTH as WIDTH

__all__ = ["UNITS", "docstring", "documented", "unit_note"]

UNITS = {"s": "In seconds.", "ms": "In milliseconds."}

# Control characters, and those that change the direction or the joining of what stands beside them.
_UNSEEN = re.compile(
    r"[\x00-\x08\x0e-\x1f\x7f-\x9f\u061c\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\U000e0000-\U000e0fff]"
)
_BULLET = re.compile(r"(?:[-*+]|\d+[.)])\s+")


def docstring(marks: Marks, *, indent: int = 4, notes: Iterable[str] = ()) -> str:
    """Return a docstring literal for what is said about a thing, or an empty string for nothing.

    `notes` are paragraphs of our own that follow the description; `indent` is the column at which
    the literal will stand (its first line is not indented, the others are).
    """
    text = _text(marks, notes)
    if not text:
        return ""
    text = _escaped(text)
    pad = " " * indent
    if "\n" not in text and len(text) + indent + 6 <= WIDTH and not text.endswith('"'):
        return f'"""{text}"""'
    # The first line is shorter by the opening quotes; black would put the closing ones on an only line.
    lines = [line for block in _blocks(text) for line in _wrap(block, WIDTH - indent - 3)]
    if len(lines) == 1:
        lines = _wrap(lines[0], WIDTH - indent - 6)
    body = "\n".join(f"{pad}{line}" if line else "" for line in lines).lstrip()
    return f'"""{body}\n{pad}"""'


def documented(marks: Marks, *, notes: Iterable[str] = ()) -> str:
    """Return what `docstring` says as text, for a generator that quotes it itself."""
    text = _UNSEEN.sub(lambda c: repr(c[0])[1:-1], _text(marks, notes))
    return "\n".join(line for block in _blocks(text) for line in _wrap(block, WIDTH - 10))


def unit_note(prop: ModelProperty) -> tuple[str, ...]:
    """Return a note on the unit of a time where neither name nor description says it."""
    known = prop.name.endswith(("_ms", "_sec", "_secs", "_seconds"))
    known = known or "seconds" in prop.marks.description.lower()
    return () if known or not prop.marks.unit else (UNITS[prop.marks.unit],)


def _text(marks: Marks, notes: Iterable[str] = ()) -> str:
    said = marks.description.lower()
    own = [
        *notes,
        "Experimental." if marks.stability is Stability.EXPERIMENTAL else "",
        "Deprecated." if marks.deprecated and "deprecated" not in said else "",
    ]
    return "\n\n".join(part for part in (marks.description.strip(), *own) if part)


def _escaped(text: str) -> str:
    """Return a text as it stands between triple quotes: nothing in it that cannot be seen."""
    lines = text.replace("\\", "\\\\").replace('"""', '\\"\\"\\"').splitlines()
    return "\n".join(_UNSEEN.sub(lambda c: repr(c[0])[1:-1], line) for line in lines)


def _blocks(text: str) -> Iterator[str]:
    """Yield blank lines, list items and paragraphs, whose lines are joined; code keeps its lines."""
    block = ""
    fenced = False
    for line in text.splitlines():
        fence = line.lstrip().startswith("```")
        alone = not line.strip() or fenced or fence or line.startswith(("    ", "|", "#"))
        if (alone or _BULLET.match(line.lstrip())) and block:
            yield block
            block = ""
        if alone:
            yield line.rstrip()
        else:
            block = f"{block} {line.strip()}" if block else line.rstrip()
        fenced ^= fence
    if block:
        yield block


def _wrap(block: str, width: int) -> list[str]:
    bullet = _BULLET.match(block.lstrip())
    lead = len(block) - len(block.lstrip())
    return textwrap.wrap(
        block,
        width,
        subsequent_indent=" " * (lead + len(bullet[0]) if bullet else lead),
        break_long_words=False,
        break_on_hyphens=False,
    ) or [""]
