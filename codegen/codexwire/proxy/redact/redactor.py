"""Redacts lines: the same value always becomes the same placeholder, different ones never do.

It works on lines of text of any format: what is JSON in them stays the same JSON but for the strings
that the rules are about, in strings that hold JSON, base64 or percent-encoded text too.
"""

from __future__ import annotations

import json
import re
import socket
from base64 import b64decode, b64encode
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import chain
from pathlib import Path
from typing import NamedTuple, TypeAlias
from urllib.parse import unquote

from codexwire.proxy.json_text import rewrite_strings
from codexwire.proxy.redact.argv import in_argv
from codexwire.proxy.redact.assignments import named_values
from codexwire.proxy.redact.cuts import Cuts, Edit, Replace, replace
from codexwire.proxy.redact.inside import base64_in, in_base64, in_percent
from codexwire.proxy.redact.json_part import JsonPart, json_part, json_value
from codexwire.proxy.redact.learnt import Learnt
from codexwire.proxy.redact.members import (
    is_delta,
    is_name,
    is_opaque,
    is_packed,
    member,
    tells,
)
from codexwire.proxy.redact.opaque import opaque_in
from codexwire.proxy.redact.rule import (
    Member,
    Placeholder,
    Text,
    number_of,
    placeholders_in,
    plain,
    secret,
)
from codexwire.proxy.redact.signs import around
from codexwire.proxy.redact.texts import BEFORE_TOKENS, TEXTS, home_rule, words_rule
from codexwire.proxy.redact.tokens import tokens_in

__all__ = ["Deltas", "Redactor"]

Deltas: TypeAlias = Callable[[str], str]
"""What becomes of a string that is a piece of a longer one."""

_CACHED = 256
_ORDINARY = 1 << 16  # ids that are remembered
_DEPTH = 4  # of text in text in text
_PAIR = re.compile(r'"([\w.-]{1,64})"\s*:\s*("[^"\\]*(?:\\.[^"\\]*)*")')
_COLOUR = re.compile(r"(?:\x1b|\\u001b|\\x1b|\\e|\\033)\[[\d;?]*[A-Za-z]")
_RUN = re.compile(r"(?<![\\%])(?<!%[0-9A-Fa-f])[A-Za-z0-9][\w.~+/=:-]{11,}", re.ASCII)
_WRAPPED = re.compile(
    r"(?<![\w+/])(?:[A-Za-z0-9+/]{48,76}\r?\n)+[A-Za-z0-9+/]{2,76}={0,2}(?![\w+/])"
)
_FULL_LINE = re.compile(r".*?[A-Za-z0-9+/]{48}\r?\Z")
_CREDENTIALS = re.compile(r"[^\s:/{}\"']{1,64}:[^\s/{}\"',]{6,64}")


