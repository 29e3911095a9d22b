"""Values that stand behind the name of a secret: in .env files, shell, YAML, code, headers, forms, logs."""

from __future__ import annotations

import re
import string
from collections.abc import Iterator
from functools import lru_cache

from codexwire.proxy.redact.signs import places

__all__ = ["NAME", "NO_SECRET", "PATH", "named_values"]

PATH = (
    r"/(?:home|users|usr|etc|var|tmp|opt|root|mnt|srv|private|workspaces?|work|run|dev)"
    r"/[\w.@+-][\w./@+-]*"
)
"""A path of a system, which is no secret: where a key lies, or `PWD` in an environment."""

# What stands behind such a name and is none: no value, a type, a variable, a path.
NO_SECRET = re.compile(
    rf"(?i:{PATH}|\s*(?:null|none|nil|true|false|undefined|optional|required|str|string|text|bool|boolean|int"
    r"|integer|number|object|array|any|bytes|expired|invalid|missing|redacted|hidden|masked|bearer|basic"
    r"|token|await|new|yield|lambda|function|async|self|this|not|[*•]+|x+|\.+|-+|\d{1,5}|https?://[^:@\s]*)\s*)|[$%<{(\[].*",
    re.DOTALL,
)
_CODE = re.compile(  # without quotes: a call, an element, a name with dots, a path
    r"\w+\(.*|\w+\[\w*\]?|(?:\w*[A-Za-z_]\w*\.)+[A-Za-z_]+(?:[\[(].*)?|(?:~|\.{1,2})?/(?:[\w.-]+/)+[\w.-]*",
    re.DOTALL,
)

NAME = (
    r"(?:(?:api|auth|access|account|private|secret|client|signing|encryption|master|session|shared|service"
    r"|storage|license|subscription|deploy|admin|db|database|app|webhook|cloudant|(?<![a-z])cl(?:ou)?)"
    r"[ _.-]{0,2}key"
    r"|token|secret|passw(?:or[dt]|d)|kennwort|senha|saml[_-]?(?:response|request)|(?<![a-z])psk|passphrase|passcode|pwd|pw|(?<![a-z])sid"
    r"|(?<!by)(?<!com)(?<!tres)(?<!sur)(?<!over)(?<!under)pass"
    r"|(?:j|php|asp)sess(?:ion)?id|credentials?|creds"
    r"|authorization|cookie|connection[ _-]?string|mnemonic|recovery[ _-]?(?:code|phrase|key))"
    r"(?:[_-](?:base|value|key|string|hash|data|v?\d|prod|production|dev|test|staging|live|new|old)"
    r"|\d)*"
)
_NAMED = re.compile(rf"(?i:{NAME})\Z|[A-Z0-9]_(?:KEY|PAT|AUTH|DSN|CRED|TOK)(?:_?\d{{1,2}})?\Z")
_LAST_WORDS = frozenset({"key", "string", "code", "phrase"})  # of names of two words

_STEMS = (
    *(
        "key",
        "token",
        "secret",
        "pass",
        "pw",
        "sid",
        "sess",
        "cred",
        "auth",
        "cookie",
    ),
    *("string", "code", "phrase", "mnemonic", "_pat", "_dsn", "_tok"),
    *("kennwort", "senha", "psk", "saml"),
)
"""In small letters, one of them is in every name of a secret."""

