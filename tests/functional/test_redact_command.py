"""`codexwire redact`: a whole file or standard input, into a private file."""

from __future__ import annotations

import base64
import gzip
import json
import re
import stat
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from codexwire.cli.app import run as codexwire
from codexwire.proxy.record import LineWriter
from codexwire.transcript.source import OpenRecording

CASES = Path(__file__).parents[1] / "cases" / "redact"
LINE = '{"method":"x","params":{"cwd":"/home/anna"}}\n'
RECORDINGS = sorted((Path(__file__).parents[1] / "data" / "recordings").glob("*/*.jsonl"))
ROLLOUT = Path(__file__).parents[1] / "data" / "transcripts" / "rollout.jsonl"
SECRETS_IN_RECORDINGS = 0
DONE = LINE.replace("anna", "user-1")


def test_the_command(tmp_path: Path, capfdbinary: Any) -> None:
    path = tmp_path / "r.jsonl"
    path.write_text(LINE + "no end")
    assert codexwire(["redact", str(path), "--word", "end"]) == 0
    out, err = capfdbinary.readouterr()
    assert out.decode() == DONE + "no word-1"
    assert err.decode().splitlines() == [
        "codexwire: note: replaced: 1 × user name, 1 × word",
        "codexwire: note: 1 line (6 bytes) is not JSON; it was searched as plain text",
    ]
    assert codexwire(["redact", str(path), "-o", str(tmp_path / "r.gz")]) == 0
    with OpenRecording(str(tmp_path / "r.gz")) as source:
        assert [line for _, line in source.lines()] == [DONE.encode(), b"no end"]


MESSAGE = '{"method": "x", "params": {"password": "b12345"}}'
FRAME = json.dumps({"type": "send", "opcode": 1, "data": MESSAGE})
HAR = f'{{"log": {{"entries": [{{"_webSocketMessages": [{FRAME}, {FRAME}]}}]}}}}'


@pytest.mark.parametrize("text", [f"[{MESSAGE},{MESSAGE}]", f"[\n{MESSAGE},\n{MESSAGE}\n]\n", HAR])
def test_a_damaged_document_is_said_to_be_one(text: str, tmp_path: Path, capfd: Any) -> None:
    """It is redacted as the text that it is; a whole one stays JSON."""
    path, out = tmp_path / "r.json", tmp_path / "out.json"
    path.write_text(text)
    assert codexwire(["redact", str(path), "-o", str(out)]) == 0
    assert "b12345" not in json.dumps(json.loads(out.read_text()))
    assert "damaged" not in capfd.readouterr().err
    at = text.rindex('"', 0, -20)
    for damaged in (text[:at], text[:at].rstrip("[{ ,:") + "]", text + "]"):
        path.write_text(damaged)
        assert codexwire(["redact", str(path), "-o", str(out)]) == 2
        assert "the JSON document is cut short or damaged" in capfd.readouterr().err
        assert "b12345" not in out.read_text()


def test_the_command_in_a_pipe_into_a_file_that_is_there(
    tmp_path: Path, monkeypatch: Any, capfd: Any
) -> None:
    path, out = tmp_path / "r.jsonl", tmp_path / "out.jsonl"
    path.write_text(LINE)
    out.write_text("yesterday's\n" * 100)
    for target, code in ((out, 0), (path, 2)):
        with path.open() as stdin:
            monkeypatch.setattr("sys.stdin", stdin)
            assert codexwire(["redact", "-", "-o", str(target)]) == code
    assert out.read_text() == DONE
    assert "would overwrite its source" in capfd.readouterr().err
    assert path.read_text() == LINE


def test_without_a_standard_input(monkeypatch: Any, capfd: Any) -> None:
    monkeypatch.setattr("sys.stdin", None)
    assert codexwire(["redact", "-"]) == 2
    assert "cannot read the recording: standard input is closed" in capfd.readouterr().err


