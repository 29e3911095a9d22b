"""The rules that find secrets by the text around them, and what takes their place.

Tokens that tell by their own form what they are have a table of their own: `tokens`.

Not searched: names of people, projects and repositories in prose and URLs, images and other bytes
that are no text, numbers outside strings.
"""

from __future__ import annotations

import re

from codexwire.proxy.redact.assignments import NAME, NO_SECRET
from codexwire.proxy.redact.commands import COMMANDS
from codexwire.proxy.redact.rule import Text, email, host, jwt, pem, plain, secret, user, word

__all__ = ["BEFORE_TOKENS", "SPARED_HOST", "TEXTS", "home_rule", "words_rule"]

_EMAIL = r"[\w.%+-]++@(?:[A-Za-z0-9-]+\.)+[A-Za-z]{2,}"


def _re(pattern: str, flags: int = 0) -> re.Pattern[str]:
    return re.compile(pattern, flags)


_PUBLIC = (
    "anthropic.com|apache.org|azure.com|chatgpt.com|cloudflare.com|crates.io|debian.org|docker.com"
    "|docker.io|docs.rs|example.com|example.net|example.org|ghcr.io|git-scm.com|github.com|github.io"
    "|githubusercontent.com|gitlab.com|gnu.org|golang.org|google.com|googleapis.com|ietf.org"
    "|json-schema.org|kernel.org|microsoft.com|modelcontextprotocol.io|mozilla.org|nodejs.org"
    "|npmjs.com|npmjs.org|oaistatic.com|oaiusercontent.com|openai.com|opensource.org|pypi.org"
    "|discord.com|discordapp.com|python.org|pythonhosted.org|readthedocs.io|rust-lang.org|schema.org|slack.com|stackoverflow.com"
    "|ubuntu.com|visualstudio.com|w3.org|wikipedia.org|yarnpkg.com"
).replace(".", r"\.")
SPARED_HOST = _re(
    r"localhost|127\.[\d.]+|0\.0\.0\.0|\[::1?\]|.*\.(?:example|test|invalid|localhost)"
    rf"|(?:.*\.)?(?:{_PUBLIC})",
    re.IGNORECASE,
)
_SPARED_USER = _re(r"Shared|Public|Default|All Users|linuxbrew|runner|vscode")

