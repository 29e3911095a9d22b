"""Secrets, hosts and names told by the text around them: each way in which people and programs write it."""

from __future__ import annotations

import pytest
from secret_texts import HEX

from codexwire.proxy.redact import Redactor

PASSWORD = "tr0ub4dor-and-more"
BASE64 = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYabcdefgh12"
KEYS = ("DSA", "EC", "OPENSSH", "PGP", "RSA", "SSH2 ENCRYPTED")
# What is replaced → texts with it.
SECRETS: dict[str, tuple[str, ...]] = {
    "MIIEowIBAAKCAQEA\nabc=": (
        "-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----",
        "-----BEGIN EC PRIVATE KEY-----\n{}\n-----END EC PRIVATE KEY-----",
        "-----BEGIN ENCRYPTED PRIVATE KEY-----\n{}\n-----END ENCRYPTED PRIVATE KEY-----",
        "-----BEGIN PGP PRIVATE KEY BLOCK-----\n{}\n-----END PGP PRIVATE KEY BLOCK-----",
        "---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----\n{}\n---- END SSH2 ENCRYPTED PRIVATE KEY ----",
        "BEGIN PRIVATE KEY\n{}\n----END",
        *(f"BEGIN {key} PRIVATE KEY\n{{}}\n----END" for key in KEYS),
        "-----BEGIN PRIVATE KEY-----\n{}\n",
    ),
    "me:pa55": ("https://{}@git.example/x", "redis://{}@db.example/0"),
    "me:p@ss@w0rd": ("postgres://{}@db.example/x",),
    "0123456789abcdef0123456789": ("https://{}@git.example/x",),
    BASE64: ("aws_key {}", "AWS key: {}", "aws_secret_access_key = {}"),
    "abcdefgh" * 5: tuple(
        f"my aws {word} (prod) {{}}"
        for word in ("key", "pw", "pwd", "pass", "password", "token", "KEY", "Token")
    ),
    "AP5abcdefghij": ("artifactory:\n  user: anna\n  it {}", "my jfrog, it {}"),
    "T0/B0/abcdef": tuple(
        f"https://{path}/{{}}"
        for path in (
            "hooks.slack.com/services",
            "hooks.slack.com/workflows",
            "hooks.slack.com/triggers",
            "discord.com/api/webhooks",
            "discordapp.com/api/webhooks",
        )
    ),
    "sid=c1; theme=dark": (
        "Cookie: {}",
        "cookie: {}",
        "COOKIE: {}",
        "Set-Cookie: {}",
        "set-cookie: {}",
        '"Cookie": "{}"',
        "curl -b '{}' x",
        "curl --cookie={}",
    ),
    "username=anna, response=1f": ("Authorization: Digest {}", "authorization: digest {}"),
    "abc123def": ('"Bearer " + "{}"', "'Bearer ' . '{}'", "bearer {}", "BEARER {}"),
    "abcdefgHijk": ("Bearer {}", "token {}"),
    "abcdefghijk=": ("Basic {}",),
    "abcdefghijklmnopqrstuvwxyz": ("Bearer {}",),
    PASSWORD: (
        *(
            f"The {name} is {{}}."
            for name in (
                *("password", "passphrase", "passcode", "PASSWORD", "secret", "SECRET", "token"),
                *("TOKEN", "API key", "api key", "access key", "pin", "PIN", "code", "otp", "OTP"),
            )
        ),
        *(
            f"{name} is {{}}"
            for name in ("Password", "Passphrase", "Secret", "Token", "Access key")
        ),
        *(
            f"the password {between} {{}}"
            for between in (
                *("is", "was", "set to", "to", "=", "is now", "for the old box is"),
                *("of anna is", "to the box was", "on box2 is", "in use is", "for anna:"),
            )
        ),
        "let them know that API key are {}",
        "let the password be {}",
        "machine box login me password {}",
        "create user x IDENTIFIED BY '{}'",
        'alter user x with password "{}"',
        "<password>{}</password>",
        "<ns:apiKey type='x'>{}</ns:apiKey>",
        "<add name='DbPassword' value='{}'/>",
        '<add key="DbPassword" value="{}"/>',
        *(
            f"https://github.com/x?{name}={{}}&y=1"
            for name in (
                *("key", "sig", "signature", "code", "state", "nonce", "sid", "session", "auth"),
                *("jwt", "otp", "secret", "code_verifier", "X-Amz-Signature", "X-Amz-Credential"),
                *("X-Amz-Security-Token", "x-goog-signature", "X-Goog-Credential"),
            )
        ),
        "- name: DB_PASSWORD\n  value: {}",
        'name: "db-password"\n  value: "{}"',
        "<password\n  type='x'>{}</password>",
        "mongo -p {}",
        "mysqldump -p{} shop",
        "mongosh x -p '{}'",
        "unzip -P {} a.zip",
        "7za x -p{} a.7z",
        "ldapadd -x -w {}",
        "printf '{}' | docker login --password-stdin",
        "echo -n {} | gh auth login --with-token",
        "htpasswd -nbB anna {}",
        "htpasswd -bn anna {}",
        "smbclient //box/x -U corp\\anna%{}",
        "gh secret set X --body={}",
        "aws ssm put-parameter --name x --value '{}'",
    ),
    HEX: (
        *(f"{name} {{}}" for name in ("key", "token", "secret", "password", "login")),
        "key: `{}`",
    ),
    HEX + HEX: ("key {}",),
    HEX.upper(): ("key {}",),
    HEX.upper() + HEX.upper(): ("key {}",),
    "4938": ("the otp is {}", "pin: {}", "passcode was {}"),
    "49381712": tuple(
        f"your {name} is {{}}."
        for name in (
            *("verification code", "security code", "confirmation code", "login code", "auth code"),
            *("authentication code", "2FA code", "mfa code", "one-time code", "one time password"),
            "login pin",
        )
    ),
}
# No secrets, or too short to be one.
NONE = (
    "artifactory AP5abc",
    "https://hooks.slack.com/services/T0",
    "eyJhb.eyJh.x",
    "eyJhbGciOiJ.eyJ",
    "eyJhbGciOiJ.e.y",
    "eyJa.b.c.d.e",
    "Bearer a1",
    "a token for everybody",
    "the password is a1",
    "the password is get_password2('x')",
    "the token is 1.23.4b",
    "the token is gpt-5.1-codex",
    "the secret is a/b2/c",
    "the token is redacted-1:redacted-2",
    "the token is some-word-2",
    "create user x identified by 'ab'",
    "https://github.com/x?code=abc&y=1",
    "npm x@y.z",
    "HOST=localhost",
    "HOSTNAME=127.0.0.1",
    "redis-cli -a ab",
    "echo ab | sudo -S ls",
    "x.login('anna', 'ab')",
    "- name: DB_PASSWORD\n  value: null",
    "<password>required</password>",
    "<add key='DbPassword' value='****'/>",
    *(
        f"{name} key {HEX}"
        for name in ("cache", "public", "primary", "foreign", "object", "hash", "idempotency")
    ),
    f"monkeys {HEX}",
    f"key {HEX[:30]}",
    "your security code is 493",
    "the pin is 1234.5",
    "your security code is 493817123",
    "curl -u 1000:1000 x",
)
JWE = "eyJhbGciOiJkaXIifQ..48V1_ALb6US04U3b.5eym8TW_c8SuK0ltJ3rpYIzOeDQz7TALvtu6UG9oMo4.XFBoMYUZodetZdvT"
NAMES = {
    **{f"{home}/anna/x": f"{home}/user-1/x" for home in ("/home", "/Users", "/users", "/home/")},
    **{
        f"see {before}/home/anna/x": f"see {before}/home/user-1/x"
        for before in ("/mnt/c", "/cygdrive/c", "/c", "/var", "/export", "/run/host", "/host")
    },
    "/home/anna%20b/x": "/home/user-1/x",
    "C:\\Documents and Settings\\anna": "C:\\Documents and Settings\\user-1",
    "C:\\users\\anna.b": "C:\\users\\user-1",
    "C:\\users\\anna%20x": "C:\\users\\user-1",
    "ssh anna@corp.net": "ssh email-1@example.com",
    "ssh redacted-1@box": "ssh redacted-1@box",
    "\\Users\\anna\\x": "\\Users\\user-1\\x",
    "ssh -v -i key -p 22 anna@box": "ssh -v -i key -p 22 user-1@box",
    "SUDO_USER=anna": "SUDO_USER=user-1",
    "x=5%&next=%2Fhome%2Ftom%2Fx": "x=5%&next=%2Fhome%2Fuser-1%2Fx",
    **{
        f"{scheme}://box.corp.net/x": f"{scheme}://host-1.example/x"
        for scheme in ("http", "https", "ws", "wss", "ssh", "git", "ftp", "sftp")
    },
    "ssh://git@box.corp.net/x": "ssh://git@host-1.example/x",
    "http://[fe80::1]/x": "http://host-1/x",
    "anna@corp.museum": "email-1@example.com",
}
KNOWN = """
http://localhost:3000 http://127.0.0.1:8080 http://0.0.0.0:80
http://[::1]:80 http://[::]:80 https://api.example
http://db.test http://no.invalid http://app.localhost
https://docs.anthropic.com/en/api https://www.apache.org/licenses/LICENSE-2.0
https://login.azure.com https://chatgpt.com/codex
https://developers.cloudflare.com https://crates.io/crates/serde
https://www.debian.org https://docs.docker.com/engine
https://registry-1.docker.io/v2 https://docs.rs/serde
http://example.com http://example.net http://www.example.org
https://ghcr.io/v2 https://git-scm.com/docs https://github.com/openai/codex https://openai.github.io/x
https://raw.githubusercontent.com/x https://gitlab.com/x https://www.gnu.org/licenses https://golang.org/doc
https://www.google.com/search https://storage.googleapis.com/x https://datatracker.ietf.org/doc/html/rfc7519
https://json-schema.org/draft-07/schema https://www.kernel.org https://learn.microsoft.com/en-us
https://modelcontextprotocol.io/docs https://developer.mozilla.org/en-US
https://nodejs.org/api https://www.npmjs.com/package/x
https://registry.npmjs.org/x https://cdn.oaistatic.com/x
https://files.oaiusercontent.com/x https://api.openai.com/v1
https://opensource.org/license/mit https://pypi.org/simple
https://discord.com/developers https://cdn.discordapp.com/x
https://docs.python.org/3 https://files.pythonhosted.org/packages
https://requests.readthedocs.io https://www.rust-lang.org
https://schema.org/Person https://app.slack.com
https://stackoverflow.com/questions https://packages.ubuntu.com
https://marketplace.visualstudio.com https://www.w3.org/TR
https://en.wikipedia.org/wiki https://registry.yarnpkg.com/x
/Users/Shared/x /Users/Public/x C:\\Users\\Default\\x
/home/linuxbrew/.linuxbrew /home/runner/work /home/vscode/x
"""


