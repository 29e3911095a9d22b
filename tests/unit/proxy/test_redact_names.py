"""Members that hold secrets in the protocol: every release's names are told apart, a new one's too."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from codexwire.ingest.archive import archive_path
from codexwire.proxy.redact.members import member
from codexwire.resources import schema_root

TELLING = re.compile(
    r"(?i)key|token|secret|pass(?!through|age)|auth|cred(?!it)|cookie|code\b|signature|bearer|jwt|private|nonce"
    r"|pin(?![a-z])|otp|login|webhook|verifier|certificate"
)
# Names of this kind whose strings are no secrets: enums, names, places, ids that anybody may see.
KNOWN = frozenset(
    [
        "authMethod",
        "authMode",
        "authPolicy",
        "authStatus",
        "authUrl",
        "auth_url",
        "authorizationUrl",
        "author",
        "ca-certificate",
        "client-certificate",
        "credentialFile",
        "envKey",
        "forcedLoginMethod",
        "forced_login_method",
        "idempotencyKey",
        "identityKey",
        "key",
        "keyId",
        "keyPath",
        "loginId",
        "login_id",
        "publicKey",
        "publicKeySpkiDerBase64",
        "signatureDerBase64",
        "cliAuthCredentialsStore",
        "sortKey",
        "userAuthorization",
        "allowedLoginMethods",
        "auth_statuses",
        "appsNeedingAuth",
        "keywords",
        "model_auto_compact_token_limit_scope",
    ]
)


def schemas() -> Iterator[Any]:
    """Every type of every release, and the bundles that are kept whole."""
    with gzip.open(archive_path(), "rt", encoding="utf-8") as lines:
        yield from map(json.loads, lines)
    for path in sorted(Path(schema_root()).glob("*/*.json")):
        if path.parent.name == "files":
            continue  # what people write for codexwire itself
        yield json.loads(path.read_text(encoding="utf-8"))


def strings(node: Any) -> Iterator[str]:
    """The names of the properties that can be strings, or lists of them."""
    if isinstance(node, dict):
        properties = node.get("properties")
        for name, inner in properties.items() if isinstance(properties, dict) else ():
            if isinstance(inner, dict) and _is_string(inner):
                yield name
        for inner in node.values():
            yield from strings(inner)
    elif isinstance(node, list):
        for inner in node:
            yield from strings(inner)


def _is_string(schema: dict[str, Any]) -> bool:
    kinds = schema.get("type")
    if "string" in (kinds if isinstance(kinds, list) else [kinds]):
        return True
    inner = [schema.get("items"), *schema.get("anyOf", ()), *schema.get("oneOf", ())]
    return any(isinstance(one, dict) and _is_string(one) for one in inner)


@pytest.fixture(scope="module")
def names() -> frozenset[str]:
    return frozenset(name for schema in schemas() for name in strings(schema))


def test_every_name_that_sounds_like_a_secret_is_told(names: frozenset[str]) -> None:
    """A new release's field fails here until it is a secret by its name, or KNOWN to be none."""
    telling = {name for name in names if TELLING.search(name)}
    assert {"apiKey", "accessToken", "authToken", "secretAccessKey", "pairingCode"} <= telling
    assert {name for name in telling - KNOWN if member(name) is None} == set()


def test_what_is_known_to_be_none_is_not_replaced(names: frozenset[str]) -> None:
    assert {name for name in KNOWN & names if member(name) is not None} == set()


@pytest.mark.parametrize(
    "name", ["gatewayAccessToken", "client_secret", "bedrockApiKey", "sudoPassword", "deviceCode"]
)
def test_a_field_of_a_release_to_come(name: str) -> None:
    rule = member(name)
    assert rule is not None
    assert rule.kind == "secret"
