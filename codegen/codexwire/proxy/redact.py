"""Redaction: the same value becomes the same placeholder, a different one another, nothing else changes.

It works on lines of text of any format: what is JSON in them stays the same JSON but for the strings
that the rules of `codexwire.proxy.redact_rules` are about, in strings that hold JSON too.
"""

from __future__ import annotations

import json
import re
import socket
from base64 import b64decode, b64encode
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from urllib.parse import unquote

from codexwire.model.message import LineError, parse
from codexwire.proxy.json_text import rewrite_strings
from codexwire.proxy.redact_rules import (
    DONE,
    MEMBERS,
    TEXTS,
    Member,
    Text,
    home_rule,
    words_rule,
)

__all__ = ["Redactor"]

_LEARNT = 500  # secrets that are looked for anywhere once they were seen under a telling name
_LIKE_A_SECRET = re.compile(r"(?=.*\d).{8,}", re.DOTALL)  # no word that means something else, too
_CACHED = 256
_BASE64 = re.compile(r"(?:.*_)?base64|chunk")
_PAIR = re.compile(r'"([\w.-]{1,64})"\s*:\s*("[^"\\]*(?:\\.[^"\\]*)*")')
_NAMES = re.compile(r"(?:.*_)?name")
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|[-.\s]+")


class Redactor:
    """Replaces secrets, account data, home folders and host names in the lines of one file.

    What a value becomes depends on the lines before it, and on nothing else: the same lines give the
    same result. `words` are replaced too, wherever they stand as words; `hosts` likewise, and `home`
    is a home folder that cannot be told by its path.
    """

    def __init__(
        self, *, words: Sequence[str] = (), hosts: Sequence[str] = (), home: str = ""
    ) -> None:
        host = words_rule("host", tuple(hosts))
        own = (words_rule("word", tuple(words)), host, home_rule(home))
        self._hosts = dict.fromkeys(hosts, host)
        self._texts = (*(rule for rule in own if rule is not None), *TEXTS)
        self._signs = tuple(sorted({sign for rule in self._texts for sign in rule.signs}))
        self._given: dict[tuple[str, str], str] = {}
        self._count: dict[str, int] = {}
        self._learnt: dict[str, str] = {}
        self._learnt_pattern: re.Pattern[str] | None = None
        self._short = lru_cache(maxsize=1 << 14)(self._string)

    @classmethod
    def of_this_machine(cls, words: Sequence[str] = ()) -> Redactor:
        """Return one that knows this machine's host name and the user's home folder."""
        name = socket.gethostname()
        hosts = () if name.startswith("localhost") else (name, name.partition(".")[0])
        return cls(words=words, hosts=hosts, home=str(Path.home()))

    def line(self, line: bytes) -> bytes:
        """Return one line with its line end, redacted."""
        text = line.decode("utf-8", "surrogateescape")
        body = text.rstrip("\r\n")
        start = body.find("{")
        if start >= 0 and _is_json(body[start:]):
            done = self._text(body[:start]) + self._json(body[start:])
        else:
            done = self._text(body)
        return (done + text[len(body) :]).encode("utf-8", "surrogateescape")

    def _json(self, text: str) -> str:
        return rewrite_strings(text, self._value, lambda key: self._value("", key))

    def _value(self, name: str, value: str) -> str:
        told = name if _tells(name) else ""  # the others are all the same, and share what is known
        return self._short(told, value) if len(value) <= _CACHED else self._string(told, value)

    def _string(self, name: str, value: str) -> str:
        """Return a string redacted: as a member of this name, as JSON, as base64 or as text."""
        rule = _member(name)
        if rule is not None:
            return self._whole(rule, value)
        host = self._hosts.get(value)
        if host is not None and _NAMES.fullmatch(_snake(name)):
            return self._placeholder(host, value)
        if _BASE64.fullmatch(_snake(name)):
            return self._base64(value)
        if value[:1] in ("{", "[") and value.rstrip()[-1:] in ("}", "]") and _is_json(value):
            return self._json(value)
        return self._text(value)

    def _whole(self, rule: Member, value: str) -> str:
        if not value or _fits(rule.spared, value) or self._is_done(rule.kind, value):
            return value
        known = self._text(value)  # a token that says what it is keeps its form
        if known != value:
            return known
        new = self._placeholder(rule, value)
        if rule.kind == "secret" and _LIKE_A_SECRET.fullmatch(value):
            self._learn(value, new)
        return new

    def _learn(self, value: str, new: str) -> None:
        """Replace a value from now on wherever it stands."""
        if value in self._learnt or len(self._learnt) >= _LEARNT:
            return
        self._learnt[value] = new
        words = "|".join(map(re.escape, sorted(self._learnt, key=len, reverse=True)))
        self._learnt_pattern = re.compile(rf"(?<![A-Za-z0-9])(?:{words})(?![A-Za-z0-9])")
        self._short.cache_clear()

    def _base64(self, value: str) -> str:
        try:
            inside = b64decode(value, validate=True)
        except ValueError:
            return self._text(value)
        lines = inside.splitlines(keepends=True)
        done = b"".join(map(self.line, lines))
        return value if done == inside else b64encode(done).decode()

    def _text(self, text: str) -> str:
        if '"' in text:
            text = _PAIR.sub(self._pair, text)
        if self._learnt_pattern is not None:
            text = self._learnt_pattern.sub(lambda found: self._learnt[found[0]], text)
        small = text.lower()
        found = {sign for sign in self._signs if sign in small}
        if not found:
            return text
        for rule in self._texts:
            if not found.isdisjoint(rule.signs):
                text = self._apply(rule, text)
        return text

    def _apply(self, rule: Text, text: str) -> str:
        return rule.pattern.sub(lambda found: self._found(rule, found), text)

    def _pair(self, found: re.Match[str]) -> str:
        """Return `"name": "value"` redacted: of JSON over several lines, or with text around it."""
        rule = _member(found[1])
        if rule is None:
            return found[0]
        try:
            value = json.loads(found[2])
        except ValueError:
            return found[0]
        start = found.start(2) - found.start()
        return found[0][:start] + json.dumps(self._whole(rule, value), ensure_ascii=False)

    def _found(self, rule: Text, found: re.Match[str]) -> str:
        value = found["it"]
        if _fits(rule.spared, value) or self._is_done(rule.kind, value):
            return found[0]
        start, end = found.start("it") - found.start(), found.end("it") - found.start()
        return found[0][:start] + self._placeholder(rule, value) + found[0][end:]

    def _placeholder(self, rule: Member | Text, value: str) -> str:
        # A path and the file: URI of it tell the same name.
        key = (rule.kind, unquote(value) if rule.kind == "user" else value)
        if key not in self._given:
            number = self._count[rule.kind] = self._count.get(rule.kind, 0) + 1
            self._given[key] = rule.shape(value, number)
        return self._given[key]

    def _is_done(self, kind: str, value: str) -> bool:
        """Whether a value is a placeholder; then its number is not given again."""
        found = DONE[kind].fullmatch(value)
        if found is None:
            return False
        number = max((int(group) for group in found.groups() if group), default=0)
        self._count[kind] = max(self._count.get(kind, 0), number)
        return True


def _fits(pattern: re.Pattern[str] | None, value: str) -> bool:
    return pattern is not None and pattern.fullmatch(value) is not None


@lru_cache(maxsize=1 << 12)
def _tells(name: str) -> bool:
    """Whether it matters for what a string may hold that it stands under this name."""
    snake = _snake(name)
    marks = (_BASE64.fullmatch(snake), _NAMES.fullmatch(snake))
    return _member(name) is not None or any(marks)


@lru_cache(maxsize=1 << 12)
def _snake(name: str) -> str:
    return _CAMEL.sub("_", name).lower()


@lru_cache(maxsize=1 << 12)
def _member(name: str) -> Member | None:
    """Return the rule for members of this name; `*_KEY` only in capitals, as of a variable."""
    if name.isupper() and name.endswith("_KEY"):
        return MEMBERS[0]
    snake = _snake(name)
    return next((rule for rule in MEMBERS if rule.names.fullmatch(snake)), None)


def _is_json(text: str) -> bool:
    try:
        parse(text.encode("utf-8", "surrogateescape"))
    except (LineError, UnicodeEncodeError):
        return False
    return True
