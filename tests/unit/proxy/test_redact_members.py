"""What the name of a member says about its string, in the spellings of programs, standards and providers."""

from __future__ import annotations

import json

import pytest

from codexwire.proxy.redact import Redactor
from codexwire.proxy.redact.members import is_delta, is_packed, member

SECRETS = """
apiKey api-key Api.Key X-Api-Key OPENAI_API_KEY apiKeys api_key_2 access_token idToken clientSecret password
mysqlPasswd DB_PWD sshPassphrase passcode credential credentials
privateKey private_key_data accessKey secretKey authKey signingKey encryptionKey sessionKey accountKey
sharedKey masterKey licenseKey subscriptionKey webhookKey serviceKey clientKey storageKey
user_code device_code auth_code authorizationCode
pairingCode recovery_codes securityCode verificationCode code_verifier
connectionString jwt mnemonic recoveryPhrase seedPhrase otp accessKeyId X-Goog-Key X-Figma-Auth
Authorization Proxy-Authorization X-Authorization Cookie cookies Set-Cookie setCookies
pass dsn bearer signature nonce sid JSESSIONID
jSessionId PHPSESSID phpSessionId ASP.NET_SessionId aspSessionId csrf xsrf
DEPLOY_KEY DEPLOY_KEY2 DEPLOY_KEY_12 DB_PASS DB_PW GITHUB_PAT REDIS_AUTH SENTRY_DSN SMTP_CREDS BOT_TOK
"""
ACCOUNTS = """
accountId chatgptAccountId account_name chatgptAccountUserId userId chatgptUserId openai_user_id creatorUserId
orgId organizationId organization_name workspaceId installationId
deviceId deviceName teamId teamName credentialId
"""
HOSTS = "hostname hostName HOSTNAME computerName COMPUTERNAME machineName machine_name"
USERS = "user USER LOGNAME userName username SUDO_USER"
ORDINARY = """
id threadId itemIds cursor nextCursor hash digest
sha256 contentSha1 checksum integrity etag commit baseCommit version
fingerprint method type encryptedContent publicKey data blob image traceparent turnState
"""
RANDOM = "9fKx2QmT7vLp4RwZc8Yh3Nb6"


@pytest.mark.parametrize("name", SECRETS.split())
def test_the_name_of_a_secret(name: str) -> None:
    assert told(name, "tr0ub4dor") == "redacted-1"


@pytest.mark.parametrize(
    "name", ["KEY", "monkey", "sessionId", "sort_key", "compass", "deploy_key"]
)
def test_what_only_sounds_like_one(name: str) -> None:
    assert member(name) is None


@pytest.mark.parametrize(
    "value", ["null", "None", "NONE", "true", "false", "undefined", "****", "xxx", "XXXX", "..."]
)
def test_a_word_for_no_secret_stays(value: str) -> None:
    assert told("password", value) == value


@pytest.mark.parametrize("name", ACCOUNTS.split())
def test_the_name_of_an_account(name: str) -> None:
    assert told(name, "anna-1") == "account-1"


@pytest.mark.parametrize("name", HOSTS.split())
def test_the_name_of_a_host(name: str) -> None:
    assert told(name, "buildbox") == "host-1"
    assert told(name, "localhost") == "localhost"


@pytest.mark.parametrize("name", USERS.split())
def test_the_name_of_a_user(name: str) -> None:
    assert told(name, "anna") == "user-1"


@pytest.mark.parametrize("name", ORDINARY.split())
def test_what_is_drawn_by_lot_and_no_secret(name: str) -> None:
    assert told(name, RANDOM) == RANDOM
    assert told("text", RANDOM) == "redacted-1"


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "Basic", "Token", "Digest", "ApiKey"])
def test_the_scheme_of_a_header_stays(scheme: str) -> None:
    assert told("authorization", f"{scheme} hunter") == f"{scheme} redacted-1"


@pytest.mark.parametrize("name", ["delta", "textDelta", "argumentsDelta", "deltaBase64", "chunk"])
def test_a_piece_of_a_longer_text(name: str) -> None:
    assert is_delta(name)
    assert not is_delta(f"{name}Kind")


@pytest.mark.parametrize("name", ["base64", "dataBase64", "deltaBase64", "chunk"])
def test_what_is_base64_by_its_name(name: str) -> None:
    assert is_packed(name)
    assert not is_packed(f"{name}Kind")


def told(name: str, value: str) -> object:
    """What stands in a member of this name after redaction."""
    return json.loads(Redactor().line(json.dumps({name: value}).encode()))[name]
