"""A mock that many clients share: what one of them sends does not reach the others."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from mocked import HELLO, request
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.frames import Frame, Opcode
from websockets.sync.client import ClientConnection, connect

BIG = "1" * 4301
DEEP = "[" * 100_000 + "]" * 100_000


def opened(url: str, **options: Any) -> ClientConnection:
    return connect(url, max_size=None, compression=None, proxy=None, **options)


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    command = [sys.executable, "-m", "codexwire", "mock", "--listen", "ws://127.0.0.1:0"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        assert process.stdout is not None
        yield process.stdout.readline().strip()
        assert process.poll() is None
        process.terminate()


def said_until(socket: ClientConnection, what: str | int) -> list[Any]:
    """What comes, up to a method's notification or the answer with an id."""
    said: list[Any] = []
    while not said or what not in (said[-1].get("method"), said[-1].get("id")):
        said.append(json.loads(socket.recv(timeout=60)))
    return said


def ask(socket: ClientConnection, number: int | str, method: str, params: Any) -> Any:
    socket.send(json.dumps(request(number, method, params)))
    return said_until(socket, number)[-1]


@pytest.fixture
def good(url: str) -> Iterator[ClientConnection]:
    """A client in the middle of its session, which runs a turn after the test."""
    with opened(url) as socket:
        socket.send(json.dumps(HELLO))
        thread = ask(socket, 1, "thread/start", {})["result"]["thread"]["id"]
        yield socket
        turn = {"threadId": thread, "input": [{"type": "text", "text": "hi"}]}
        assert ask(socket, 2, "turn/start", turn)["result"]["turn"]["status"] == "inProgress"
        ended = said_until(socket, "turn/completed")[-1]["params"]["turn"]
        assert ended["status"] == "completed"


FRAMES = {
    "4,301 digits": f'{{"id":5,"method":"model/list","params":{{"limit":{BIG}}}}}',
    "4,301 digits where anything goes": (
        f'{{"id":5,"method":"thread/start","params":{{"config":{{"a":{BIG}}}}}}}'
    ),
    "4,301 digits as an id": f'{{"id":{BIG},"method":"model/list"}}',
    "a lone surrogate": r'{"id":5,"method":"thread/start","params":{"model":"\ud83d"}}',
    "a lone surrogate in a name": r'{"id":5,"method":"x\ud83d","params":{"\ud83d":1}}',
    "deep nesting": f'{{"id":5,"method":"thread/start","params":{{"config":{{"a":{DEEP}}}}}}}',
    "a binary frame": b'{"id":5,"method":"model/list","params":{}}',
    "invalid UTF-8": Frame(Opcode.TEXT, b'{"id":5,"method":"\xff"}'),
}


@pytest.mark.parametrize("name", FRAMES)
@pytest.mark.usefixtures("good")
def test_a_bad_frame_is_dropped(name: str, url: str) -> None:
    with opened(url) as bad:
        bad.send(json.dumps(HELLO))
        frame = FRAMES[name]
        if isinstance(frame, Frame):
            bad.socket.sendall(frame.serialize(mask=True))
        else:
            bad.send(frame)
        bad.send(json.dumps(request("last", "model/list", {})))
        answers = [m["id"] for m in said_until(bad, "last") if "method" not in m]
        assert answers == ["hello", "last"]


@pytest.mark.parametrize(
    ("frames", "limit"),
    [([b"x" * (200 << 20)], 16 << 20), ([b"x" * (1 << 20)] * 65, 64 << 20)],
)
@pytest.mark.usefixtures("good")
def test_a_message_that_is_too_long_ends_its_connection(
    frames: list[bytes], limit: int, url: str
) -> None:
    """As with the real server: 16 MiB a frame, 64 MiB a message."""
    with opened(url) as bad:
        bad.send(json.dumps(HELLO))
        said_until(bad, "hello")
        with suppress(ConnectionClosed):
            bad.send(iter(frames), text=True)
        with pytest.raises(ConnectionClosed):
            bad.recv(timeout=60)
        assert bad.close_code == 1009
        assert f"exceeds limit of {limit} bytes" in (bad.close_reason or "")


@pytest.mark.parametrize("headers", [{"Origin": "http://evil.example"}, {"Host": "evil.example"}])
@pytest.mark.usefixtures("good")
def test_a_web_page_is_refused(headers: dict[str, str], url: str) -> None:
    with pytest.raises(InvalidStatus) as refused:
        opened(url, additional_headers=headers)
    assert refused.value.response.status_code == 403


@pytest.mark.parametrize(
    "command",
    [
        ("mock", "--listen", "ws://0.0.0.0:0"),
        ("replay", "recording.jsonl", "--listen", "ws://0.0.0.0:0"),
        ("record", "-o", "out.jsonl", "--listen", "ws://0.0.0.0:0", "--connect", "ws://h:1"),
    ],
)
def test_to_listen_beyond_loopback_has_to_be_asked_for(
    command: tuple[str, ...], tmp_path: Path
) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "codexwire", *command], capture_output=True, text=True, cwd=tmp_path
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        "codexwire: error: other machines would reach ws://0.0.0.0:0 "
        "(listen at 127.0.0.1, or add --allow-remote if they are meant to)\n"
    )
    assert not any(tmp_path.iterdir())
