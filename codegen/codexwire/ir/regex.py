"""ECMA-262 regular expressions, which JSON Schema asks for, in the words of Python's `re`.

The two agree on little more than the basics: `$`, `.`, `\\s`, `\\d`, `\\w`, `[]` and `{,3}` mean different
things, and each has what the other lacks. What is written here means in `re` what the standard says it
means, on code points (`u` mode); None for a pattern of which that cannot be decided.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache

__all__ = ["python_regex", "strict_regex"]

_ESCAPE = (
    r"\\(?:u\{[0-9A-Fa-f]+\}|u[dD][89abAB][0-9A-Fa-f]{2}\\u[dD][c-fC-F][0-9A-Fa-f]{2}"
    r"|u[0-9A-Fa-f]{4}|x[0-9A-Fa-f]{2}|c[A-Za-z]|k<[^>]*>|[1-9][0-9]*|0[0-9]*|.)"
)
_TOKEN = re.compile(
    rf"(?P<escape>{_ESCAPE})"
    r"|(?P<set>\[(?:\\.|[^\]\\])*\])"
    r"|(?P<group>\((?:\?(?:<?[=!]|:|<[A-Za-z_$][A-Za-z0-9_$]*>))?)"
    r"|(?P<end>\))"
    r"|(?P<quantifier>(?:[*+?]|\{[0-9]+(?:,[0-9]*)?\})\??)"
    r"|(?P<other>.)",
    re.DOTALL,
)
_MEMBER = re.compile(rf"{_ESCAPE}|.", re.DOTALL)

_BLANK = r"\t-\r \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff"  # WhiteSpace, LineTerminator
_NOT_BLANK = (
    r"\x00-\x08\x0e-\x1f!-\u009f\u00a1-\u167f\u1681-\u1fff\u200b-\u2027\u202a-\u202e"
    r"\u2030-\u205e\u2060-\u2fff\u3001-\ufefe\uff00-\U0010ffff"
)
_CLASSES = {"d": r"\d", "D": r"\D", "w": r"\w", "W": r"\W", "s": _BLANK, "S": _NOT_BLANK}
_CONTROLS = {"t": "\t", "n": "\n", "v": "\v", "f": "\f", "r": "\r", "0": "\0"}
_OUTSIDE = {"b": r"\b", "B": r"(?!\b)"}
_LOOK = -1  # in place of a group's number
_PLAIN = {"^": "^", "$": r"\Z", ".": r"[^\n\r\u2028\u2029]", "|": "|"}


class _UntranslatableError(ValueError):
    """The pattern is no regular expression of ECMA-262, or `re` cannot say the same."""


@cache
def python_regex(pattern: str) -> str | None:
    """Return what finds the same in `re`, compiled with `re.ASCII` and searched; None if nothing does."""
    try:
        found = "".join(_Translation(pattern).parts())
        re.compile(found, re.ASCII)
    except (_UntranslatableError, re.error, OverflowError, RecursionError):
        return None
    return found


@cache
def strict_regex(pattern: str) -> str | None:
    """Return what finds the same in `u` mode of ECMA-262, which knows fewer spellings.

    None wherever `python_regex` has nothing, so that both languages judge by the same patterns.
    """
    if python_regex(pattern) is None:
        return None
    return "".join(_Strict(pattern).parts())


@dataclass
class _Translation:
    """One pass over a pattern: the groups that are open, and those that are closed by number and name.

    A group stands for itself in a back reference only outside of all others: a repeated outer group
    resets it in ECMA-262 and does not in `re`.
    """

    pattern: str
    _open: list[int] = field(default_factory=list)
    _closed: set[int] = field(default_factory=set)
    _names: dict[str, int] = field(default_factory=dict)
    _count: int = 0
    _repeatable: bool = False

    def parts(self) -> Iterator[str]:
        """Yield the translation piece by piece."""
        for token in _TOKEN.finditer(self.pattern):
            kind, text = str(token.lastgroup), token[0]
            before, self._repeatable = self._repeatable, kind in ("escape", "set", "end", "other")
            if kind == "quantifier" and not before:
                raise _UntranslatableError("nothing to repeat")
            yield getattr(self, kind)(text)

    def escape(self, text: str) -> str:
        """Return an escape outside of sets."""
        letter = text[1]
        if letter in "123456789":
            return self._back(int(text[1:]))
        if text.startswith("\\k<") and text[3:-1] in self._names:
            return self._back(self._names[text[3:-1]])
        if letter in _OUTSIDE:
            return _OUTSIDE[letter]
        if letter in _CLASSES:
            return f"[{_CLASSES[letter]}]"
        return re.escape(_character(text))

    def group(self, text: str) -> str:
        """Return the beginning of a group; names become numbers."""
        number = 0
        if text == "(" or (text.startswith("(?<") and text[3] not in "=!"):
            self._count += 1
            number = self._count
            name = text[3:-1]
            if name in self._names:
                raise _UntranslatableError("two groups of one name")
            if name:
                self._names[name] = number
        self._open.append(_LOOK if text[-1] in "=!" else number)
        return "(" if number else text

    def end(self, _: str) -> str:
        """Return the end of a group."""
        if not self._open:
            raise _UntranslatableError("no group to close")
        number = self._open.pop()
        self._repeatable = number != _LOOK
        if not self._open:
            self._closed.add(number)
        return ")"

    def quantifier(self, text: str) -> str:
        """Return a quantifier, which is written alike."""
        return text

    def other(self, text: str) -> str:
        """Return any other character."""
        if text in "[\\":
            raise _UntranslatableError("a set or an escape that does not end")
        self._repeatable = text not in "^|"
        return _PLAIN.get(text) or re.escape(text)

    def set(self, text: str) -> str:
        """Return a set of characters."""
        negated, body = text.startswith("[^"), text[1:-1].removeprefix("^")
        if not body:
            return r"[\s\S]" if negated else "(?!)"
        members = _MEMBER.findall(body)
        written: list[str] = []
        while members:
            first = members.pop(0)
            if len(members) > 1 and members[0] == "-" and not _is_class(first, members[1]):
                written.append(f"{_single(first)}-{_single(members[1])}")
                del members[:2]
            else:
                written.append(_CLASSES[first[1]] if _is_class(first) else _single(first))
        return f"[{'^' * negated}{''.join(written)}]"

    def _back(self, number: int) -> str:
        if number not in self._closed:
            raise _UntranslatableError("a back reference whose meaning differs")
        return rf"(?({number})\{number})"  # a group that took no part matches nothing at all


class _Strict(_Translation):
    """The pass that keeps to ECMA-262: only what `u` mode refuses is spelled in another way."""

    def escape(self, text: str) -> str:
        """Return an escape; a character that needs none stands alone."""
        super().escape(text)
        return text if text[1] in _SYNTAX or _is_alphanumeric(text[1]) else text[1:]

    def group(self, text: str) -> str:
        """Return the beginning of a group."""
        super().group(text)
        return text

    def other(self, text: str) -> str:
        """Return any other character; a bracket without its partner is escaped."""
        super().other(text)
        return f"\\{text}" if text in "{}]" else text

    def set(self, text: str) -> str:
        """Return a set of characters; a hyphen that makes no range is escaped."""
        super().set(text)
        start = 2 if text.startswith("[^") else 1
        members = _MEMBER.findall(text[start:-1])
        written: list[str] = []
        while members:
            first = members.pop(0)
            if len(members) > 1 and members[0] == "-" and not _is_class(first, members[1]):
                written.append(f"{_strict_member(first)}-{_strict_member(members[1])}")
                del members[:2]
            else:
                written.append(_strict_member(first))
        return f"{text[:start]}{''.join(written)}]"


_SYNTAX = "^$\\.*+?()[]{}|/"


def _is_alphanumeric(letter: str) -> bool:
    return letter.isascii() and letter.isalnum()


def _strict_member(member: str) -> str:
    bare = member[-1]
    if len(member) > 2 or (len(member) == 2 and _is_alphanumeric(bare)):
        return member
    return f"\\{bare}" if bare in f"{_SYNTAX}-" else bare


def _is_class(*members: str) -> bool:
    return any(len(m) == 2 and m[0] == "\\" and m[1] in _CLASSES for m in members)


def _single(member: str) -> str:
    """Return one character of a set; `\\b` is a backspace there."""
    if member == r"\b":
        return r"\x08"
    return re.escape(_character(member) if member[0] == "\\" else member)


def _character(escape: str) -> str:
    """Return the character that an escape stands for."""
    letter, digits = escape[1], escape[2:].strip("{}")
    if len(escape) == 2:
        if letter in _CONTROLS:
            return _CONTROLS[letter]
        if letter.isascii() and letter.isalnum():
            raise _UntranslatableError("an escape that means nothing, or what `re` lacks")
        return letter
    if letter == "c":
        return chr(ord(digits) % 32)
    if len(digits) > 8:  # two halves of one character
        high, low = int(digits[:4], 16), int(digits[-4:], 16)
        return chr(0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00))
    if letter in "xu" and int(digits, 16) <= 0x10FFFF:
        return chr(int(digits, 16))
    raise _UntranslatableError("no character")