def test_a_result_that_cannot_be_written_is_no_fault_of_the_input(
    tmp_path: Path, monkeypatch: Any, capfd: Any
) -> None:
    path = tmp_path / "r.jsonl"
    path.write_text(LINE)
    with path.open() as only_read:
        monkeypatch.setattr("sys.stdout", only_read)
        assert codexwire(["redact", str(path)]) == 2
    assert capfd.readouterr().err == "codexwire: error: standard output: Bad file descriptor\n"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["none"], "none: cannot read the recording: No such file"),
        (["."], "several files need a folder to go to (--output names it)"),
        ([], "name what to read"),
        (["r", "-o", "r"], "r: the result would overwrite its source"),
        (["r", "-o", "no/such"], "no/such: the file cannot be written"),
        (["cut.gz"], "the compressed data is damaged or cut short"),
    ],
)
def test_what_cannot_be_redacted_is_one_line(
    arguments: list[str], message: str, tmp_path: Path, monkeypatch: Any, capfd: Any
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("r").write_text(LINE)
    Path("cut.gz").write_bytes(b"\x1f\x8b rubbish")
    assert codexwire(["redact", *arguments]) == 2
    err = capfd.readouterr().err
    assert re.search(re.escape(message), err)
    assert len(err.splitlines()) == 1


def test_a_result_is_whole_or_not_there(tmp_path: Path, monkeypatch: Any, capfd: Any) -> None:
    monkeypatch.chdir(tmp_path)
    line = json.dumps({"method": "x", "params": {"path": "/home/anna/x"}}) + "\n"
    Path("cut.gz").write_bytes(gzip.compress(line.encode() * 100_000)[:-9])
    Path("kept").write_text("as it was\n")
    for output in ("new", "kept"):
        assert codexwire(["redact", "cut.gz", "-o", output]) == 2
        assert "cut short" in capfd.readouterr().err
    assert sorted(path.name for path in tmp_path.iterdir()) == ["cut.gz", "kept"]
    assert Path("kept").read_text() == "as it was\n"
    Path("whole").write_text(line)
    assert codexwire(["redact", "whole", "-o", "kept"]) == 0
    assert "anna" not in Path("kept").read_text()


def redacted(path: Path, tmp_path: Path) -> str:
    out = tmp_path / "out.jsonl"
    assert codexwire(["redact", str(path), "-o", str(out)]) == 0
    return out.read_text()


def written(path: Path, *messages: Any) -> Path:
    lines = ({"ts": 1.0, "dir": "server", "msg": message} for message in messages)
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return path


def test_no_token_stays_beside_another(tmp_path: Path) -> None:
    assert redacted(CASES / "github_pat.jsonl", tmp_path).count("11AAAAAAA") == 0


def test_a_private_key_in_base64(tmp_path: Path) -> None:
    [line] = redacted(CASES / "pem_base64.jsonl", tmp_path).splitlines()
    text = base64.b64decode(json.loads(line)["msg"]["params"]["deltaBase64"]).decode()
    begin, inside, end = text.splitlines()
    assert begin == "-----BEGIN OPENSSH PRIVATE KEY-----"
    assert (inside, end) == ("redacted-1", "-----END OPENSSH PRIVATE KEY-----")


def test_what_is_learnt_late_is_gone_everywhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: Any
) -> None:
    path = CASES / "learned_late.jsonl"
    done = redacted(path, tmp_path)
    assert "Zx81" not in done
    assert done.count("redacted-1") == 3
    capfd.readouterr()
    with path.open() as stdin:
        monkeypatch.setattr("sys.stdin", stdin)
        assert codexwire(["redact", "-"]) == 0
    assert capfd.readouterr().out == done


def test_what_is_learnt_late_in_base64_percent_encoded_and_in_pieces(tmp_path: Path) -> None:
    secret = "Zx81-tr0ub4dor!x"
    ids = {"threadId": "t", "turnId": "u", "itemId": "i"}
    pieces = [f"log in with {secret[:5]}", secret[5:9], f"{secret[9:]} now"]
    path = written(
        tmp_path / "r.jsonl",
        {"method": "x", "params": {"chunk": base64.b64encode(secret.encode()).decode()}},
        {"method": "x", "params": {"url": f"https://x.example/?q=a%20{quote(secret)}"}},
        {"method": "x", "params": {"arguments": json.dumps({"a": [f'say "{secret}"']})}},
        *({"method": "item/agentMessage/delta", "params": {**ids, "delta": p}} for p in pieces),
        {"id": 1, "result": {"password": secret}},
    )
    first, url, nested, *deltas, last = redacted(path, tmp_path).splitlines()
    assert json.loads(last)["msg"]["result"]["password"] == "redacted-1"
    assert base64.b64decode(json.loads(first)["msg"]["params"]["chunk"]) == b"redacted-1"
    assert "q=a%20redacted-1" in url
    assert "redacted-1" in nested
    assert [json.loads(line)["msg"]["params"]["delta"] for line in deltas] == [
        "log in with redacted-1",
        "",
        " now",
    ]