BEFORE_TOKENS: tuple[Text, ...] = (
    Text(
        "private-key",
        "the inside of a PEM, OpenSSH, PGP or PuTTY private key, with line ends or `\\n`",
        "secret",
        _re(
            r"(?:-----BEGIN[ A-Z0-9]* PRIVATE KEY(?: BLOCK)?-----"
            r"|(?<!-)BEGIN(?: DSA| EC| OPENSSH| PGP| RSA| SSH2 ENCRYPTED)? PRIVATE KEY-*"
            r"|---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----|Private-Lines: \d+)"
            r"(?P<it>.+?)(?:-----? ?END|Private-MAC|\Z)",
            re.DOTALL,
        ),
        pem,
        ("private key", "private-lines"),
        spans_lines=True,
    ),
    Text(
        "url-credentials",
        "user and password in a URL",
        "secret",
        _re(
            r"://(?P<it>[^\s/:@\"']{0,256}:[^\s\"'@]{0,1024}(?:@(?=[^\s/\"'@]{0,99}@)[^\s\"'@]{0,99}){0,3})@"
        ),
        secret,
        ("://",),
    ),
    Text(
        "url-token",
        "a token alone before the host of a URL",
        "secret",
        _re(r"://(?P<it>[^\s/:@\"'<>]{16,1024})@"),
        secret,
        ("://",),
    ),
    Text(
        "aws-secret-key",
        "40 characters of base64 behind `aws` and `key` or `token`",
        "secret",
        _re(
            r"(?i:aws[^\n]{0,20}?(?:key|pw|pass|token))[^\n]{0,20}?"
            r"(?<![\w/+])(?P<it>[0-9A-Za-z/+]{40})(?![\w/+])"
        ),
        secret,
        ("aws",),
    ),
    Text(
        "artifactory-password",
        "an encrypted password of Artifactory, near its name",
        "secret",
        _re(
            r"(?i:artif|jfrog|buildkit)(?:[^\n]{0,100}?\n?){3}?(?<![A-Za-z0-9])(?P<it>AP[0-9A-F][A-Za-z0-9]{8,})\b"
        ),
        secret,
        ("artif", "jfrog", "buildkit"),
    ),
    Text(
        "webhook",
        "the path of a webhook of Slack, Discord, Teams, Zapier",
        "secret",
        _re(
            r"(?i:hooks\.slack\.com/(?:services|workflows|triggers)|discord(?:app)?\.com/api/webhooks"
            r"|webhook\.office\.com/webhookb2|hooks\.zapier\.com/hooks/catch)/"
            r"(?P<it>[^\s\"'`<>?#\\]{5,})"
        ),
        secret,
        ("hooks.slack", "api/webhooks", "webhookb2", "hooks.zapier"),
    ),
    Text(
        "jwt",
        "a JSON web token; it stays one, unsigned and empty",
        "secret",
        _re(
            r"(?<![\w-])(?P<it>ey[IJ][\w=-]{5,}\.ey[\w=-]{2,}(?:\.[\w.+/=-]*)?|eyJ[\w-]{10,}(?:\.[\w-]*){4})"
        ),
        jwt,
        ("eyj", "eyi"),
    ),
    Text(
        "digest-header",
        "what follows `Digest` in a header",
        "secret",
        _re(r"\b[Dd]igest\s+(?P<it>username=(?:\\*[\"'][^\"'\\\r\n]*\\*[\"']|[^\r\n\"'\\])+)"),
        secret,
        ("digest",),
    ),
    Text(
        "cookie",
        "all of a `Cookie:` or `Set-Cookie:` header",
        "secret",
        _re(
            r"(?:[Cc]ookie|COOKIE)[\"']?\s*:\s*[\"']?"
            r"(?P<it>[\w.%$!#*+-]+=[^\r\n\"'\\]+)"
        ),
        secret,
        ("cookie",),
    ),
    Text(
        "cookie-option",
        "the cookies that `curl -b` sends",
        "secret",
        _re(r"[ \t](?:-b|--cookie)[ =][\"']?(?P<it>[\w.%$!#*+-]+=[^\r\n\"'\\]+)"),
        secret,
        (" -b", "--cookie"),
    ),
)
"""Tried before tokens and named values, which are parts of what these find."""