_IN_NAME = frozenset(f"{string.ascii_letters}{string.digits}_-")
_TELLING = r"[ \t]*(?:[\"'`]|\S*\d)"  # behind a bold name, which may be a heading
_QUOTE = r"(?:\\*[\"'`]|&(?:quot|apos|#0?3[49]);)"
_WRAPPER = (
    r"(?:(?:Some|Just|Ok|Secret|SecretStr|SecretString|SecretBox|String::from)\((?=\\*[\"']))?"
)
_NAME_AND_SIGN = re.compile(
    rf"-{{0,2}}([A-Za-z_][\w-]*+)(?:{_QUOTE})?[\])]?(?:\*\*(?=:{_TELLING}))?[ \t]*+"
    rf"(?:\??:[ \t]*[\w&<>\[\]|?. ]{{1,30}}=(?=[ \t]*[\"'])|:\*\*(?={_TELLING})"
    r"|::?=?|={1,3}>?|!==?|->|(?<=[\"']),(?=[ \t]*[\"'][^\"'\r\n]*\d)"
    r"|\((?=[\"'][^\"'\r\n]*\d)|(?<=[ \t])(?=[\"'][\w+/=.-]{16,}[\"']))[ \t]*"
    rf"(?:[|>][+-]?\r?\n[ \t]+)?{_WRAPPER}",
    re.ASCII,
)
_OPTION = re.compile(r"-(?<!\S-)-?([A-Za-z_][\w-]*+)[ \t]+(?![-|&;<>=:])", re.ASCII)
_SET = re.compile(r"(?:set(?:env|x)?|ENV|ARG)[ \t]+(?:\w+:)?\Z", re.ASCII)
_NAME_TO_SET = re.compile(r"([A-Za-z_][\w-]*+)[ \t]+(?![-|&;<>=:])", re.ASCII)
_LONGEST = 256  # characters of a name; more are data
_BEFORE = 40  # characters, in which `set` stands
_COMPARED = re.compile(r"[=!]==?(?!>)")
_WORD = re.compile(r"[A-Za-z_]+|0x[0-9A-Fa-f]{1,8}")
_SCHEME = r"(?:(?i:bearer|basic|token|digest|apikey)\s+)?"
_VALUE = re.compile(
    rf"(\\*(?:\"\"\"|\'\'\'|[\"'`])){_SCHEME}([^\"'`\\\r\n]{{3,8192}})\1"
    rf"|(?:{_QUOTE})?{_SCHEME}"
    r"([^\s\"'`<>,;|&\\$(\[{][^\s\"'`<>,;|&\\]{0,8192}[^\s\"'`<>,;|&\\)\]}.:?])"
)


def named_values(text: str) -> Iterator[tuple[int, int]]:
    """Yield start and end of the values, in order."""
    done = 0
    for start in _names(text):
        for name in _named_at(text, start) if start >= done else ():
            at = _value(text, name) if name is not None else None
            if at is not None:
                yield at
                done = at[1]
                break


def _names(text: str) -> Iterator[int]:
    """Yield where words start that name a secret; to look for each stem alone is the fastest."""
    end = 0
    for at in places(text, _STEMS):
        if at < end:
            continue
        start, end = at, at + 1
        while start > 0 and text[start - 1] in _IN_NAME:
            start -= 1
        while end < len(text) and text[end] in _IN_NAME:
            end += 1
        if end - start <= _LONGEST and _is_secret(_whole_name(text, start, end)):
            yield start


def _named_at(text: str, start: int) -> Iterator[re.Match[str] | None]:
    """Yield what names a value, as far as it does, at the start of a word."""
    yield _NAME_AND_SIGN.match(text, start)
    yield _OPTION.match(text, start)
    if _SET.search(text[max(0, start - _BEFORE) : start]) is not None:
        yield _NAME_TO_SET.match(text, start)


def _value(text: str, name: re.Match[str]) -> tuple[int, int] | None:
    found = _VALUE.match(text, name.end())
    if found is None:
        return None
    quoted = found[2] is not None
    value = found[2] if quoted else found[3]
    if len(value) < 3 or NO_SECRET.fullmatch(value) or (not quoted and _is_code(name, value)):
        return None
    return found.span(2 if quoted else 3)


def _is_code(name: re.Match[str], value: str) -> bool:
    """Whether a value without quotes is an expression: a call, a path, or what a variable is like."""
    if _CODE.fullmatch(value) is not None:
        return True
    is_word = _WORD.fullmatch(value) is not None
    is_like_name = name[1].casefold().endswith(value.casefold())
    return is_word and (is_like_name or _COMPARED.search(name[0]) is not None)


def _whole_name(text: str, start: int, end: int) -> str:
    name = text[start:end].lstrip("-")
    if name.lower() not in _LAST_WORDS:
        return name
    return text[max(0, end - len(name) - 14) : end]  # `api key`, `connection string`


@lru_cache(maxsize=1 << 12)
def _is_secret(name: str) -> bool:
    return _NAMED.search(name) is not None