@pytest.mark.parametrize(
    ("method", "member", "extra"),
    [
        ("item/agentMessage/delta", "delta", {"itemId": "i"}),
        ("item/reasoning/textDelta", "delta", {"itemId": "i", "contentIndex": 0}),
        ("item/commandExecution/outputDelta", "delta", {"itemId": "i"}),
        ("item/fileChange/outputDelta", "delta", {"itemId": "i"}),
        ("command/exec/outputDelta", "deltaBase64", {"processId": "p", "stream": "stdout"}),
        ("process/output", "chunk", {"processId": "p", "stream": "stdout"}),
    ],
)
def test_a_secret_cut_over_messages(
    method: str, member: str, extra: dict[str, Any], tmp_path: Path
) -> None:
    token = "ghp_" + "0a1B2c3D4e" * 4
    texts = ["é the key: ghp", token[3:17], "", token[17:30], token[30:] + "\nnext ", "line\n"]
    packed = member != "delta"

    def message(text: str, other: str) -> dict[str, Any]:
        value = base64.b64encode(text.encode()).decode() if packed else text
        return {"method": method, "params": {**extra, "threadId": other, member: value}}

    path = written(
        tmp_path / "r.jsonl",
        *(m for text in texts for m in (message(text, "t"), message("x y z ", "another"))),
    )
    lines = [json.loads(line)["msg"]["params"] for line in redacted(path, tmp_path).splitlines()]

    def read(params: dict[str, Any]) -> str:
        value: str = params[member]
        return base64.b64decode(value).decode() if packed else value

    assert [read(line) for line in lines if line["threadId"] == "t"] == [
        "é the key: ghp",
        "_redacted-1",
        "",
        "",
        "\nnext ",
        "line\n",
    ]
    assert {read(line) for line in lines if line["threadId"] == "another"} == {"x y z "}


def test_results_are_private(tmp_path: Path) -> None:
    old = tmp_path / "out.jsonl"
    old.write_text("")
    old.chmod(0o644)
    redacted(CASES / "env.jsonl", tmp_path)
    assert stat.S_IMODE(old.stat().st_mode) == 0o600


def test_a_recording_is_private(tmp_path: Path) -> None:
    path = tmp_path / "r.jsonl"
    LineWriter(path).close()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_nothing_to_redact(tmp_path: Path, capfd: Any) -> None:
    path = CASES / "env.jsonl"
    assert redacted(path, tmp_path) == path.read_text()
    assert capfd.readouterr().err == "codexwire: note: replaced: nothing\n"


@pytest.mark.parametrize("text", ["hello\nworld\n", "", '{"a": 1}\n'])
def test_a_format_that_nobody_knows(text: str, tmp_path: Path, capfd: Any) -> None:
    path = tmp_path / "r.txt"
    path.write_text(text)
    assert codexwire(["redact", str(path), "-o", str(tmp_path / "out")]) == 2
    assert re.search("no known transcript format|the file is empty", capfd.readouterr().err)
    assert not (tmp_path / "out").exists()


def test_a_saved_session_is_a_file_that_is_known(tmp_path: Path) -> None:
    assert codexwire(["redact", str(ROLLOUT), "-o", str(tmp_path / "out")]) == 0


@pytest.mark.parametrize("path", RECORDINGS, ids=lambda p: f"{p.parent.name}/{p.stem}")
def test_validate_and_decode_say_the_same(path: Path, tmp_path: Path, capfd: Any) -> None:
    out = tmp_path / path.name
    assert codexwire(["redact", str(path), "-o", str(out)]) == 0
    capfd.readouterr()
    for command in ("validate", "decode"):
        said = []
        for file in (path, out):
            code = codexwire([command, str(file), "--format", "json"])
            report = capfd.readouterr().out.replace(str(file), "FILE")
            said.append((code, [*rules(json.loads(report))]))
        assert said[0] == said[1]


def rules(value: Any) -> Iterator[tuple[str, Any]]:
    """The findings of a report, and its counts."""
    if isinstance(value, dict):
        for name, inner in value.items():
            counted = type(inner) is int and name != "bytes"
            if name in ("rule", "level", "line", "pointer", "method") or counted:
                yield name, inner
            yield from rules(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from rules(inner)


def test_ordinary_values_of_recordings_stay(tmp_path: Path, capfd: Any) -> None:
    """What is replaced in all recordings, but for home folders and the host's name: all of it."""
    replaced = Counter[str]()
    for path in RECORDINGS:
        redacted(path, tmp_path)
        for count, kind in re.findall(r"(\d+) × ([\w -]+)", capfd.readouterr().err):
            replaced[kind] += int(count)
    assert replaced["secret"] == SECRETS_IN_RECORDINGS
    assert replaced.keys() <= {"secret", "user name", "host", "account", "e-mail address"}