TEXTS: tuple[Text, ...] = (
    Text(
        "authorization",
        "what follows `Bearer`, `Basic` and `Token` where it has a digit or is long",
        "secret",
        _re(
            r"\b(?i:bearer|basic|token|apikey)(?:\s+|\s+[\"'] ?[+.] ?[\"'])"
            r"(?P<it>(?=\S*\d|\S*[a-z][A-Z]|[^\s\"']*=)[\w.~+/=:-]{8,}|[\w.~+/=-]{24,})"
        ),
        secret,
        ("bearer", "basic", "token", "apikey"),
    ),
    *COMMANDS,
    Text(
        "spoken",
        "`the password is …`, `password …` in .netrc",
        "secret",
        _re(
            r"(?:[Pp]ass(?:word|phrase|code)|PASSWORD"
            r"|[Ss]ecret|SECRET|[Tt]oken|TOKEN|(?:API|api|[Aa]ccess) key"
            r"|pin(?<=\bpin)|PIN(?<=\bPIN)|code(?<=\bcode)|otp(?<=\botp)|OTP(?<=\bOTP))"
            r"(?:\s+(?:for|of|to|on|in)(?:\s+[\w@.'-]+){1,4}?(?=\s+(?:is|was)\s|:\s))?"
            r"(?:\s+(?:is|was|are|be|to|set to)(?:\s+now)?|\s*[:,])?\s+[\"'`]?"
            r"(?P<it>(?=[^\s\"'`]*\d)(?=[^\s\"'`]*[^\d\s.,:])[^\s\"'`<>]{5,}[^\s\"'`<>.,;:!?)])"
        ),
        secret,
        ("password", "passphrase", "secret", "token", "key", "pin", "code", "otp"),
        _re(r".*redacted-\d+.*|[\w.-]+\(.*|\d+(?:\.\d+)*\w?|gpt.*|.*/.*/.*|[a-z]+[_-][a-z_-]+\d?"),
    ),
    Text(
        "spoken-elsewhere",
        "what follows the word for password in other languages, where it has a digit",
        "secret",
        _re(
            r"(?i:passwort|mot de passe|contraseña|wachtwoord|парол\w|パスワード|密码|密碼|비밀번호)"
            r"(?:\s+(?i:lautet|ist|est|es|is)|\s*[は是:：=])?\s*[:：=]?\s*[\"'`「]?"
            r"(?P<it>(?=[^\s\"'`]*\d)[^\s\"'`<>「」。，、]{5,}[^\s\"'`<>.,;:!?「」。，、])"
        ),
        secret,
        (
            *("passwort", "mot de passe", "contraseña", "wachtwoord", "парол", "パスワード"),
            *("密码", "密碼", "비밀번호"),
        ),
    ),
    Text(
        "name-and-value",
        "the `value:` below a `name:` that names a secret, in YAML",
        "secret",
        _re(
            rf"\bname:[ \t]*[\"']?[\w.-]*(?i:{NAME})[\"']?[ \t]*\n[ \t]*value:[ \t]*[\"']?"
            r"(?P<it>[^\s\"'][^\r\n\"']*)"
        ),
        secret,
        ("value:",),
        NO_SECRET,
        spans_lines=True,
    ),
    Text(
        "kubernetes-secret",
        "the values of a Kubernetes Secret in YAML",
        "secret",
        _re(
            r"([ \t]*)\b(?:data|stringData):\n\1[ \t]+"
            r"(?P<it>[\w.-]+:[^\n]+(?:\n\1[ \t]+[\w.-]+:[^\n]+)*)"
            r"(?=\n(?:(?!---)[^\n]*\n){0,40}?[ \t]*kind: Secret\b)"
            r"|\bkind: Secret\n(?:(?!---)[^\n]*\n){0,40}?([ \t]*)(?:data|stringData):\n\3[ \t]+"
            r"(?P<behind>[\w.-]+:[^\n]+(?:\n\3[ \t]+[\w.-]+:[^\n]+)*)"
        ),
        secret,
        ("kind: secret",),
        spans_lines=True,
    ),
    Text(
        "spoken-key",
        "a hexadecimal string right behind `key`, `token`, `secret`, `login`",
        "secret",
        _re(
            r"(?i:(?<!cache )(?<!public )(?<!primary )(?<!foreign )(?<!object )(?<!hash )(?<!idempotency )key"
            r"|token|secret|password|login)[\"'`]?:?[ \t]+[\"'`]?"
            r"(?P<it>(?:[0-9a-f]{32,64}|[0-9A-F]{32,64}))(?!\w)"
        ),
        secret,
        ("key", "token", "secret", "password", "login"),
    ),
    Text(
        "spoken-code",
        "the digits of a verification code, a PIN, a one-time password",
        "secret",
        _re(
            r"(?i:\b(?:(?:verification|security|confirmation|login|auth\w*|2fa|mfa|one[- ]time)\s+"
            r"(?:code|password)|otp|pin|passcode))(?:\s+(?:is|was)|\s*:)\s+[\"'`]?(?P<it>\d{4,8})(?!\w|\.\d)"
        ),
        secret,
        ("code", "pin", "otp", "password"),
    ),
    Text(
        "sql-password",
        "`identified by '…'` and `with password '…'` of SQL",
        "secret",
        _re(r"(?i:identified\s+by|with\s+password)\s+[\"'](?P<it>[^\"']{3,})[\"']"),
        secret,
        ("identified", "password"),
    ),
    Text(
        "xml",
        "the text of an XML element, and the attribute `value`, with the name of a secret",
        "secret",
        _re(
            rf"<[\w:]*(?i:{NAME})(?:\s[^<>]*)?>(?P<it>[^<>\s][^<>]*)</"
            rf"|(?:key|name)=[\"'][\w.:-]*(?i:{NAME})[\"']\s*value=[\"'](?P<attribute>[^\"']+)[\"']"
        ),
        plain,
        ("</", "value="),
        NO_SECRET,
        spans_lines=True,
    ),
    Text(
        "query",
        "codes, states, keys and signatures in the query of a URL",
        "secret",
        _re(
            r"[?&](?i:key|sig|signature|code|state|nonce|session|auth|jwt|otp|code_verifier"
            r"|x-(?:amz|goog)-signature)="
            r"(?P<it>[^&\s\"'#<>\\]{6,})"
        ),
        plain,
        ("=",),
    ),
    Text(
        "email",
        "an e-mail address; it stays one",
        "email",
        _re(rf"(?<![\w.%+/-])(?P<it>(?!git@){_EMAIL})(?!\w)"),
        email,
        ("@",),
    ),
    Text(
        "url-host",
        "the host of a URL, unless it is this machine's loopback or well known to everybody",
        "host",
        _re(
            r"\b(?:https?|wss?|ssh|git|s?ftp)://(?:[^\s/@\"']{0,256}@)?"
            r"(?P<it>[A-Za-z0-9][\w.-]*[A-Za-z0-9]|\[[0-9A-Fa-f:]+\])"
        ),
        host,
        ("://",),
        SPARED_HOST,
    ),
    Text(
        "host-variable",
        "HOSTNAME= and COMPUTERNAME= in text",
        "host",
        _re(r"\b(?:HOSTNAME|COMPUTERNAME|HOST)=(?P<it>[\w.-]+)"),
        host,
        ("hostname=", "computername=", "host="),
        SPARED_HOST,
    ),
    Text(
        "home",
        "the name in a home folder: /home/NAME, /Users/NAME, also below /mnt/c, /c and /var",
        "user",
        _re(
            r"(?<![\w.~-])(?:/mnt/[a-z]|/cygdrive/[a-z]|/[a-z]|/var|/export|/run/host|/host)?"
            r"/(?:home|(?i:users))/+(?P<it>[^\W_](?:[\w-]|%[0-9A-Fa-f]{2}|[.@+](?=\w))*)"
        ),
        user,
        ("home/", "users/"),
        _SPARED_USER,
    ),
    Text(
        "windows-home",
        "the name in a home folder: C:\\Users\\NAME, which may have blanks",
        "user",
        _re(
            r"(?:(?:[A-Za-z]:[\\/]+|\\)(?i:Users|Documents and Settings)|\\home)[\\/]+"
            r"(?P<it>[^\W_](?:[^\\/:*?\"<>|\r\n]{0,63}(?=\\)|(?:[\w-]|%[0-9A-Fa-f]{2}|[.@+](?=\w))*))"
        ),
        user,
        ("\\users", "/users", "documents and settings", "\\home"),
        _SPARED_USER,
    ),
    Text(
        "ssh-user",
        "the name before the host of ssh, scp, sftp and rsync",
        "user",
        _re(
            r"(?:ssh|scp|sftp|rsync)[ \t](?:[^\s@]+[ \t]+){0,6}(?P<it>[A-Za-z][\w.-]{1,31})@[\w.-]+"
        ),
        user,
        ("ssh ", "scp ", "sftp ", "rsync "),
        _re(r"git|root|user|redacted-\d+|email-\d+"),
    ),
    Text(
        "user-variable",
        "USER=, LOGNAME= and USERNAME= in text",
        "user",
        _re(r"\b(?:USER|LOGNAME|USERNAME|SUDO_USER)=(?P<it>[\w.-]+)"),
        user,
        ("user=", "logname=", "username="),
    ),
)
"""In the order in which they are tried: what one has replaced the next does not see as it was."""


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
    shape = host if kind == "host" else word
    what, signs = "words given, or known of this machine", tuple(word.lower() for word in known)
    return Text(f"{kind}-words", what, kind, _re(pattern), shape, signs, spans_lines=True)


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
        spans_lines=True,
    )
