"""Values that stand behind the name of a secret: in .env files, shell, YAML, code, headers, forms, logs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

__all__ = ["NAME", "NO_SECRET", "named_values"]

# What stands behind such a name and is none: no value, a type, a variable.
NO_SECRET = re.compile(
    r"(?i:\s*(?:null|none|nil|true|false|undefined|optional|required|str|string|text|bool|boolean|int"
    r"|integer|number|object|array|any|bytes|expired|invalid|missing|redacted|hidden|masked|bearer|basic"
    r"|token|[*•]+|x+|\.+|-+|\d{1,5}|https?://[^:@\s]*)\s*)|[$%<{(\[].*",
    re.DOTALL,
)
_CODE = re.compile(  # without quotes: a call, a name with dots, a path
    r"\w+\(.*|(?:\w*[A-Za-z_]\w*\.)+[A-Za-z_]+(?:[\[(].*)?|(?:~|\.{1,2})?/(?:[\w.-]+/)+[\w.-]*",
    re.DOTALL,
)

NAME = (
    r"(?:(?:api|auth|access|account|private|secret|client|signing|encryption|master|session|shared|service"
    r"|storage|license|subscription|deploy|admin|db|database|app|webhook|cloudant|(?<![a-z])cl(?:ou)?)"
    r"[ _.-]{0,2}key"
    r"|token|secret|passw(?:or)?d|passphrase|passcode|pwd|pw|(?<![a-z])sid"
    r"|(?<!by)(?<!com)(?<!tres)(?<!sur)(?<!over)(?<!under)pass"
    r"|(?:j|php|asp)sess(?:ion)?id|credentials?|creds"
    r"|authorization|cookie|connection[ _-]?string|mnemonic|recovery[ _-]?(?:code|phrase|key))"
    r"(?:[_-](?:base|value|key|string|hash|data|v?\d{1,3}|prod|production|dev|test|staging|live|new|old)"
    r"|\d{1,3})*"
)
_NAMED = re.compile(
    rf"(?i:{NAME})\Z|(?:[A-Z]PASS|[A-Z0-9]_(?:KEY|PASS|PW|PAT|AUTH|DSN|CREDS?|PWD|TOK))(?:_?\d{{1,2}})?\Z"
)
_LAST_WORDS = frozenset({"key", "string", "code", "phrase"})  # of names of two words

_SIGN = re.compile(
    r"(?<![\w-])-{0,2}([A-Za-z_][\w-]*+)(?:\\*[\"'`])?[\])]?[ \t]*+"
    r"(?:::?=?|={1,3}>?|!==?|->|(?<=[\"']),(?=[ \t]*[\"'][^\"'\r\n]*\d)"
    r"|\((?=[\"'][^\"'\r\n]*\d)|(?<=[ \t])(?=[\"'][\w+/=.-]{16,}[\"']))[ \t]*"
    r"(?:[|>][+-]?\r?\n[ \t]+)?",
    re.ASCII,
)
_WORD = re.compile(
    r"(?:-(?<!\S-)-?|(?:set(?:env|x)?|ENV|ARG)[ \t]+(?:\w+:)?)"
    r"([A-Za-z_][\w-]*+)[ \t]+(?![-|&;<>=:])",
    re.ASCII,
)
_SIGNS = frozenset(":=,('\"")
_SCHEME = r"(?:(?i:bearer|basic|token|digest|apikey)\s+)?"
_VALUE = re.compile(
    rf"(\\*[\"'`]){_SCHEME}([^\"'`\\\r\n]{{3,8192}})\1"
    rf"|(?:\\*[\"'`])?{_SCHEME}"
    r"([^\s\"'`<>,;|&\\$(\[{][^\s\"'`<>,;|&\\]{0,8192}[^\s\"'`<>,;|&\\)\]}.:?])"
)


def named_values(text: str) -> Iterator[tuple[int, int]]:
    """Yield start and end of the values, in order."""
    found = [] if _SIGNS.isdisjoint(text) else [*_SIGN.finditer(text)]
    found += _WORD.finditer(text)
    done = 0
    for name in sorted(found, key=lambda name: name.start()):
        at = _value(text, name) if name.start() >= done else None
        if at is not None:
            yield at
            done = at[1]


def _value(text: str, name: re.Match[str]) -> tuple[int, int] | None:
    if not _is_secret(_whole_name(text, name)):
        return None
    found = _VALUE.match(text, name.end())
    if found is None:
        return None
    quoted = found[2] is not None
    value = found[2] if quoted else found[3]
    if len(value) < 3 or NO_SECRET.fullmatch(value) or (not quoted and _CODE.fullmatch(value)):
        return None
    return found.span(2 if quoted else 3)


def _whole_name(text: str, found: re.Match[str]) -> str:
    name: str = found[1]
    if name.lower() not in _LAST_WORDS:
        return name
    return text[max(0, found.start(1) - 14) : found.end(1)]  # `api key`, `connection string`


@lru_cache(maxsize=1 << 12)
def _is_secret(name: str) -> bool:
    return _NAMED.search(name) is not None
