"""`codexwire replay` as a process: one plays the server, another the client, of the same recording."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from codexwire.cli.app import run as codexwire
from codexwire.direction import Side
from codexwire.model.message import MessageKind
from codexwire.usecases.replay import read_connections

RECORDINGS = Path(__file__).parents[1] / "data" / "recordings"
WEBSOCKET = RECORDINGS / "0.163.0" / "s10_websocket.jsonl"
APPROVAL = RECORDINGS / "0.163.0" / "s02_command_approval.jsonl"
RAW = RECORDINGS.parent / "transcripts" / "raw_both_sides.jsonl"
REPLAY = [sys.executable, "-m", "codexwire", "replay"]


def run(*arguments: str, said: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    return subprocess.run([*REPLAY, *arguments], input=said, capture_output=True, timeout=120)


@contextmanager
def serving(*arguments: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A replayed server, and the address that it says it listens at."""
    command = [*REPLAY, *arguments, "--listen", "ws://127.0.0.1:0"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as server:
        assert server.stderr is not None
        try:
            yield server, server.stderr.readline().split()[-1]
        finally:
            server.kill()


@pytest.fixture
def small(tmp_path: Path) -> Path:
    path = tmp_path / "small.jsonl"
    lines = [
        {"ts": 0.0, "dir": "client", "msg": {"id": 1, "method": "initialize"}},
        {"ts": 1.5, "dir": "server", "msg": {"id": 1, "result": {"n": 1}}},
        {"ts": 1.5, "dir": "server", "raw": "no json \ufffd", "base64": "bm8ganNvbiD/"},
        {"ts": 1.6, "dir": "server", "event": "closed"},
    ]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines) + '{"ts": 2, "di')
    return path


@pytest.mark.parametrize(
    "name",
    ["0.163.0/s02_command_approval", "0.72.0/s04_interrupt_steer", "0.163.0/s11_exec_proxy_wire"],
)
def test_the_sides_of_a_recording_over_pipes(name: str) -> None:
    path = str(RECORDINGS / f"{name}.jsonl")
    done = run(path, "--as", "client", "--strict", "--", *REPLAY, path, "--strict")
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    """What the recording `APPROVAL` has, without who said it."""
    path = tmp_path / "raw.ndjson"
    entries = [json.loads(line) for line in APPROVAL.read_text("utf-8").splitlines()]
    path.write_text("".join(json.dumps(e["msg"]) + "\n" for e in entries if "msg" in e))
    return path


def test_who_said_what_is_found_out(raw: Path) -> None:
    (told,), (inferred,) = (
        read_connections(str(APPROVAL)).values(),
        read_connections(str(raw)).values(),
    )
    assert [step.sender for step in inferred.steps] == [step.sender for step in told.steps]
    assert {step.sender for step in told.steps if step.kind is MessageKind.REQUEST} == set(Side)


def test_what_does_not_say_who_sent_it_is_played_all_the_same(raw: Path) -> None:
    for path in map(str, (raw, RAW)):
        done = run(path, "--as", "client", "--strict", "--", *REPLAY, path, "--strict")
        assert (done.returncode, done.stdout) == (0, b"")


def test_the_connections_of_a_recording_over_a_websocket() -> None:
    with serving(str(WEBSOCKET)) as (server, url):
        for number in ("1", "2"):
            done = run(str(WEBSOCKET), "--as", "client", "--connect", url, "--conn", number)
            assert (done.returncode, done.stderr) == (0, b"")
        assert server.wait(timeout=60) == 0
        assert server.stderr is not None
        assert server.stderr.read() == ""


def test_another_client_on_a_websocket_is_told_and_let_go() -> None:
    other = str(RECORDINGS / "0.163.0" / "s12_undocumented.jsonl")
    with serving(str(WEBSOCKET), "--conn", "2") as (server, url):
        done = run(other, "--as", "client", "--connect", url)
        assert done.returncode == 1
        assert b"the server left" in done.stderr
        assert server.wait(timeout=60) == 1
        assert server.stderr is not None
        assert f"{WEBSOCKET}:" in server.stderr.read()


def test_what_is_no_json_is_said_as_it_was_and_an_end_is_kept(small: Path) -> None:
    with subprocess.Popen(
        [*REPLAY, str(small)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as server:
        assert server.stdin is not None
        assert server.stdout is not None
        server.stdin.write(b'{"id":"x","method":"initialize"}\n')
        server.stdin.flush()  # and it stays open: the server leaves, as it did
        assert server.stdout.read() == b'{"id":"x","result":{"n": 1}}\nno json \xff\n'
        assert server.wait(timeout=60) == 0


def test_the_pauses_of_the_recording(small: Path) -> None:
    start = time.monotonic()
    done = run(str(small), "--timing", "original", said=b'{"id":1,"method":"initialize"}\n')
    assert done.returncode == 0
    assert time.monotonic() - start > 1.5


def test_a_client_that_says_nothing(small: Path) -> None:
    command = [*REPLAY, str(small), "--timeout", "0.2"]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as server:
        assert server.wait(timeout=60) == 1
        assert server.stderr is not None
        assert server.stderr.read() == (
            f"codexwire: {small}:1: awaited the client's request initialize;"
            " the client said nothing for 0.2 s\n"
        )


def test_a_replay_can_be_stopped() -> None:
    with serving(str(WEBSOCKET)) as (server, _):
        server.send_signal(signal.SIGTERM)
        assert server.wait(timeout=60) != 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["none"], "none: cannot read the recording: No such file"),
        (["empty"], "empty: the file is empty"),
        (["text"], "text: no known transcript format"),
        (["raw"], "raw:2: this is no message, and the recording does not say who sent it"),
        (["damaged"], "damaged:2: the line is no record (what cannot be read cannot be played"),
        (["issues"], "issues: there is nothing to replay"),
        (["two"], "two: the recording has 2 connections (choose with --conn: 1, 2)"),
        (["two", "--conn", "3"], "two: no connection '3' (there are: 1, 2)"),
        (["two", "--as", "me"], "no side 'me' (server or client)"),
        (["two", "--timing", "fast"], "no timing 'fast' (none or original)"),
        (["two", "--connect", "ws://127.0.0.1:1"], "need --as client"),
        (["two", "--as", "client"], "give either --connect or"),
        (["two", "--as", "client", "--listen", "ws://127.0.0.1:0"], "a client does not listen"),
        (["two", "--listen", "http://127.0.0.1:1"], "not an address"),
        (["two", "--conn", "1", "--as", "client", "--", "no-such-codex"], "cannot start"),
        (["two", "--conn", "1", "--as", "client", "--connect", "ws://127.0.0.1:1"], "no server at"),
    ],
)
def test_what_cannot_be_replayed_is_one_line(
    arguments: list[str], message: str, tmp_path: Path, monkeypatch: Any, capfd: Any
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("empty").touch()
    Path("text").write_text("some text\n")
    Path("raw").write_text('{"id":1,"method":"initialize"}\nnonsense\n')
    record = '{"ts": 0, "dir": "client", "conn": %d, %s}\n'
    Path("issues").write_text(record % (1, '"raw": "rubbish"'))
    request = '"msg": {"id": 1, "method": "initialize"}'
    Path("damaged").write_text(record % (1, request) + "?\n" + record % (1, request))
    Path("two").write_text(record % (1, request) + record % (2, request))
    assert codexwire(["replay", *arguments]) == 2
    out, err = capfd.readouterr()
    assert out == ""
    assert message in err
    assert len(err.splitlines()) == 1
