"""What a recording should not tell, rule by rule: where it is found, and what it becomes.

A *kind* is what placeholders are numbered by. Each kind's placeholder can be told from a real value,
so that what is redacted stays as it is when it is redacted again.

Not searched: strings that are cut over several messages (deltas), paths whose slashes are
percent-encoded, names of people, projects and repositories in prose and URLs, images and other base64
than that of members whose name ends in `base64` and of the exec-server's `chunk`. `planType` and other
enums stay.
"""

from __future__ import annotations

import json
import re
from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass

__all__ = ["DONE", "MEMBERS", "TEXTS", "Member", "Text", "home_rule", "words_rule"]

_UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_EMAIL = r"[\w.%+-]+@(?:[A-Za-z0-9-]+\.)+[A-Za-z]{2,}"
_IP = re.compile(r"\d+\.\d+\.\d+\.\d+")

DONE: Mapping[str, re.Pattern[str]] = {
    "secret": re.compile(
        r"\s*(?:\w+\s+)?(?:AIza|\w+[-_])?redacted-(\d+)\s*|(?:AKIA|ASIA)REDACTED0*(\d+)"
        r"|00000000-0000-4000-8000-0*(\d+)|eyJhbGciOiJub25lIn0\.eyJyZWRhY3RlZCI6\w+\.redacted"
    ),
    "account": re.compile(r"account-(\d+)|00000000-0000-4000-9000-0*(\d+)"),
    "email": re.compile(r"email-(\d+)@example\.com"),
    "user": re.compile(r"user-(\d+)"),
    "host": re.compile(r"host-(\d+)(?:\.example)?|192\.0\.2\.(\d+)"),
    "word": re.compile(r"word-(\d+)"),
}
"""Kind → what its placeholders look like, with their number."""


@dataclass(frozen=True, slots=True)
class Text:
    """A rule for text: `it` in a match of `pattern` is replaced, unless `spared` fits all of it.

    `signs` are strings one of which is in every text that matches, both in small letters.
    `shape(value, number)` is what it becomes.
    """

    id: str
    what: str
    kind: str
    pattern: re.Pattern[str]
    shape: Callable[[str, int], str]
    signs: tuple[str, ...]
    spared: re.Pattern[str] | None = None


@dataclass(frozen=True, slots=True)
class Member:
    """A rule for members: the whole string is replaced where `names` fits the member's name.

    Names are compared in snake case (`apiKey` as `api_key`), the elements of an array by its name.
    """

    id: str
    what: str
    kind: str
    names: re.Pattern[str]
    shape: Callable[[str, int], str]
    spared: re.Pattern[str] | None = None


def _plain(value: str, number: int) -> str:
    """Keep the scheme of a header and the form of a UUID."""
    scheme = re.match(r"(?:Bearer|Basic|Token|Digest)\s+", value, re.IGNORECASE)
    if scheme is not None:
        return f"{scheme[0]}redacted-{number}"
    return (
        f"00000000-0000-4000-8000-{number:012}" if _UUID.fullmatch(value) else f"redacted-{number}"
    )


def _account(value: str, number: int) -> str:
    return (
        f"00000000-0000-4000-9000-{number:012}" if _UUID.fullmatch(value) else f"account-{number}"
    )


def _email(_: str, number: int) -> str:
    return f"email-{number}@example.com"


def _prefixed(value: str, number: int) -> str:
    """Keep what tells whose token it is."""
    prefix = re.match(r"sk-|github_pat_|[A-Za-z]+[-_]|AIza", value)
    return f"{prefix[0] if prefix else ''}redacted-{number}"


def _aws(value: str, number: int) -> str:
    return f"{value[:4]}REDACTED{number:08}"


def _jwt(_: str, number: int) -> str:
    body = urlsafe_b64encode(json.dumps({"redacted": number}, separators=(",", ":")).encode())
    return f"eyJhbGciOiJub25lIn0.{body.decode().rstrip('=')}.redacted"


def _pem(_: str, number: int) -> str:
    return f"\nredacted-{number}\n"


def _host(value: str, number: int) -> str:
    if _IP.fullmatch(value) and number < 255:
        return f"192.0.2.{number}"
    return f"host-{number}.example" if "." in value else f"host-{number}"


def _user(_: str, number: int) -> str:
    return f"user-{number}"


def _re(pattern: str, flags: int = 0) -> re.Pattern[str]:
    return re.compile(pattern, flags)


