"""What the name of a JSON member says about its string: a secret, a name, packed data …"""

from __future__ import annotations

import re
from functools import lru_cache

from codexwire.proxy.redact.assignments import PATH
from codexwire.proxy.redact.rule import Member, account, host, plain, user
from codexwire.proxy.redact.texts import SPARED_HOST

__all__ = ["MEMBERS", "is_delta", "is_name", "is_opaque", "is_packed", "member", "tells"]


def _re(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


_NO_VALUE = _re(rf"(?i)null|none|true|false|undefined|\*+|x+|\.+|{PATH}")

MEMBERS: tuple[Member, ...] = (
    Member(
        "secret-member",
        "strings named like a secret: apiKey, accessToken, authorization, password, OPENAI_API_KEY",
        "secret",
        _re(
            r"(?:.*_)?(?:api_?key|token|secret|password|passwd|pwd|passphrase|passcode|credential"
            r"|(?:private|access|secret|auth|signing|encryption|session|account|shared|master|license"
            r"|subscription|webhook|service|client|storage)_key(?:_data)?|user_code|device_code"
            r"|(?:auth|authorization|pairing|recovery|security|verification)_code|code_verifier"
            r"|connection_string|jwt|mnemonic|recovery_phrase|seed_phrase|otp|access_key_id"
            r"|token_sha256_base64url|x_[a-z]+_(?:key|auth))s?(?:_\d+)?"
            r"|(?:proxy_|x_)?authorization|(?:set_)?cookies?"  # `userAuthorization` is an enum
            r"|pass|dsn|bearer|signature|nonce|sid|(?:j|php|asp(?:_net)?)_?sess(?:ion)?_?id|csrf|xsrf"
        ),
        plain,
        _NO_VALUE,
    ),
    Member(
        "user-member",
        "USER, LOGNAME, userName",
        "user",
        _re(r"user|logname|user_?name|sudo_user"),
        user,
    ),
    Member(
        "account-member",
        "ids of accounts, users, organisations, installations and devices, and their names",
        "account",
        _re(
            r"(?:.*_)?account_(?:user_)?(?:id|name)"
            r"|(?:chatgpt_|openai_|creator_)?(?:user|org|organization|workspace|installation|device|team)"
            r"_(?:id|name)|credential_id"
        ),
        account,
    ),
    Member(
        "host-member",
        "hostName, computerName, HOSTNAME",
        "host",
        _re(r"(?:host|computer|machine)_?name"),
        host,
        SPARED_HOST,
    ),
)
"""The first one that fits decides."""

_CAPITALS = _re(r"(?:[A-Z0-9]+_)+(?:KEY|PASS|PW|PAT|AUTH|DSN|CREDS|TOK)(?:_?\d{1,2})?")
_DELTA = _re(r"(?:.*_)?delta(?:_base64)?|chunk")
_PACKED = _re(r"(?:.*_)?base64|chunk")
_NAMES = _re(r"(?:.*_)?name")
_ORDINARY = _re(
    r"(?:.*_)?(?:ids?|cursor|hash|digest|sha\d*|checksum|integrity|etag|commit|version|fingerprint|method)"
    r"|type|encrypted_.*|(?:.*_)?public_key|data|blob|image|traceparent|turn_state"
)
_CAMEL = _re(r"(?<=[a-z0-9])(?=[A-Z])|[-.\s]+")


@lru_cache(maxsize=1 << 12)
def tells(name: str) -> bool:
    """Whether it matters for what a string may hold that it stands under this name."""
    marks = (is_packed(name), is_name(name), is_delta(name), is_opaque(name))
    return member(name) is not None or any(marks)


@lru_cache(maxsize=1 << 12)
def member(name: str) -> Member | None:
    """Return the rule for members of this name; `*_KEY` only in capitals, as of a variable."""
    if _CAPITALS.fullmatch(name):
        return MEMBERS[0]
    snake = _snake(name)
    return next((rule for rule in MEMBERS if rule.names.fullmatch(snake)), None)


@lru_cache(maxsize=1 << 12)
def is_delta(name: str) -> bool:
    """Whether such a string is a piece of a longer one that other messages go on with."""
    return _DELTA.fullmatch(_snake(name)) is not None


@lru_cache(maxsize=1 << 12)
def is_packed(name: str) -> bool:
    """Whether such a string is base64 by its name."""
    return _PACKED.fullmatch(_snake(name)) is not None


@lru_cache(maxsize=1 << 12)
def is_name(name: str) -> bool:
    """Whether such a string is somebody's or something's name."""
    return _NAMES.fullmatch(_snake(name)) is not None


@lru_cache(maxsize=1 << 12)
def is_opaque(name: str) -> bool:
    """Whether such a string looks drawn by lot and is no secret: an id, a digest, packed data."""
    return _ORDINARY.fullmatch(_snake(name)) is not None


@lru_cache(maxsize=1 << 12)
def _snake(name: str) -> str:
    return _CAMEL.sub("_", name).lower()
