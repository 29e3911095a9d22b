"""The value behind each name of a secret, as people write it."""

from __future__ import annotations

import pytest

from codexwire.proxy.redact.assignments import named_values

NAMES = """
private_key | api key | token | secret | pass | DB_PW | sid | jsessionid | credentials | creds | SMTP_AUTH
authorization | cookie | connection_string | connection string | passcode | recovery_code | recovery code
recovery phrase | recovery key | mnemonic | GITLAB_PAT | SENTRY_DSN | BOT_TOK
"""


@pytest.mark.parametrize(
    "name", [name.strip() for name in NAMES.replace("\n", "|").split("|")][1:-1]
)
def test_the_value_behind_a_name(name: str) -> None:
    text = f"it had {name}: Zx81-tr0ub4dor and went on"
    assert [text[start:end] for start, end in named_values(text)] == ["Zx81-tr0ub4dor"]


@pytest.mark.parametrize("name", ["phrase", "error code", "string", "compass", "_dsn_", "keyboard"])
def test_what_is_no_name_of_a_secret(name: str) -> None:
    assert [*named_values(f"it had {name}: Zx81-tr0ub4dor and went on")] == []