_PUBLIC = (
    "anthropic.com|apache.org|azure.com|chatgpt.com|cloudflare.com|crates.io|debian.org|docker.com"
    "|docker.io|docs.rs|example.com|example.net|example.org|ghcr.io|git-scm.com|github.com|github.io"
    "|githubusercontent.com|gitlab.com|gnu.org|golang.org|google.com|googleapis.com|ietf.org"
    "|json-schema.org|kernel.org|microsoft.com|modelcontextprotocol.io|mozilla.org|nodejs.org"
    "|npmjs.com|npmjs.org|oaistatic.com|oaiusercontent.com|openai.com|opensource.org|pypi.org"
    "|python.org|pythonhosted.org|readthedocs.io|rust-lang.org|schema.org|stackoverflow.com"
    "|ubuntu.com|visualstudio.com|w3.org|wikipedia.org|yarnpkg.com"
).replace(".", r"\.")
_SPARED_HOST = _re(
    r"localhost|127\.[\d.]+|0\.0\.0\.0|\[::1?\]|.*\.(?:example|test|invalid|localhost)"
    rf"|(?:.*\.)?(?:{_PUBLIC})",
    re.IGNORECASE,
)
_SPARED_USER = _re(r"Shared|Public|Default|All Users|linuxbrew|runner|vscode")
_NO_VALUE = _re(r"(?i)null|none|true|false|undefined|\*+|x+|\.+")

_SECRET_NAME = (
    r"(?:api[_-]?key|token|secret|password|passwd|passphrase|credentials?|private[_-]?key"
    r"|access[_-]?key|secret[_-]?key|authorization|cookie)"
)

TEXTS: tuple[Text, ...] = (
    Text(
        "private-key",
        "the inside of a PEM block with a private key",
        "secret",
        _re(r"-----BEGIN [A-Z ]*PRIVATE KEY-----(?P<it>.*?)(?:-----END|\Z)", re.DOTALL),
        _pem,
        ("private key",),
    ),
    Text(
        "url-credentials",
        "user and password in a URL",
        "secret",
        _re(r"://(?P<it>[^\s/:@\"']*:[^\s/@\"']+)@"),
        lambda _, number: f"redacted-{number}",
        ("://",),
    ),
    Text(
        "jwt",
        "a JSON web token; it stays one, unsigned and empty",
        "secret",
        _re(r"(?<![\w-])(?P<it>eyJ[\w-]{5,}\.eyJ[\w-]{5,}\.[\w-]*)"),
        _jwt,
        ("eyj",),
    ),
    Text(
        "prefixed-token",
        "keys and tokens that say whose they are: sk-…, ghp_…, github_pat_…, xoxb-…, AIza…",
        "secret",
        _re(
            r"(?<![A-Za-z0-9])(?P<it>sk-[\w-]{16,}|gh[pousr]_\w{16,}|github_pat_\w{16,}"
            r"|glpat-[\w-]{16,}|xox[abeposr]-[\w-]{10,}|npm_\w{30,}|hf_\w{30,}|AIza[\w-]{30,})"
        ),
        _prefixed,
        ("sk-", "gh", "glpat-", "xox", "npm_", "hf_", "aiza"),
    ),
    Text(
        "aws-key-id",
        "an AWS access key id",
        "secret",
        _re(r"(?<![A-Za-z0-9])(?P<it>(?:AKIA|ASIA)[0-9A-Z]{16})(?![0-9A-Za-z])"),
        _aws,
        ("akia", "asia"),
    ),
    Text(
        "authorization",
        "what follows `Bearer`, `Basic` and `Token` where it has a digit",
        "secret",
        _re(r"\b(?:bearer|basic|token)\s+(?P<it>(?=[^\s\d]*\d)[\w.~+/=-]{8,})", re.IGNORECASE),
        lambda _, number: f"redacted-{number}",
        ("bearer", "basic", "token"),
    ),
    Text(
        "assignment",
        "the value behind `NAME=` or `name:` in text, where the name is that of a secret",
        "secret",
        _re(
            rf"(?i:[\w-]*{_SECRET_NAME}|\b(?-i:[A-Z0-9_]+_KEY))[\"']?\s*[:=]\s*"
            r"(?:(?i:bearer|basic|token)\s+)?[\"']?(?P<it>[^\s\"',;&(){}\[\]<>$\\]{6,})"
        ),
        _plain,
        ("key", "token", "secret", "pass", "credential", "authorization", "cookie"),
        _NO_VALUE,
    ),
    Text(
        "query",
        "codes, states and signatures in the query of a URL",
        "secret",
        _re(
            r"[?&](?i:key|sig|signature|code|state|x-amz-signature|x-amz-credential)="
            r"(?P<it>[^&\s\"'#]{6,})"
        ),
        _plain,
        ("=",),
    ),
    Text(
        "email",
        "an e-mail address; it stays one",
        "email",
        _re(rf"(?<![\w.%+/-])(?P<it>(?!git@){_EMAIL})(?!\w)"),
        _email,
        ("@",),
    ),
    Text(
        "url-host",
        "the host of a URL, unless it is this machine's loopback or well known to everybody",
        "host",
        _re(
            r"\b(?:https?|wss?|ssh|git|s?ftp)://(?:[^\s/@\"']*@)?"
            r"(?P<it>[A-Za-z0-9][\w.-]*[A-Za-z0-9]|\[[0-9A-Fa-f:]+\])"
        ),
        _host,
        ("://",),
        _SPARED_HOST,
    ),
    Text(
        "host-variable",
        "HOSTNAME= and COMPUTERNAME= in text",
        "host",
        _re(r"\b(?:HOSTNAME|COMPUTERNAME|HOST)=(?P<it>[\w.-]+)"),
        _host,
        ("host", "computername"),
        _SPARED_HOST,
    ),
    Text(
        "home",
        "the name in a home folder: /home/NAME, /Users/NAME",
        "user",
        _re(r"(?<![\w.~-])/(?:home|Users)/+(?P<it>[^\W_](?:[\w-]|%[0-9A-Fa-f]{2}|[.@+](?=\w))*)"),
        _user,
        ("home/", "users/"),
        _SPARED_USER,
    ),
    Text(
        "windows-home",
        "the name in a home folder: C:\\Users\\NAME, which may have blanks",
        "user",
        _re(
            r"(?i:[a-z]:[\\/]+|\\)Users[\\/]+"
            r"(?P<it>[^\W_](?:[^\\/:*?\"<>|\r\n]{0,63}(?=\\)|(?:[\w-]|%[0-9A-Fa-f]{2}|[.@+](?=\w))*))"
        ),
        _user,
        ("users",),
        _SPARED_USER,
    ),
    Text(
        "user-variable",
        "USER=, LOGNAME= and USERNAME= in text",
        "user",
        _re(r"\b(?:USER|LOGNAME|USERNAME)=(?P<it>[\w.-]+)"),
        _user,
        ("user", "logname"),
    ),
)
"""In the order in which they are tried: what one has replaced the next does not see as it was."""

