"""The words that several formats have for a finding."""

from __future__ import annotations

from collections.abc import Sequence

from codexwire.finding import Finding

__all__ = ["about", "first_methods", "many", "place", "printable", "sentence"]

_METHODS = 4


def printable(text: str) -> str:
    """Return text that cannot steer a terminal and can always be encoded."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in text)


def many(count: int, what: str) -> str:
    """Return a number of things: `1 line`, `1,200 lines`."""
    return f"{count} {what}" if count == 1 else f"{count:,} {what}s"


def about(finding: Finding) -> str:
    """Return which message a finding is about: its place, who sent it and its method, as far as known."""
    parts = (finding.facts.get(name) for name in ("place", "direction", "method"))
    return printable(" ".join(part for part in parts if part))


def place(finding: Finding) -> str:
    """Return the JSON pointer into that message; a sentence about a type says its place itself."""
    return printable((finding.location.type is None and finding.location.pointer) or "")


def sentence(finding: Finding) -> str:
    """Return the sentence of a finding with what it is about in front."""
    where = " ".join(part for part in (about(finding), place(finding)) if part)
    text = printable(finding.message)
    return f"{where}: {text}" if where else text


def first_methods(methods: Sequence[str], quote: str = "") -> str:
    """Return the first few names, and how many more there are."""
    shown = ", ".join(f"{quote}{printable(name)}{quote}" for name in methods[:_METHODS])
    more = len(methods) - _METHODS
    return f"{shown} and {more} more" if more > 0 else shown
