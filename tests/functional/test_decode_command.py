"""`codexwire decode` as a user runs it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from recorded import RECORDINGS

from codexwire.resources import schema_root

SCRIPT = str(Path(sys.executable).with_name("codexwire"))
"""The command as it is installed; unlike `python -m`, it does not look into the folder at hand."""


def codexwire(*args: str | Path, data: bytes = b"") -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [sys.executable, "-m", "codexwire", "decode", *map(str, args)],
        input=data,
        capture_output=True,
    )
    out, err = done.stdout.decode(), done.stderr.decode()
    return subprocess.CompletedProcess(done.args, done.returncode, out, err)


def report(*args: str | Path, data: bytes = b"") -> tuple[int, dict[str, Any]]:
    done = codexwire(*args, "--format", "json", data=data)
    assert done.returncode in (0, 1), done.stderr
    found = json.loads(done.stdout)
    schema = json.loads((schema_root() / "report" / "decode.schema.json").read_text("utf-8"))
    jsonschema.validate(found, schema)
    return done.returncode, found


def test_an_older_session_is_reported_once_a_place() -> None:
    path = RECORDINGS / "0.99.0" / "s05_two_threads.jsonl"
    sent = Counter(
        message["method"]
        for entry in map(json.loads, path.read_text("utf-8").splitlines())
        if "method" in (message := entry["msg"])
    )
    code, found = report(path)
    rows = {(r["method"], r["pointer"], r["rule"]): r["count"] for r in found["drift"]}
    assert code == 1
    assert len(rows) == len(found["drift"])
    for method, pointer, rule in (
        ("item/started", "/params/startedAtMs", "missing-field"),
        ("thread/started", "/params/thread/sessionId", "t006-thread-session"),
        ("codex/event/task_started", "/params", "t010-legacy-event"),
    ):
        assert rows[method, pointer, rule] == sent[method] > 0
    events = sum(count for method, count in sent.items() if method.startswith("codex/event/"))
    assert found["raw"] == events


def test_a_session_of_the_models_release_does_not_drift() -> None:
    done = codexwire(RECORDINGS / "0.163.0" / "s06_lifecycle_resume.jsonl")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.endswith("0 kinds of drift, 0 times\n")


def line(message: Any) -> bytes:
    return json.dumps(message).encode() + b"\n"


def test_modes() -> None:
    data = line({"method": "turn/completed", "params": {"threadId": "t", "turn": {"id": "1"}}})
    code, tolerant = report("-", data=data)
    assert (code, [row["rule"] for row in tolerant["drift"]]) == (
        1,
        ["t019-field-omitted", "missing-field"],
    )
    code, strict = report("-", "--mode", "strict", data=data)
    (row,) = strict["drift"]
    assert (code, row["rule"], row["pointer"]) == (1, "schema/required", "/params/turn")
    assert report("-", "--mode", "raw", data=data) == (
        0,
        {
            "version": 1,
            "mode": "raw",
            "messages": 1,
            "lines": 0,
            "raw": 1,
            "errors": 0,
            "unread": 0,
            "drift": [],
            "pages": {},
        },
    )


def test_lines_that_are_no_messages_are_counted_and_none_is_dropped() -> None:
    good = line({"method": "warning", "params": {"message": "m"}})
    deep = b'{"method":"warning","params":' + b"[" * 10_000 + b"]" * 10_000 + b"}\n"
    data = good + b"not json\n" + deep + b"[]\n" + b"{}\n" + good
    data += line({"id": 1, "result": {}}) + line({"id": 2, "error": {"code": 1, "message": "m"}})
    code, found = report("-", data=data)
    rules = sorted(row["rule"] for row in found["drift"])
    assert code == 1
    assert rules == [
        "envelope/json",
        "envelope/kind",
        "envelope/nesting",
        "envelope/object",
        "unmatched-response",
    ]
    assert (found["messages"], found["errors"]) == (5, 1)


def test_a_line_of_a_hundred_megabytes() -> None:
    params = {"threadId": "t", "turnId": "u", "itemId": "i", "delta": "x" * 100_000_000}
    code, found = report("-", data=line({"method": "item/agentMessage/delta", "params": params}))
    assert (code, found["messages"], found["drift"]) == (0, 1, [])


def test_numbers_beyond_any_type() -> None:
    turn = {"id": "t", "items": [], "status": "completed", "durationMs": "NUMBER"}
    message = line({"method": "turn/completed", "params": {"threadId": "t", "turn": turn}})
    for number, rules in ((b"9" * 6000, []), (b"-1e400", ["unfit-value"])):
        bare = message.replace(b'"NUMBER"', number)
        for data in (bare, b'{"ts":1,"dir":"server","msg":' + bare.strip() + b"}\n"):
            _, found = report("-", data=data)
            assert (found["messages"], [row["rule"] for row in found["drift"]]) == (1, rules)


def test_answers_are_decoded_as_what_they_answer() -> None:
    data = line({"id": 1, "method": "model/list", "params": {}})
    data += line({"id": "1", "method": "thread/list", "params": {}})
    data += line({"id": "1", "result": {"data": [], "nextCursor": None}})
    data += line({"id": 1, "result": {"data": [{"id": "m"}], "nextCursor": None}})
    _, found = report("-", data=data)
    assert {row["method"] for row in found["drift"]} == {"model/list"}
    assert {row["pointer"].rpartition("/")[0] for row in found["drift"]} == {"/result/data/*"}


def test_a_package_of_the_folder_at_hand(tmp_path: Path) -> None:
    made = ["generate", "--schema", "0.72.0,0.99.0", "--package", "made_here", "--out", "."]
    subprocess.run([SCRIPT, *made], cwd=tmp_path, check=True, capture_output=True)
    session = str(RECORDINGS / "0.99.0" / "s05_two_threads.jsonl")

    def decode(package: str) -> subprocess.CompletedProcess[str]:
        command = [SCRIPT, "decode", session, "--package", package]
        return subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)

    done = decode("made_here.v0_99_0")
    assert (done.returncode, done.stderr) == (0, "")
    assert "made_here.v0_72_0, made_here.v0_99_0" in decode("made_here").stderr


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (["no-such.jsonl"], "no-such.jsonl"),
        (["-", "--mode", "lax"], "strict, tolerant, raw"),
        (["-", "--format", "xml"], "one of text, json, github"),
        (["-", "--package", "no_such_package"], "codexwire generate"),
        (["-", "--package", "json"], "no decoding functions"),
        (["-", "--package", "../json"], "no name of a package"),
        (["-", "--package", ""], "no name of a package"),
        (["-"], "the file is empty"),
    ],
)
def test_what_cannot_be_done_is_one_line_and_exit_code_2(args: list[str], says: str) -> None:
    done = codexwire(*args)
    assert done.returncode == 2
    assert says in done.stderr
    assert len(done.stderr.splitlines()) == 1