MEMBERS: tuple[Member, ...] = (
    Member(
        "secret-member",
        "strings named like a secret: apiKey, accessToken, authorization, password, OPENAI_API_KEY",
        "secret",
        _re(
            r"(?:.*_)?(?:api_?key|token|secret|password|passwd|passphrase|credentials?|private_key"
            r"|access_key|secret_key|user_code|device_code)"
            r"|(?:proxy_)?authorization|(?:set_)?cookie"  # `userAuthorization` is an enum
        ),
        _plain,
        _NO_VALUE,
    ),
    Member(
        "account-member",
        "ids of accounts, users, organisations, installations and devices, and their names",
        "account",
        _re(
            r"(?:chatgpt_|openai_)?(?:account|user|org|organization|workspace|installation|device|team)"
            r"_(?:id|name)"
        ),
        _account,
    ),
    Member(
        "host-member",
        "hostName, computerName, HOSTNAME",
        "host",
        _re(r"(?:host|computer|machine)_?name"),
        _host,
        _SPARED_HOST,
    ),
    Member(
        "user-member", "USER, LOGNAME, userName", "user", _re(r"user|logname|user_?name"), _user
    ),
)
"""The first one that fits decides."""


def words_rule(kind: str, words: tuple[str, ...]) -> Text | None:
    """Return the rule for words that are known to be private; None without words.

    Of a host's name it leaves a string that is nothing but one plain word, which may be an enum's.
    """
    known = sorted({w for w in words if w}, key=lambda w: (-len(w), w))
    if not known:
        return None
    plain = [re.escape(w) for w in known if w.isalpha() and kind == "host"]
    alone = rf"(?!\A(?:{'|'.join(plain)})\Z)" if plain else ""
    pattern = rf"{alone}(?<![\w.-])(?P<it>{'|'.join(map(re.escape, known))})(?![\w-])"
    shape = _host if kind == "host" else _word
    what, signs = "words given, or known of this machine", tuple(word.lower() for word in known)
    return Text(f"{kind}-words", what, kind, _re(pattern), shape, signs)


def home_rule(path: str) -> Text | None:
    """Return the rule for a home folder that its path does not tell as one; None if it does."""
    if len(path.strip("/")) < 2 or path == "/root" or _re(r"/(?:home|Users)/[^/]+").match(path):
        return None
    pattern = rf"(?<![\w.-])(?P<it>{re.escape(path)})(?![\w-])"
    return Text(
        "own-home",
        "the home of who runs this",
        "user",
        _re(pattern),
        lambda _, n: f"/home/user-{n}",
        (path.lower(),),
    )


def _word(_: str, number: int) -> str:
    return f"word-{number}"
