"""What is replaced, by what, and that nothing else is."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from secret_texts import HEX, LETTERS, SECRETS

from codexwire.cli.app import run as codexwire
from codexwire.ingest import load
from codexwire.ir.model import full_name
from codexwire.proxy.redact import Redactor
from codexwire.proxy.redact.members import member
from codexwire.proxy.redact.table import RULES
from codexwire.proxy.redact.texts import BEFORE_TOKENS, TEXTS
from codexwire.transcript.judgement import JudgeOptions
from codexwire.transcript.recording_judge import judge
from codexwire.transcript.source import OpenRecording
from codexwire.usecases.schema_choice import SchemaChoice

DATA = Path(__file__).parents[2] / "data"
RECORDINGS = sorted([*DATA.glob("recordings/*/*.jsonl"), *DATA.glob("exec-server/*/*.jsonl")])


UUID = "384aa2e5-2f26-4e39-b9cc-1818bf3c7a{:02}"


def told(value: Any, redactor: Redactor | None = None) -> Any:
    """Redact one JSON value."""
    line = json.dumps(value).encode() + b"\n"
    return json.loads((redactor or Redactor()).line(line))


def text(value: str) -> str:
    found = told({"text": value})["text"]
    assert isinstance(found, str)
    return found


PLACEHOLDER = re.compile(
    r"(redacted|REDACTED|eyJyZWRhY3RlZCI6|email|user|host|192)(?:-\d|[.0]|M.*redacted)"
)
KINDS = {"redacted": "secret", "REDACTED": "secret", "eyJyZWRhY3RlZCI6": "secret", "192": "host"}


@pytest.mark.parametrize(("before", "after"), SECRETS.items(), ids=range(len(SECRETS)))
def test_in_text(before: str, after: str) -> None:
    redactor = Redactor()
    assert told({"text": before}, redactor) == {"text": after}
    kinds = {KINDS.get(found, found) for found in PLACEHOLDER.findall(after)}
    assert set(redactor.replaced) == kinds
    assert text(f"see: {before}\n") == f"see: {after}\n"
    assert text(after) == after


def test_every_sign_of_a_rule_is_the_only_one_in_some_text() -> None:
    """Else nobody would notice that it is missing."""
    for rule in (*BEFORE_TOKENS, *TEXTS):
        texts = [before.lower() for before in SECRETS if rule.pattern.search(before)]
        signs = [[sign for sign in rule.signs if sign in text] for text in texts]
        assert {found[0] for found in signs if len(found) == 1} == set(rule.signs), rule.id


@pytest.mark.parametrize(
    "untouched",
    [
        "turn/start",
        "risk-assessment-of-something-long",
        "gpt-5.1-codex",
        "01a1fea7-013d-7ae1-b11e-c5e58d223078",
        "https://github.com/openai/codex and http://127.0.0.1:4500/x",
        "git@github.com:openai/codex.git",
        "max_tokens: 4096 tokens",
        "a bearer token is needed",
        "/usr/home and https://example.com/home/page",
        "/root/project",
        "call_9f2KxQ7LmN4pRtVw8ZsBcD3E",
        "commit 78981922613b2afb6025042ff6bd878ac1994e85 of 2026-11-21T05-30-12",
        "sha512-Kx3j9QmPz7LwR2nT5vYbKx3j9QmPz7LwR2nT5vYbAA== sha256:0f343b0931126a20f133d67c2b018a3b",
        "codegen/codexwire/proxy/redact/assignments.py:58: in test_capabilityDiscoveryV2_is_read",
        "x86_64-unknown-linux-gnu _ZNKSt7__cxx1112basic_stringIcSt11char_traitsIcEE",
        "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJ",
        "base64 of text that tells nothing: aGVsbG8tZnJvbS10b29sIQpzZWNvbmQgbGluZQ==",
        "token = get_token(); password: String, secret: None, api_key=os.environ['X']",
        "token: ${{ secrets.DEPLOY }} password=$PASSWORD secret_key = config.secret_key",
        "tokens: 4096, tokenUsage: 12, keyboard: yes, monkey=banana",
        f"cache key {HEX}, public key {HEX}, commit {HEX}",
        "**Tokens:** used for the login, **Secret**: in the vault, error code: 493817",
        '"integrity": "sha512-' + "x3jA" * 21 + 'zQ=="',
        "kind: ConfigMap\ndata:\n  a: b",
        "unzip -p a.zip file; echo yes | sort -u",
        "if password == confirmation: self.token = token; assert secret != expected; token == 0x09",
        "const token = await get(); let key = new Key(); credential: Credential, password=password",
        "credentials = op[0]; self.secret = made['secret']",
        f"github.com/a/b v1.0.0 h1:{('Xr8JCz0yqFm' * 4)[:43]}=",
        "src/a.py:5432:col:name and 12:5: error",
        "AUTH plain, the author: x; a LOGIN page",
        "CREATE LOGIN anna WITH DEFAULT_DATABASE = x",
        r'grep(["\d+", "-u", "a:b"])',
        "",
    ],
)
def test_left_alone(untouched: str) -> None:
    assert text(untouched) == untouched


def test_a_folder_in_an_environment_is_no_secret() -> None:
    before = {"PWD": "/home/anna/x", "TLS_PRIVATE_KEY": "/etc/ssl/key.pem", "DB_PWD": "/x1/y2+z3"}
    assert told(before) == {**before, "PWD": "/home/user-1/x", "DB_PWD": "redacted-1"}
    several = '"PWD": "/home/anna/x",\n"OLDPWD": "/home/anna/x",\n"PATH": "/home/anna/x/bin"'
    assert text(several) == several.replace("anna", "user-1")


def test_a_command_that_is_an_array() -> None:
    before = {"command": ["mysql", "-u", "root", "-phunter22"], "args": ["curl", "-u", 'a:b"1é']}
    before |= {"text": json.dumps(["sshpass", "-p", "hunter33", "ssh"]), "tags": ["-p", "tcp"]}
    assert told(before) == {
        "command": ["mysql", "-u", "root", "-predacted-1"],
        "args": ["curl", "-u", 'redacted-2"1é'],
        "text": '["sshpass", "-p", "redacted-3", "ssh"]',
        "tags": ["-p", "tcp"],
    }


def test_members_by_their_names() -> None:
    value = {
        "apiKey": "k1-value",
        "access_token": "t1-value",
        "env": {"MY_DEPLOY_KEY": "k2-value", "KEY": "v", "USER": "anna", "HOSTNAME": "buildbox"},
        "accountId": "384aa2e5-2f26-4e39-b9cc-1818bf3c7a91",
        "userId": "user-AbCdEf",
        "password": "",
        "secret": None,
        "token": 5,
        "tokenUsage": {"last": 1},
        "planType": "pro",
        "type": "apiKey",
        "authorization": ["Basic YTpi", "Basic YTpi"],
        "headers": [{"name": "X-Api-Key", "value": "k3-value"}, {"name": "Accept", "value": "a/b"}],
        "command": ["tool", "--password", "hunter2", "--verbose", "yes", "file"],
    }
    assert told(value) == {
        "apiKey": "redacted-1",
        "access_token": "redacted-2",
        "env": {
            "MY_DEPLOY_KEY": "redacted-3",
            "KEY": "v",
            "USER": "user-1",
            "HOSTNAME": "host-1",
        },
        "accountId": "00000000-0000-4000-9000-000000000001",
        "userId": "account-2",
        "password": "",
        "secret": None,
        "token": 5,
        "tokenUsage": {"last": 1},
        "planType": "pro",
        "type": "apiKey",
        "authorization": ["Basic redacted-4", "Basic redacted-4"],
        "headers": [
            {"name": "X-Api-Key", "value": "redacted-5"},
            {"name": "Accept", "value": "a/b"},
        ],
        "command": ["tool", "--password", "redacted-6", "--verbose", "yes", "file"],
    }


@pytest.mark.parametrize(
    ("label", "value"),
    [
        ("name", "redacted-1"),
        ("key", "redacted-1"),
        ("header", "redacted-1"),
        ("title", "k1-value"),
    ],
)
def test_a_value_is_called_by_what_stands_beside_it(label: str, value: str) -> None:
    found = told({label: "X-Api-Key", "value": "k1-value"})
    assert found == {label: "X-Api-Key", "value": value}


def test_the_same_is_the_same_and_another_is_another() -> None:
    redactor = Redactor()
    key, other = "sk-" + LETTERS, "sk-" + LETTERS[::-1]
    first = told(
        {"a": key, "b": other, "apiKey": key, "c": "/home/anna", "d": "/home/bob/"}, redactor
    )
    assert first["a"] == first["apiKey"] == "sk-redacted-1"
    assert first["b"] == "sk-redacted-2"
    assert (first["c"], first["d"]) == ("/home/user-1", "/home/user-2/")
    assert told({"x": f"again {key}"}, redactor) == {"x": "again sk-redacted-1"}
    assert told({"apiKey": "learnt-h3re"}, redactor) == {"apiKey": "redacted-3"}
    assert told({"x": "echo learnt-h3re"}, redactor) == {"x": "echo redacted-3"}
    assert told({"token": "completed"}, redactor) == {"token": "redacted-4"}
    assert told({"status": "completed"}, redactor) == {"status": "completed"}


@pytest.mark.parametrize(
    "prefix", ["AIza", "ghp_", "github_pat_", "sk-", "xai-", "rubygems_", "NpmToken."]
)
def test_it_can_be_seen_whose_token_it_was(prefix: str) -> None:
    uuid = prefix == "NpmToken."
    kept = "" if uuid else prefix
    assert text(f"see {prefix}{UUID.format(0) if uuid else HEX + HEX}") == f"see {kept}redacted-1"


def test_a_short_secret_is_not_looked_for_elsewhere() -> None:
    redactor = Redactor()
    assert told({"password": "pa55w0"}, redactor) == {"password": "redacted-1"}
    assert told({"x": "echo pa55w0"}, redactor) == {"x": "echo pa55w0"}


def test_keys_are_redacted_too() -> None:
    assert told({"/home/anna/x": 1, "a@corp.com": 2}) == {
        "/home/user-1/x": 1,
        "email-1@example.com": 2,
    }


def test_json_in_strings_and_base64() -> None:
    inner = json.dumps(
        {"apiKey": 'quoted " secret', "n": 1.0, "deeper": json.dumps({"token": "abc"})}
    )
    packed = base64.b64encode(b"see /home/anna/x\n").decode()
    found = told({"arguments": inner, "deltaBase64": packed, "chunk": packed, "other": packed})
    assert json.loads(found["arguments"]) == {
        "apiKey": "redacted-1",
        "n": 1.0,
        "deeper": '{"token": "redacted-2"}',
    }
    assert base64.b64decode(found["deltaBase64"]) == b"see /home/user-1/x\n"
    assert found["chunk"] == found["other"] == found["deltaBase64"]


@pytest.mark.parametrize("width", [48, 64, 76])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("length", [100, 101, 102, 150])
def test_base64_over_several_lines(width: int, end: str, length: int) -> None:
    def wrapped(inner: str) -> str:
        packed = base64.b64encode(
            inner.ljust(length - len(before) + len(inner), "x").encode()
        ).decode()
        return end.join(packed[at : at + width] for at in range(0, len(packed), width))

    before, after = f"ghp_{LETTERS} /home/bob/x ", "ghp_redacted-1 /home/user-1/x "
    assert text(f"see\n{wrapped(before)}\n(end)") == f"see\n{wrapped(after)}\n(end)"


@pytest.mark.parametrize(
    ("inside", "after"),
    [
        ("anna:hunter", "redacted-1"),
        ("annabelle:hunter22", "redacted-1"),
        ("anna-and-bob:pa55", "anna-and-bob:pa55"),
        ("the key: hunter22", "the key: hunter22"),
    ],
)
def test_user_and_password_in_base64(inside: str, after: str) -> None:
    packed = text(f"see {base64.b64encode(inside.encode()).decode()} there").split()[1]
    assert base64.b64decode(f"{packed}==").decode() == after


@pytest.mark.parametrize("escape", ["\x1b", "\\u001b", "\\x1b", "\\e", "\\033"])
def test_between_the_colours_of_a_terminal(escape: str) -> None:
    before = f"{escape}[1m/home/anna{escape}[0m ghp_{escape}[38;5;1m{LETTERS}{escape}[K"
    after = before.replace("anna", "user-1").replace(LETTERS, "redacted-1")
    assert text(before) == after


def test_all_else_stays_byte_for_byte() -> None:
    line = b'[trace] {"a" : 1.00,"b":1e3, "c":12345678901234567890, "d":"\\u00e9\\/", "cwd":"/home/x"}\r\n'
    assert Redactor().line(line) == line.replace(b"/home/x", b"/home/user-1")
    odd = b'\xff "/home/anna/" {"broken": '
    assert Redactor().line(odd) == odd.replace(b"anna", b"user-1")
    surrogate = b'{"a":"\\ud800 /home/anna"}'
    assert Redactor().line(surrogate) == surrogate.replace(b"anna", b"user-1")


def test_json_over_several_lines() -> None:
    lines = json.dumps({"a": {"apiKey": 'x"y', "accountId": "acct", "n": 1}}, indent=2).split("\n")
    redactor = Redactor()
    done = [redactor.line(f"< {line}".encode()).decode()[2:] for line in lines]
    assert json.loads("".join(done)) == {
        "a": {"apiKey": "redacted-1", "accountId": "account-1", "n": 1}
    }


def test_words_hosts_and_a_home_of_its_own() -> None:
    redactor = Redactor(words=["Projekt X"], hosts=["devbox", "devbox.corp.net"], home="/data/anna")
    value = {
        "a": "on devbox.corp.net: Projekt X",
        "b": "devbox\n",
        "c": "devbox",
        "serverName": "devbox",
        "d": "/data/anna/x",
        "e": "devboxes",
    }
    assert told(value, redactor) == {
        "a": "on host-1.example: word-1",
        "b": "host-2\n",
        "c": "devbox",  # it might be an enum's
        "serverName": "host-2",
        "d": "/home/user-1/x",
        "e": "devboxes",
    }


@pytest.mark.parametrize("path", RECORDINGS, ids=lambda p: f"{p.parent.name}/{p.stem}")
def test_a_recording_says_the_same_before_and_after(
    path: Path, tmp_path: Path, findings: Callable[[Path], list[Any]]
) -> None:
    once, twice = tmp_path / "once.jsonl", tmp_path / "twice.jsonl"
    assert codexwire(["redact", str(path), "-o", str(once)]) == 0
    assert codexwire(["redact", str(once), "-o", str(twice)]) == 0
    assert twice.read_bytes() == once.read_bytes()
    assert findings(once) == findings(path)
    assert b"/home/user/" not in once.read_bytes()
    before, after = path.read_text().splitlines(), once.read_text().splitlines()
    assert len(before) == len(after)
    for old, new in zip(before, after, strict=True):
        assert shape(json.loads(old)) == shape(json.loads(new))


@pytest.fixture(scope="session")
def findings() -> Callable[[Path], list[Any]]:
    def of(path: Path) -> list[Any]:
        judgement = judge(OpenRecording(str(path)), SchemaChoice(), JudgeOptions())
        assert judgement.unusable is None
        return [(j.rule, j.level, j.location.line, j.location.pointer) for j in judgement.findings]

    return of


def shape(value: Any) -> Any:
    """A JSON value with its strings left out, but for those that are JSON."""
    if isinstance(value, dict):
        return [shape(inner) for inner in value.values()]
    return [shape(inner) for inner in value] if isinstance(value, list) else type(value)


@pytest.mark.parametrize("version", ["0.163.0"])
def test_no_enum_has_the_name_of_a_secret(version: str) -> None:
    """Else redaction would make a valid message invalid."""
    types = load(version).types

    def enums(node: Any, name: str) -> Iterator[str]:
        """The names of the properties whose values may have to be one of a few strings."""
        if isinstance(node, Mapping):
            target = node.get("$ref")
            if name and ("enum" in node or "const" in node or is_enum(target)):
                yield name
            for key, inner in node.items():
                if key == "properties":
                    for property, schema in inner.items():
                        yield from enums(schema, property)
                else:
                    yield from enums(inner, name if key in _SAME else "")
        elif isinstance(node, Sequence) and not isinstance(node, str):
            for inner in node:
                yield from enums(inner, name)

    def is_enum(target: str | None) -> bool:
        return target is not None and "x" in enums(types[full_name(target)].schema, "x")

    names = {name for definition in types.values() for name in enums(definition.schema, "")}
    assert {"type", "status", "approvalPolicy", "planType"} <= names
    assert {name for name in names if member(name)} == set()


_SAME = ("anyOf", "oneOf", "allOf", "items")


def test_every_rule_is_exercised_and_has_an_id_of_its_own() -> None:
    ids = [rule.id for rule in RULES]
    assert len(set(ids)) == len(ids)
    for rule in (*BEFORE_TOKENS, *TEXTS):
        fitting = [secret for secret in SECRETS if rule.pattern.search(secret)]
        assert fitting, rule.id
        for secret in fitting:
            assert any(sign in secret.lower() for sign in rule.signs), (rule.id, secret)
