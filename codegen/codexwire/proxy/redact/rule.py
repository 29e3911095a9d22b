"""What a redaction rule is, and the placeholders that stand for what it finds.

A *kind* is what placeholders are numbered by. Each kind's placeholder can be told from a real value,
so that what is redacted stays as it is when it is redacted again.
"""

from __future__ import annotations

import json
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import TypeAlias

__all__ = [
    "DONE",
    "KINDS",
    "Member",
    "Placeholder",
    "Text",
    "account",
    "aws_key_id",
    "email",
    "host",
    "jwt",
    "number_of",
    "pem",
    "placeholders_in",
    "plain",
    "prefixed",
    "secret",
    "user",
    "word",
]

Placeholder: TypeAlias = Callable[[str, int], str]
"""From a value and its number to the placeholder."""

KINDS: Mapping[str, str] = {
    "secret": "secret",
    "account": "account",
    "email": "e-mail address",
    "user": "user name",
    "host": "host",
    "word": "word",
}
"""Kind → what people call it."""

DONE: Mapping[str, re.Pattern[str]] = {
    "secret": re.compile(
        r"\s*(?:\w+\s+)?[\w.-]*?redacted-(\d{1,12})\s*|(?:AKIA|ASIA)REDACTED0*(\d{1,12})"
        r"|00000000-0000-4000-8000-(\d{12})|eyJhbGciOiJub25lIn0\.(?P<token>eyJyZWRhY3RlZCI6\w+)\.redacted"
    ),
    "account": re.compile(r"account-(\d{1,12})|00000000-0000-4000-9000-(\d{12})"),
    "email": re.compile(r"email-(\d{1,12})@example\.com"),
    "user": re.compile(r"user-(\d{1,12})"),
    "host": re.compile(r"host-(\d{1,12})(?:\.example)?|192\.0\.2\.(\d{1,12})"),
    "word": re.compile(r"word-(\d{1,12})"),
}
"""Kind → what its placeholders look like, with their number."""

_ALONE = (
    ("secret", "redacted", re.compile(r"redacted-\d{1,12}(?!\d)", re.ASCII)),
    ("host", ".example", re.compile(r"host-\d{1,12}\.example", re.ASCII)),
    ("word", "word-", re.compile(r"word-\d{1,12}(?!\d)", re.ASCII)),
)
"""Placeholders that no rule finds in text: kind, what is in all of them, and their form."""

_BODY = re.compile(rb'\{"redacted":(\d{1,12})\}')  # of a JSON web token


def placeholders_in(text: str) -> Iterator[tuple[str, str]]:
    """Yield kind and text of placeholders that no rule finds, for their numbers are taken."""
    for kind, sign, pattern in _ALONE:
        if sign in text:
            yield from ((kind, found[0]) for found in pattern.finditer(text))


def number_of(kind: str, value: str) -> int | None:
    """Return the number of a placeholder, None for another value."""
    found = DONE[kind].fullmatch(value)
    if found is None:
        return None
    token = found.groupdict().get("token")
    if token is None:
        return max(int(group) for group in found.groups() if group)
    with suppress(ValueError):  # of base64
        body = _BODY.fullmatch(urlsafe_b64decode(token + "=" * (-len(token) % 4)))
        return int(body[1]) if body is not None else 0
    return 0


@dataclass(frozen=True, slots=True)
class Text:
    """A rule for text: `it` in a match of `pattern` is replaced, unless `spared` fits all of it.

    `signs` are strings one of which is in every text that matches, both in small letters. A match begins
    on the line of its sign, which is of ASCII, and goes on for few lines, unless it `spans_lines`.
    """

    id: str
    what: str
    kind: str
    pattern: re.Pattern[str]
    shape: Placeholder
    signs: tuple[str, ...]
    spared: re.Pattern[str] | None = None
    spans_lines: bool = False


@dataclass(frozen=True, slots=True)
class Member:
    """A rule for members: the whole string is replaced where `names` fits the member's name.

    Names are compared in snake case (`apiKey` as `api_key`), the elements of an array by its name.
    """

    id: str
    what: str
    kind: str
    names: re.Pattern[str]
    shape: Placeholder
    spared: re.Pattern[str] | None = None


_UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_SCHEME = re.compile(r"(?:Bearer|Basic|Token|Digest|ApiKey)\s+", re.IGNORECASE)
_PREFIX = re.compile(r"github_pat_|AIza|[A-Za-z]{1,8}[-_]")
_IP = re.compile(r"\d+\.\d+\.\d+\.\d+")


def secret(_: str, number: int) -> str:
    """Keep nothing."""
    return f"redacted-{number}"


def plain(value: str, number: int) -> str:
    """Keep the scheme of a header and the form of a UUID."""
    scheme = _SCHEME.match(value)
    if scheme is not None:
        return f"{scheme[0]}redacted-{number}"
    return f"00000000-0000-4000-8000-{number:012}" if _UUID.fullmatch(value) else secret("", number)


def prefixed(value: str, number: int) -> str:
    """Keep the prefix, which says whose token it is."""
    prefix = _PREFIX.match(value)
    return f"{prefix[0] if prefix else ''}redacted-{number}"


def aws_key_id(value: str, number: int) -> str:
    """Keep the form of an AWS access key id."""
    return f"{value[:4] if value[:4] in ('AKIA', 'ASIA') else 'AKIA'}REDACTED{number:08}"


def jwt(_: str, number: int) -> str:
    """Return a JSON web token without a signature, which holds the number and nothing else."""
    body = urlsafe_b64encode(json.dumps({"redacted": number}, separators=(",", ":")).encode())
    return f"eyJhbGciOiJub25lIn0.{body.decode().rstrip('=')}.redacted"


def pem(_: str, number: int) -> str:
    """Keep the lines around a key."""
    return f"\nredacted-{number}\n"


def account(value: str, number: int) -> str:
    """Keep the form of a UUID."""
    return (
        f"00000000-0000-4000-9000-{number:012}" if _UUID.fullmatch(value) else f"account-{number}"
    )


def email(_: str, number: int) -> str:
    """Return an address that belongs to nobody."""
    return f"email-{number}@example.com"


def host(value: str, number: int) -> str:
    """Keep whether it is an IPv4 address, a full name or a plain one."""
    if _IP.fullmatch(value) and number < 255:
        return f"192.0.2.{number}"
    return f"host-{number}.example" if "." in value else f"host-{number}"


def user(_: str, number: int) -> str:
    """Return a name that belongs to nobody."""
    return f"user-{number}"


def word(_: str, number: int) -> str:
    """Return a word that means nothing."""
    return f"word-{number}"