class Redactor:
    """Replaces secrets, account data, home folders and host names in the lines of one file.

    What a value becomes depends on the lines before it, and on nothing else: the same lines give the
    same result. `words` are replaced too, wherever they stand as words; `hosts` likewise, and `home`
    is a home folder that cannot be told by its path. `as_text` counts the lines that are no JSON, and
    their bytes.
    """

    def __init__(
        self, *, words: Sequence[str] = (), hosts: Sequence[str] = (), home: str = ""
    ) -> None:
        host = words_rule("host", tuple(hosts))
        own = (words_rule("word", tuple(words)), host, home_rule(home))
        self._hosts = dict.fromkeys(hosts, host)
        self._before = (*(rule for rule in own if rule is not None), *BEFORE_TOKENS)
        self._signs = tuple(sorted({s for rule in (*self._before, *TEXTS) for s in rule.signs}))
        self._given: dict[tuple[str, str], str] = {}
        self._count: dict[str, int] = {}
        self.learnt = Learnt()
        self.as_text = Counter[str]()
        self._ordinary: set[str] = set()
        self._deltas: Deltas | None = None
        self._sparing = 0
        self._depth = 0
        self._short = lru_cache(maxsize=1 << 14)(self._string)

    @classmethod
    def of_this_machine(cls, words: Sequence[str] = ()) -> Redactor:
        """Return one that knows this machine's host name and the user's home folder."""
        name = socket.gethostname()
        hosts = () if name.startswith("localhost") else (name, name.partition(".")[0])
        return cls(words=words, hosts=hosts, home=str(Path.home()))

    @property
    def replaced(self) -> Mapping[str, int]:
        """Kind → how many different values of it were replaced."""
        return Counter(kind for kind, _ in self._given)

    def line(self, line: bytes, deltas: Deltas | None = None) -> bytes:
        """Return one line with its line end, redacted.

        `deltas` says what becomes of strings that are pieces of longer ones; without it they are
        strings like others.
        """
        body = _body(line)
        part = json_part(body)
        if not part.end and body.strip():
            self.as_text.update(lines=1, bytes=len(line))
        return self._line(line, body, part, deltas)

    def again(self, line: bytes, deltas: Deltas) -> bytes:
        """Return a line redacted again, with what was learnt since."""
        body = _body(line)
        return self._line(line, body, json_part(body), deltas)

    def _line(self, line: bytes, body: str, part: JsonPart, deltas: Deltas | None) -> bytes:
        self._deltas = deltas
        for placeholder in placeholders_in(body):
            self._is_done(*placeholder)
        start, end, _ = part
        if end:
            body = self._text(body[:start]) + self._json(body[start:end]) + body[end:]
        else:
            body = self._text(body)
        return body.encode("utf-8", "surrogateescape") + line[len(line.rstrip(b"\r\n")) :]

    def pieces(self, pieces: Sequence[str]) -> list[str]:
        """Return the pieces of one text, redacted as a whole."""
        cuts = Cuts(pieces)
        return cuts.apply(self._text("".join(pieces), cuts.replace))

    def _json(self, text: str) -> str:
        text = replace(text, in_argv(text, self.pieces))
        return rewrite_strings(text, self._value, self._key)

    def _key(self, key: str) -> str:
        return self._short("", key) if len(key) <= _CACHED else self._string("", key)

    def _value(self, name: str, value: str) -> str:
        told = name if tells(name) else ""  # the others are all the same, and share what is known
        if self._deltas is not None and told and is_delta(told):
            return self._deltas(value)
        return self._short(told, value) if len(value) <= _CACHED else self._string(told, value)

    def _string(self, name: str, value: str) -> str:
        """Return a string redacted: as a member of this name, as JSON, as base64 or as text."""
        rule = member(name)
        if rule is not None:
            return self._whole(rule, value)
        host = self._hosts.get(value)
        if host is not None and is_name(name):
            return self._placeholder(host.kind, host.shape, value)
        if is_packed(name):
            return self._base64(value)
        if (
            value[:1] in ("{", "[")
            and value.rstrip()[-1:] in ("}", "]")
            and json_value(value) is not None
        ):
            return self._json(value)
        return self._as_ordinary(value) if is_opaque(name) else self._text(value)

    def _whole(self, rule: Member, value: str) -> str:
        if not value or self._is_done(rule.kind, value):
            return value
        known = self._text(value)  # a token that says what it is keeps its form
        if _fits(rule.spared, value) or (known != value and self._is_done(rule.kind, known)):
            return known
        new = self._placeholder(rule.kind, rule.shape, value)
        if rule.kind == "secret":
            self._learn(value, new)
        return new

    def _learn(self, value: str, new: str) -> None:
        if self.learnt.add(value, new):
            self._short.cache_clear()

    def _base64(self, value: str) -> str:
        try:
            inside = b64decode(value, validate=True)
        except ValueError:
            return self._text(value)
        lines = inside.decode("utf-8", "surrogateescape")
        done = self._text(lines)
        if done == lines:
            return value
        return b64encode(done.encode("utf-8", "surrogateescape")).decode()

    def _text(self, text: str, put: Replace = replace) -> str:
        if self._depth >= _DEPTH or len(text) < 4:
            return text
        self._depth += 1
        try:
            if _COLOUR.search(text) is not None:
                return put(text, [(0, len(text), self._uncoloured(text))])
            return self._searched(text, put)
        finally:
            self._depth -= 1

    def _uncoloured(self, text: str) -> str:
        """Return a text redacted as if it had no colours, which stay where they are."""
        colours = [*_COLOUR.findall(text), ""]
        done = self.pieces(_COLOUR.split(text))
        return "".join(chain.from_iterable(zip(done, colours, strict=True)))

    def _searched(self, text: str, put: Replace) -> str:
        if '"' in text:
            text = put(text, self._edits(_PAIR, self._pair, text))
            text = put(text, in_argv(text, self.pieces))
        text = put(text, self._known(text))
        learnt = len(self.learnt.known)
        small = text.lower()
        signs = {sign for sign in self._signs if sign in small}
        text = self._by_rules(self._before, signs, text, put)
        if "\n" in text and _may_be_wrapped(text):
            text = put(
                text, self._edits(_WRAPPED, lambda found: in_base64(found[0], self._inside), text)
            )
        if len(text) > 11:
            text = put(text, self._tokens(text))
        text = put(text, self._named(text))
        text = self._by_rules(TEXTS, signs, text, put)
        text = put(text, in_percent(text, self.pieces))
        return text if len(self.learnt.known) == learnt else put(text, self._known(text))

    def _known(self, text: str) -> Iterator[Edit]:
        if self.learnt.pattern is not None:
            known = self.learnt.known
            yield from self._edits(self.learnt.pattern, lambda found: known[found[0]], text)

    def _edits(
        self, pattern: re.Pattern[str], new: Callable[[re.Match[str]], str], text: str
    ) -> Iterator[Edit]:
        for found in pattern.finditer(text):
            if (done := new(found)) != found[0]:
                yield found.start(), found.end(), done

    def _by_rules(self, rules: Sequence[Text], signs: set[str], text: str, put: Replace) -> str:
        for rule in rules:
            if not signs.isdisjoint(rule.signs):
                text = put(text, self._found(rule, text))
        return text

    def _found(self, rule: Text, text: str) -> Iterator[Edit]:
        parts = ((0, len(text)),) if rule.spans_lines else around(text, rule.signs)
        for found in chain.from_iterable(rule.pattern.finditer(text, *part) for part in parts):
            group = found.lastgroup or "it"
            if not _fits(rule.spared, found[group]):
                yield from self._replaced(rule.kind, rule.shape, text, found.span(group))

    def _named(self, text: str) -> Iterator[Edit]:
        for span in named_values(text):
            yield from self._replaced("secret", plain, text, span)

    def _replaced(
        self, kind: str, shape: Placeholder, text: str, span: tuple[int, int]
    ) -> Iterator[Edit]:
        value = text[slice(*span)]
        if not self._is_done(kind, value):
            new = self._placeholder(kind, shape, value)
            if kind == "secret":
                self._learn(value, new)
            yield *span, new

    def _tokens(self, text: str) -> Iterator[Edit]:
        for found in _RUN.finditer(text):
            run = found[0]
            for part in _short_parts(run) if len(run) <= _CACHED else _parts(run):
                old = run[part.start : part.end]
                if part.shape is None:
                    new = in_base64(old, self._inside)
                elif self._is_done("secret", old) or not (part.is_token or self._is_opaque(found)):
                    continue
                else:
                    new = self._placeholder("secret", part.shape, old)
                if new != old:
                    yield found.start() + part.start, found.start() + part.end, new

    def _inside(self, text: str) -> str:
        """Return the text of base64 redacted, which may be a name and a password of HTTP."""
        if _CREDENTIALS.fullmatch(text):
            return self._placeholder("secret", secret, text)
        return self._text(text)

    def _is_opaque(self, found: re.Match[str]) -> bool:
        """Whether what looks drawn by lot is to be replaced: no id, and no content of a `data:` URL."""
        run = found[0]
        if self._sparing and len(run) <= _CACHED and len(self._ordinary) < _ORDINARY:
            self._ordinary.add(run)
        is_data = found.string.endswith("base64,", 0, found.start())
        return not (self._sparing or is_data or run in self._ordinary)

    def _as_ordinary(self, value: str) -> str:
        """Return a string redacted that may look drawn by lot, here and elsewhere."""
        self._sparing += 1
        try:
            return self._text(value)
        finally:
            self._sparing -= 1

    def _pair(self, found: re.Match[str]) -> str:
        """Return `"name": "value"` redacted: of JSON over several lines, or with text around it."""
        rule = member(found[1])
        if rule is None:
            return found[0]
        try:
            value = json.loads(found[2])
        except ValueError:
            return found[0]
        start = found.start(2) - found.start()
        return found[0][:start] + json.dumps(self._whole(rule, value), ensure_ascii=False)

    def _placeholder(self, kind: str, shape: Placeholder, value: str) -> str:
        # A path and the file: URI of it tell the same name.
        key = (kind, unquote(value) if kind == "user" else value)
        if key not in self._given:
            number = self._count[kind] = self._count.get(kind, 0) + 1
            self._given[key] = shape(value, number)
        return self._given[key]

    def _is_done(self, kind: str, value: str) -> bool:
        """Whether a value is a placeholder; then its number is not given again."""
        number = number_of(kind, value)
        if number is None:
            return False
        self._count[kind] = max(self._count.get(kind, 0), number)
        return True


