"""Everything that is replaced stands in the list that `codexwire rules list` prints."""

from __future__ import annotations

import json

import pytest

from codexwire.proxy.redact import Redactor
from codexwire.proxy.redact.members import MEMBERS
from codexwire.proxy.redact.table import RULES
from codexwire.proxy.redact.texts import BEFORE_TOKENS, TEXTS
from codexwire.proxy.redact.tokens import TOKENS

OTHERS = {
    "named-value": ("secret", "DEPLOY_TOKEN=Zx81-tr0ub4dor"),
    "opaque": ("secret", "so it is 9fKx2QmT7vLp4RwZc8Yh3Nb6"),
    "learnt": ("secret", "it was Zx81-tr0ub4dor that they asked for"),
    "word": ("word", "the Bluebird of mine"),
    "own-host": ("host", "on build-7 it fails"),
    "own-home": ("user", "in /srv/ann/project"),
}
"""What no pattern alone tells → the kind of the value, and a text with one."""


@pytest.mark.parametrize("id", OTHERS)
def test_a_text_that_is_redacted_for_this_reason_alone(id: str) -> None:
    kind, text = OTHERS[id]
    redactor = Redactor(words=["Bluebird"], hosts=["build-7"], home="/srv/ann")
    if id == "learnt":
        redactor.line(b'{"password":"Zx81-tr0ub4dor"}\n')
    assert json.loads(redactor.line(json.dumps({"text": text}).encode()))["text"] != text
    assert redactor.replaced == {kind: 1}


def test_every_reason_is_listed_once() -> None:
    patterns = (*TOKENS, *BEFORE_TOKENS, *TEXTS, *MEMBERS)
    expected = [f"redact/{id}" for id in (*(rule.id for rule in patterns), *OTHERS)]
    assert sorted(rule.id for rule in RULES) == sorted(expected)


@pytest.mark.parametrize(
    ("id", "kind"),
    [
        ("github", "secret"),
        ("account-member", "account"),
        ("email", "e-mail address"),
        ("windows-home", "user name"),
        ("url-host", "host"),
        ("word", "word"),
        ("own-host", "host"),
        ("own-home", "user name"),
        ("learnt", "secret"),
    ],
)
def test_what_people_call_what_is_found(id: str, kind: str) -> None:
    assert [rule.kind for rule in RULES if rule.id == f"redact/{id}"] == [kind]
