"""The value behind each name of a secret, as people write it."""

from __future__ import annotations

import pytest

from codexwire.proxy.redact.assignments import named_values

VALUE = "Zx81-tr0ub4dor"
NAMES = """
api key | auth-key | accessKey | AccountKey | private_key
SECRET_KEY | client.key | signing key | encryption-key | masterKey
session_key | shared key | service_key | storage key
license-key | Ocp-Apim-Subscription-Key | deploy key | admin_key
db_key | databaseKey | app key | webhook_key | token
secret | password | passwd | Passwort | Kennwort | senha
SAML_RESPONSE | samlRequest | psk | passphrase | passcode | pwd | DB_PW | sid | pass | DBPASS
jsessionid | PHPSESSID | aspsessionid | credential | credentials | creds | authorization | cookie
STRIPE_KEY | STRIPE_KEY2 | STRIPE_KEY_12 | secretKey | secret key | cloudant_key | cl_key | clouKey
connection string | connection_string | connection-string | mnemonic
recovery code | recovery_code | recovery phrase | recovery key
STRIPE_KEY | STRIPE_KEY2 | STRIPE_KEY_12 | GITLAB_PAT | SMTP_AUTH | SENTRY_DSN | AWS_CRED | BOT_TOK
SECRET_KEY_BASE | token_value | api_token_key | secret_string
PASSWORD_HASH | token-data | token_v2 | API_KEY_3 | password123
TOKEN_PROD | token-production | TOKEN_DEV | token_test
token-staging | SECRET_LIVE | password_new | password_old
"""
NO_NAMES = """
phrase | error code | string | compass | COMPASS | BYPASS | trespass | surpass | overpass | underpass | _dsn_
keyboard | monkey | inside | basid | cache_key | mail_pat | zodiac key
"""
NO_VALUES = """
null none nil None NULL true false undefined optional required
str string text bool boolean int integer number object array any
bytes expired invalid missing redacted hidden masked bearer
basic token ***** ••••• xxxxx ..... ----- 123 12345
https://example.com $PASSWORD %PASSWORD% <password> {password} (password) [password]
"""
CODE = "get_token() config.secret_key settings.keys[0] ~/keys/prod ./keys/prod ../keys/prod /keys/eu/prod"


def split(names: str) -> list[str]:
    return [name.strip() for name in names.replace("\n", "|").split("|")][1:-1]


@pytest.mark.parametrize("name", split(NAMES))
def test_the_value_behind_a_name(name: str) -> None:
    text = f"it had {name}: {VALUE} and went on"
    assert [text[start:end] for start, end in named_values(text)] == [VALUE]


@pytest.mark.parametrize("name", split(NO_NAMES))
def test_what_is_no_name_of_a_secret(name: str) -> None:
    assert [*named_values(f"it had {name}: {VALUE} and went on")] == []


@pytest.mark.parametrize("value", NO_VALUES.split())
def test_what_says_that_there_is_no_value(value: str) -> None:
    assert [*named_values(f'password: "{value}"')] == []


@pytest.mark.parametrize("code", CODE.split())
def test_code_is_no_value_without_quotes(code: str) -> None:
    assert [*named_values(f"password = {code}")] == []
    assert [*named_values(f'password = "{code}"')] != []


@pytest.mark.parametrize(
    "form",
    [
        "password: {}",
        "password:: {}",
        "password := {}",
        "password ::= {}",
        "password={}",
        "if password == {}",
        "if password === {}",
        ":password => {}",
        "if password != {}",
        "if password !== {}",
        "password -> {}",
        'put("password", "{}")',
        'setPassword("{}")',
        'password "{}-and-more"',
        "password: |\n  {}",
        "password: >\n  {}",
        "password: >-\n  {}",
        "password: |+\r\n\t{}",
        'let password: &str = "{}"',
        'password?: string = "{}"',
        'password: Option<String> | null = "{}"',
        'config["password"] = "{}"',
        "config['password'] = '{}'",
        "config[`password`] = `{}`",
        "f(password)={}",
        "**password:** {}",
        "**password**: {}",
        "password = '''{}'''",
        'password = """{}"""',
        '{{\\"password\\": \\"{}\\"}}',
        "--password {}",
        "-password {}",
        "--password={}",
        "set PASSWORD {}",
        "setenv PASSWORD {}",
        "setx PASSWORD {}",
        "ENV PASSWORD {}",
        "ARG PASSWORD {}",
        "set env:PASSWORD {}",
        "Authorization: Bearer {}",
        "Authorization: Basic {}",
        "Authorization: Token {}",
        "Authorization: digest {}",
        'Authorization: "ApiKey {}"',
    ],
)
def test_what_stands_between_name_and_value(form: str) -> None:
    text = form.format(VALUE)
    assert [text[start:end].removesuffix("-and-more") for start, end in named_values(text)] == [
        VALUE
    ]


@pytest.mark.parametrize(
    "text",
    [
        "the password Zx81-tr0ub4dor-and-more",
        "put('password', 'forgotten')",
        "setPassword('forgotten')",
        "password 'forgotten'",
        "a-password Zx81-tr0ub4dor",
        "--password --verbose",
        "reset PASSWORD = ",
    ],
)
def test_what_is_no_assignment(text: str) -> None:
    assert [*named_values(text)] == []
