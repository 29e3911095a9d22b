"""All that redaction looks for, as people read it."""

from __future__ import annotations

from typing import NamedTuple

from codexwire.proxy.redact.members import MEMBERS
from codexwire.proxy.redact.rule import KINDS
from codexwire.proxy.redact.texts import BEFORE_TOKENS, TEXTS
from codexwire.proxy.redact.tokens import TOKENS

__all__ = ["RULES", "Described"]


class Described(NamedTuple):
    """One thing that redaction looks for: `kind` is what its values are called, `title` one sentence."""

    id: str
    kind: str
    title: str
    doc: str


_WHERE = """It is looked for in every string of every message and in lines that are no JSON: also in JSON
in strings, in base64 and `data:` URLs of text, in percent-encoded text, between the colours of a
terminal, and in texts that come in pieces (deltas, chunks of output)."""
_WHOLE = "The whole string is replaced, unless it says that there is no value."


def _described(id: str, kind: str, what: str, doc: str = _WHERE) -> Described:
    return Described(f"redact/{id}", KINDS[kind], f"{what[0].upper()}{what[1:]}.", doc)


_OTHERS = (
    _described(
        "named-value",
        "secret",
        'the value behind the name of a secret: `NAME=`, `name:`, `--name`, `"name",`',
        f"""In .env files, shell, YAML, code, headers, forms and logs. {_WHERE}""",
    ),
    _described(
        "opaque",
        "secret",
        "strings of 16 and more characters that look drawn by lot, whoever's they are",
        """Hexadecimal strings, UUIDs and ids that say so by their first letters (`call_…`) stay, and
so does what stands in a member for ids, digests or packed data.""",
    ),
    _described(
        "learnt",
        "secret",
        "a secret that something named, wherever else it stands",
        """`codexwire redact` looks at earlier lines, too; `record --redact` cannot go back.""",
    ),
    _described("word", "word", "the words given with --word"),
    _described("own-host", "host", "this machine's name"),
    _described("own-home", "user", "the home folder of who runs this"),
)

RULES: tuple[Described, ...] = (
    *(_described(token.id, "secret", token.what) for token in TOKENS),
    *(_described(rule.id, rule.kind, rule.what) for rule in (*BEFORE_TOKENS, *TEXTS)),
    *(_described(rule.id, rule.kind, rule.what, _WHOLE) for rule in MEMBERS),
    *_OTHERS,
)
"""Tokens, texts, members, and what is no single pattern."""
