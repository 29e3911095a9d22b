"""Redacts text inside text: decodes base64 and percent-encoding, and encodes the result again."""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from binascii import Error
from collections.abc import Callable, Iterator
from urllib.parse import quote, unquote

__all__ = ["base64_in", "holds_text", "in_base64", "in_percent"]

_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{14,}={0,2}")  # of ten bytes
_URL_SAFE = str.maketrans("-_", "+/")
_BACK = str.maketrans("+/", "-_")
_NOT_TEXT = re.compile(r"[^\t\n\r\x1b\x20-\x7e\xa0-\U0010ffff]")
_LINE_END = re.compile(r"\r?\n")
_ESCAPE = re.compile(r"%[0-9A-Fa-f]{2}")
_ESCAPES = re.compile(r"(?:%[0-9A-Fa-f]{2})+|[^%]+|%")
_BREAK = re.compile(r"[ \t\r\n\"'<>\\]")
_LEAST = 10  # characters; so few bytes drawn by lot are hardly ever all printable


def base64_in(run: str) -> Iterator[tuple[int, int]]:
    """Yield start and end of what is base64 of text in a run of characters without blanks."""
    for found in _BASE64.finditer(run):
        if _unpacked(found[0]) is not None:
            yield found.span()


def holds_text(line: bytes) -> bool:
    """Whether a line of a file may hold base64 of text, or percent-encoded text."""
    text = line.decode("utf-8", "surrogateescape")
    return _ESCAPE.search(text) is not None or next(base64_in(text), None) is not None


def in_base64(packed: str, redact: Callable[[str], str]) -> str:
    """Return base64 of text with its text redacted, in the same alphabet, width and padding."""
    text = _unpacked(packed)
    if text is None:
        return packed
    done = redact(text)
    if done == text:
        return packed
    new = b64encode(done.encode()).decode()
    url_safe = "-" in packed or "_" in packed
    if not packed.endswith("=") and (url_safe or len(_LINE_END.sub("", packed)) % 4):
        new = new.rstrip("=")
    if url_safe:
        new = new.translate(_BACK)
    end = _LINE_END.search(packed)
    if end is not None:
        width = end.start()
        new = end[0].join(new[at : at + width] for at in range(0, len(new), width))
    return new


def in_percent(
    text: str, redact: Callable[[list[str]], list[str]]
) -> Iterator[tuple[int, int, str]]:
    """Yield start, end and the new form of runs with percent-encoded characters that change."""
    done = 0
    for escape in _ESCAPE.finditer(text):
        if escape.start() < done:
            continue
        start = escape.start()
        while start > done and _BREAK.match(text, start - 1) is None:
            start -= 1
        end = _BREAK.search(text, escape.end())
        done = end.start() if end is not None else len(text)
        new = _requoted(text[start:done], redact)
        if new != text[start:done]:
            yield start, done, new


def _requoted(run: str, redact: Callable[[list[str]], list[str]]) -> str:
    """Return a run redacted; what does not change stays as it was written."""
    written = _ESCAPES.findall(run)
    old = [unquote(piece, errors="surrogateescape") for piece in written]
    new = redact(old)
    safe = "".join(sorted(set(run) - {"%"}))
    return "".join(
        same if before == after else quote(after, safe=safe, errors="surrogateescape")
        for same, before, after in zip(written, old, new, strict=True)
    )


def _unpacked(packed: str) -> str | None:
    """Return the text that base64 stands for, None if it stands for no text."""
    body = _LINE_END.sub("", packed).rstrip("=").translate(_URL_SAFE)
    try:
        text = b64decode(body + "=" * (-len(body) % 4), validate=True).decode()
    except (Error, UnicodeDecodeError):
        return None
    return text if len(text) >= _LEAST and _NOT_TEXT.search(text) is None else None