def _may_be_wrapped(text: str) -> bool:
    """Whether a text may hold base64 over several lines: one of them is a full one."""
    return any(47 < len(line) < 78 and _FULL_LINE.match(line) for line in text.split("\n"))


def _body(line: bytes) -> str:
    return line.rstrip(b"\r\n").decode("utf-8", "surrogateescape")


class _Part(NamedTuple):
    """A part of a run of characters without blanks; `shape` is None where it is text in base64."""

    start: int
    end: int
    shape: Placeholder | None
    is_token: bool = True


def _parts(run: str) -> tuple[_Part, ...]:
    """Return what is of interest in a run, in order: tokens, base64 beside them, then what is opaque."""
    found = [_Part(start, end, token.shape) for start, end, token in tokens_in(run)]
    found += [_Part(*at, None) for at in base64_in(_without(run, found))]
    found += [_Part(*at, secret, is_token=False) for at in opaque_in(_without(run, found))]
    return tuple(sorted(found))


def _without(run: str, parts: list[_Part]) -> str:
    """Return a run with full stops for its parts."""
    for part in parts:
        run = run[: part.start] + "." * (part.end - part.start) + run[part.end :]
    return run


_short_parts = lru_cache(maxsize=1 << 14)(_parts)


def _fits(pattern: re.Pattern[str] | None, value: str) -> bool:
    return pattern is not None and pattern.fullmatch(value) is not None
