"""Every issue of a recording is a finding with its line, at the level that servers give it."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from codexwire.transcript.judgement import Judgement

Judge = Callable[..., Judgement]

REQUEST = '{"id":1,"method":"thread/loaded/list","params":{}}'
ANSWER = '{"id":1,"result":{"data":[],"nextCursor":null}}'
PAIR = f"{REQUEST}\n{ANSWER}\n"


def wrapped(*parts: tuple[str, object], key: str = "msg") -> str:
    return "".join(
        json.dumps({"ts": 1, "dir": sender, key: message}) + "\n" for sender, message in parts
    )


@pytest.fixture
def issues(
    judged: Judge, tmp_path: Path
) -> Callable[[str | bytes], list[tuple[str, str, int | None]]]:
    """Judge a text and return rule, level and line of all but what a cut session brings."""

    def run(content: str | bytes) -> list[tuple[str, str, int | None]]:
        path = tmp_path / "issues.jsonl"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return [
            (j.rule, str(j.level), j.location.line)
            for j in judged(path).findings
            if not j.rule.startswith("session/")
        ]

    return run


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (PAIR, []),
        (f"\n{PAIR}  \n", [("blank-line", "info", 1), ("blank-line", "info", 4)]),
        (PAIR.replace("\n", "\r\n"), [("crlf", "info", 1)]),
        ("\ufeff" + PAIR, [("byte-order-mark", "info", 1)]),
        (PAIR + REQUEST[:20], [("truncated", "warning", 3)]),
        (PAIR + REQUEST, []),
        (PAIR + "[1,2", [("truncated", "warning", 3)]),
    ],
)
def test_about_the_file(content: str, expected: list[tuple[str, str, int]], issues: Judge) -> None:
    assert issues(content) == [
        (f"transcript/{rule}", level, line) for rule, level, line in expected
    ]


@pytest.mark.parametrize(
    ("line", "rule"),
    [
        ("codex: starting", "json"),
        (REQUEST[:20], "json"),
        (f"{REQUEST}{REQUEST}", "json"),
        (f"\ufeff{REQUEST}", "json"),
        ('{"id":1,"method":NaN}', "json"),
        ("[]", "object"),
        (f"[{REQUEST}]", "object"),
        ("42", "object"),
        ('"text"', "object"),
        ("null", "object"),
        ("{}", "kind"),
        ('{"id":1}', "kind"),
    ],
)
def test_what_servers_drop_without_a_word(line: str, rule: str, issues: Judge) -> None:
    assert issues(f"{PAIR}{line}\n{PAIR}") == [
        (f"envelope/{rule}", "error", 3)
    ]  # whose, nothing says
    raw = wrapped(("client", REQUEST), ("client", line), ("server", ANSWER), key="raw")
    assert issues(raw) == [(f"envelope/{rule}", "warning", 2)]
    raw = wrapped(("client", REQUEST), ("server", line), ("server", ANSWER), key="raw")
    assert issues(raw) == [(f"envelope/{rule}", "error", 2)]


def test_invalid_utf_8_ends_the_connection_of_a_real_server(issues: Judge) -> None:
    line = b'{"id":2,"method":"model/list","params":{"cursor":"\xff"}}\n'
    assert issues(PAIR.encode() + line) == [("envelope/utf-8", "error", 3)]
    unknown = b'{"id":2,"method":"thread/loaded/list","params":{"unknown":"\xff"}}\n'
    assert issues(PAIR.encode() + unknown) == [("envelope/utf-8", "error", 3)]


def test_a_lone_surrogate(issues: Judge) -> None:
    line = (
        r'{"ts":1,"dir":"client","msg":{"id":9,"method":"model/list","params":{"cursor":"\ud83d"}}}'
    )
    assert issues(wrapped(("client", json.loads(REQUEST))) + line + "\n") == [
        ("envelope/surrogate", "warning", 2)
    ]
    long = line.replace(r'"\ud83d"', r'"\ud83d", "limit": ' + "9" * 6000)
    assert issues(wrapped(("client", json.loads(REQUEST))) + long + "\n") == [
        ("envelope/surrogate", "warning", 2)
    ]
    pair = r'{"id":9,"method":"model/list","params":{"cursor":"\ud83d\ude00"}}'
    assert issues(f"{PAIR}{pair}\n") == []


def test_two_methods_in_one_message(issues: Judge) -> None:
    line = '{"id":2,"method":"model/list","method":"thread/loaded/list","params":{}}'
    assert issues(f"{PAIR}{line}\n") == [("envelope/duplicate-key", "warning", 3)]
    nested = '{"id":2,"method":"thread/loaded/list","params":{"method":"x"}}'
    assert issues(f"{PAIR}{nested}\n") == []


def test_the_jsonrpc_member_is_told_once_per_sender(issues: Judge) -> None:
    versioned = PAIR.replace('{"id"', '{"jsonrpc":"2.0","id"')
    assert issues(versioned * 3) == [
        ("envelope/jsonrpc", "info", 1),
        ("envelope/jsonrpc", "info", 2),
    ]


def test_deep_nesting_is_told(issues: Judge) -> None:
    deep = "[" * 100_000 + "]" * 100_000
    found = issues(f'{PAIR}{{"id":2,"method":"config/value/write","params":{deep}}}\n')
    assert [f[:2] for f in found] == [("envelope/nesting", "error")]


def test_a_record_without_a_message(issues: Judge) -> None:
    assert issues(wrapped(("client", json.loads(REQUEST))) + '{"ts":1,"note":"x"}\n') == [
        ("transcript/not-a-record", "error", 2)
    ]
    event = '{"ts":1,"dir":"client","event":"paused"}\n'
    assert issues(wrapped(("client", json.loads(REQUEST))) + event) == [
        ("transcript/other-record", "info", 2)
    ]


@pytest.mark.parametrize("packed", [False, True])
def test_very_long_lines(judged: Judge, tmp_path: Path, packed: bool) -> None:
    small = ("server", {"method": "skills/changed", "params": {}})
    path = tmp_path / "long.jsonl"
    with gzip.open(path, "wt", compresslevel=1) if packed else path.open("w") as file:
        for size in (0, 101 << 20, 129 << 20):
            message = {"method": "warning", "params": {"message": "x" * size, "threadId": None}}
            file.write(wrapped(("server", message)))
        file.write(wrapped(small))
    judgement = judged(path)
    assert (judgement.messages, judgement.unread) == (3, 1)
    rules = {(j.rule, j.location.line) for j in judgement.findings}
    assert rules == {("session/session-boundary", 1), ("transcript/long-line", 3)}


def test_findings_are_limited_to_the_gravest_and_all_are_counted(
    judged: Judge, tmp_path: Path
) -> None:
    path = tmp_path / "many.jsonl"
    path.write_text("\n" * 30 + PAIR + "nonsense\n" * 9 + '{"method":"x/y"}\n')
    judgement = judged(path, limit=15)
    kept = [str(j.level) for j in judgement.findings]
    assert kept == ["info"] * 5 + ["error"] * 10
    assert dict(judgement.counts) == {"info": 31, "error": 10}


def test_values_stay_hidden(judged: Judge, tmp_path: Path) -> None:
    path = tmp_path / "secret.jsonl"
    secret = "hunter2-is-my-password"
    lines = [
        {"id": secret, "method": "turn/start", "params": {"threadId": 5, "input": secret}},
        {"id": secret, "method": "turn/start", "params": {"threadId": secret, "effort": {}}},
        {"method": "turn/started", "params": {"threadId": secret, "turn": {"id": secret}}},
        {
            "method": "item/started",
            "params": {"threadId": secret, "turnId": secret, "item": secret},
        },
        {"id": secret, "result": {"turn": secret}},
        {"id": "other", "error": {"message": secret, "code": secret}},
    ]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    judgement = judged(path)
    assert judgement.counts["error"] > 5
    assert not [j for j in judgement.findings if secret in str(j)]
    shown = judged(path, show_values=True)
    assert [j for j in shown.findings if secret in j.message]


@pytest.mark.parametrize(
    "own",
    [b'"ts":1' + b"0" * 400, b'"ts":"noon"', b'"ts":true', b'"ts":null', b'"ts":0,"conn":"\xff"'],
)
def test_a_record_with_an_odd_time_or_connection_is_read(own: bytes, issues: Judge) -> None:
    records = wrapped(("client", json.loads(REQUEST)), ("server", json.loads(ANSWER))).encode()
    assert issues(records.replace(b'"ts": 1', own)) == []


@pytest.mark.parametrize(
    "line",
    [
        b'{"dir":"client","msg":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
        b'{"dir":"client","\xff":1}',
    ],
    ids=["nested too deeply", "a key that is no UTF-8"],
)
def test_a_record_that_cannot_be_decoded_is_an_issue(line: bytes, issues: Judge) -> None:
    records = wrapped(("client", json.loads(REQUEST)), ("server", json.loads(ANSWER))).encode()
    assert issues(records + line + b"\n" + records) == [("transcript/not-a-record", "error", 3)]