@pytest.mark.parametrize(
    ("secret", "text"), [(secret, text) for secret, texts in SECRETS.items() for text in texts]
)
def test_a_secret_in_text(secret: str, text: str) -> None:
    assert redacted(text.format(secret)) == text.format("redacted-1")


@pytest.mark.parametrize("text", NONE)
def test_what_is_no_secret(text: str) -> None:
    assert redacted(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "- name: DB_PASSWORD\n  value: {}",
        "<password\n  type='x'>{}</password>",
        "kind: Secret\ndata:\n  {}\n",
        "stringData:\n  {}\nkind: Secret",
    ],
)
def test_over_several_lines_of_a_long_text(text: str) -> None:
    around = "a line\n" * 600
    before, after = (f"{around}{text.format(it)}\n{around}" for it in ("a: hunter22", "redacted-1"))
    assert redacted(before) == after


@pytest.mark.parametrize("lines", [0, 600])
def test_a_long_key_in_a_long_text(lines: int) -> None:
    inside = "\n".join("MIIEowIBAAKCAQEA" * 4 for _ in range(26))
    around = "a line\n" * lines
    text = f"{around}-----BEGIN PRIVATE KEY-----\n{{}}\n-----END PRIVATE KEY-----\n{around}"
    assert redacted(text.format(inside)) == text.format("redacted-1")


def test_an_encrypted_token_of_five_parts() -> None:
    """The form of RFC 7516, without a key of its own."""
    assert (
        redacted(f"see {JWE} there") == "see eyJhbGciOiJub25lIn0.eyJyZWRhY3RlZCI6MX0.redacted there"
    )


@pytest.mark.parametrize(("before", "after"), NAMES.items())
def test_a_name_in_text(before: str, after: str) -> None:
    assert redacted(before) == after


@pytest.mark.parametrize(
    "text",
    [*KNOWN.split(), "C:\\Users\\All Users\\x", "ssh root@box", "ssh git@box", "ssh user@box"],
)
def test_what_everybody_knows(text: str) -> None:
    assert redacted(text) == text


@pytest.mark.parametrize(
    "host", ["docs.anthropic.com.corp.net", "notgithub.com", "apache.orgs.corp"]
)
def test_a_host_that_only_looks_like_one_that_everybody_knows(host: str) -> None:
    assert redacted(f"https://{host}/x") == "https://host-1.example/x"


def redacted(text: str) -> str:
    return Redactor().pieces([text])[0]
