"""Redacts the words of a command that is an array, `["mysql", "-psecret"]`, as the command that they are."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence

from codexwire.proxy.json_text import json_string
from codexwire.proxy.redact.commands import COMMANDS
from codexwire.proxy.redact.cuts import Edit

__all__ = ["in_argv"]

_STRING = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"')
_ARRAY = re.compile(rf"\[\s*{_STRING.pattern}(?:\s*,\s*{_STRING.pattern})+\s*\]")
_SIGNS = tuple({sign for rule in COMMANDS for sign in rule.signs})


def in_argv(text: str, redact: Callable[[Sequence[str]], list[str]]) -> Iterator[Edit]:
    """Yield edits of a JSON text: of the words of commands in it, as `redact` changes the whole command."""
    for found in _ARRAY.finditer(text) if '"-' in text else ():
        literals = list(_STRING.finditer(text, *found.span()))
        try:
            words = [json.loads(word[0]) for word in literals]
        except ValueError:  # it only looks like JSON
            continue
        small = " ".join(words).lower()
        if any(sign in small for sign in _SIGNS):
            done = redact([piece for word in words for piece in (word, " ")])[::2]
            for word, old, new in zip(literals, words, done, strict=True):
                if new != old:
                    yield *word.span(), json_string(new)
