"""`codexwire mock` as a process: on standard input and output, on a websocket, with a bad script."""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import anyio
import pytest
from live_client import FLAVOURS, collect, entered, play
from mocked import HELLO, request

from codexwire.ingest import DEFAULT_VERSION
from codexwire.runtime.errors import ConnectionClosedError
from codexwire.runtime.transport import open_stdio

COMMAND = [sys.executable, "-m", "codexwire", "mock"]


def run(*options: str, messages: list[Any] | None = None) -> subprocess.CompletedProcess[str]:
    text = "".join(json.dumps(message) + "\n" for message in messages or ())
    return subprocess.run([*COMMAND, *options], input=text, capture_output=True, text=True)


@contextmanager
def listening(*options: str) -> Iterator[str]:
    """A mock on a websocket, and the address that it prints."""
    command = [*COMMAND, "--listen", "ws://127.0.0.1:0", *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip()
        finally:
            process.terminate()


def test_what_is_piped_in_is_answered_whole_and_the_same_every_time() -> None:
    messages = [HELLO, request(1, "thread/start", {}), request(2, "model/list", {})]
    first, second = run(messages=messages), run(messages=messages)
    assert (first.returncode, first.stderr) == (0, "")
    assert first.stdout == second.stdout
    assert [json.loads(line).get("id") for line in first.stdout.splitlines()] == [
        "hello",
        1,
        None,
        2,
    ]
    assert run("--seed", "1", messages=messages).stdout != first.stdout


def test_the_schema_decides_what_is_known() -> None:
    messages = [HELLO, request(1, "newConversation", {})]
    old = run("--schema", "0.72.0", messages=messages).stdout.splitlines()
    assert "codex_cli_rs/0.72.0" in json.loads(old[0])["result"]["userAgent"]
    assert "conversationId" in json.loads(old[1])["result"]
    new = run("--channel", "stable", messages=messages).stdout.splitlines()
    assert "unknown variant `newConversation`" in json.loads(new[1])["error"]["message"]


@pytest.mark.parametrize("flavour", FLAVOURS)
def test_our_clients_complete_a_turn_on_standard_input_and_output(
    flavour: str, tmp_path: Path
) -> None:
    script = tmp_path / "script.toml"
    script.write_text("[[turn]]\nstep = [{ delay = 0.01, message = 'Good evening.' }]\n")

    async def scenario() -> None:
        command = [*COMMAND, "--script", str(script)]
        async with entered(flavour, lambda kind: kind(lambda: open_stdio(command))) as client:
            assert str(client.server.version) == str(DEFAULT_VERSION)
            thread = await client.start_thread({})
            assert "".join(await collect(client.stream_text(thread, "hi"))) == "Good evening."

    play(flavour, scenario)


def test_clients_of_one_websocket_share_threads() -> None:
    async def scenario(url: str) -> None:
        async with (
            entered("asyncio", lambda kind: kind.connect(url)) as one,
            entered("asyncio", lambda kind: kind.connect(url)) as other,
        ):
            thread = await one.start_thread({})
            assert (await other.request("thread/list", {})).data[0].id == thread
            result = await other.run_turn(thread, "hello")
            assert (result.status, result.text) == ("completed", "hello")

    with listening() as url:
        assert url.startswith("ws://127.0.0.1:")
        for probe in ("/readyz", "/healthz"):
            with urllib.request.urlopen(url.replace("ws:", "http:") + probe) as answer:
                assert answer.status == 200
        anyio.run(scenario, url)


def test_an_exit_is_told_with_its_code_and_the_last_words(tmp_path: Path) -> None:
    script = tmp_path / "script.toml"
    script.write_text(
        '[[fault]]\non = "turn/started"\nstderr = "panicked at mock.rs:1"\n'
        '[[fault]]\non = "turn/started"\nexit = 7\n'
    )

    async def scenario() -> None:
        opener = partial(open_stdio, [*COMMAND, "--script", str(script)])
        async with entered("asyncio", lambda kind: kind(opener)) as client:
            with pytest.raises(ConnectionClosedError) as gone:
                await client.run_turn(await client.start_thread({}), "hi")
            assert gone.value.returncode == 7
            assert "panicked at mock.rs:1" in gone.value.stderr_tail

    play("asyncio", scenario)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[[turn]]\nstep = [{ mesage = 'a' }]", ":2: needs one of message, "),
        (
            "[[answer]]\nmethod = 'model/list'\nresult = { data = 5 }",
            ":3: does not fit the result of model/list",
        ),
    ],
)
def test_a_bad_script_is_one_line_and_exit_2(text: str, said: str, tmp_path: Path) -> None:
    script = tmp_path / "bad.toml"
    script.write_text(text)
    done = run("--script", str(script))
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.count("\n") == 1
    assert f"bad.toml{said}" in done.stderr


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--script", "missing.toml"), "missing.toml: cannot read the mock's script: No such file"),
        (("--listen", "tcp://x"), "not an address to listen on: 'tcp://x'"),
        (("--channel", "beta"), "beta"),
    ],
)
def test_wrong_options_are_one_line_and_exit_2(options: tuple[str, ...], said: str) -> None:
    done = run(*options)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr
