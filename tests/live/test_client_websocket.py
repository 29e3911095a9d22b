"""Several connections to one server, over TCP and over a unix socket."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import anyio
import pytest
from listening import listening
from live_client import FLAVOURS, collect, entered, play

from codexwire.runtime.client import ClientOptions
from codexwire.runtime.errors import HandshakeRefusedError, NotInitializedError

CURRENT, OLDER = "0.163.0", "0.125.0"

pytestmark = pytest.mark.parametrize("flavour", FLAVOURS)


@pytest.mark.parametrize("version", [CURRENT, OLDER])
def test_two_connections_with_the_same_ids_do_not_mix(
    flavour: str, version: str, binary: Any, stub_of: Any, project: Path
) -> None:
    stub = stub_of(
        script='[[turn]]\nwhen = "one"\ntext = "for one"\n[[turn]]\nwhen = "two"\ntext = "for two"\n'
    )
    home = stub.write_home(project.parent / "home")
    seen: dict[str, list[bytes]] = {"one": [], "two": []}
    threads: dict[str, str] = {}
    texts: dict[str, list[str]] = {}

    async def run(client: Any, name: str) -> None:
        threads[name] = await client.start_thread()
        texts[name] = [(await client.run_turn(threads[name], name)).text for _ in range(3)]

    def watching(name: str) -> ClientOptions:
        return ClientOptions(observer=lambda _, text: seen[name].append(text))

    async def scenario() -> None:
        args = ("--listen", "ws://127.0.0.1:0")
        with listening(binary(version), home, *args, cwd=project) as url:
            async with (
                entered(flavour, lambda kind: kind.connect(url, options=watching("one"))) as one,
                entered(flavour, lambda kind: kind.connect(url, options=watching("two"))) as two,
                anyio.create_task_group() as tasks,
            ):
                tasks.start_soon(run, one, "one")
                tasks.start_soon(run, two, "two")

    play(flavour, scenario)
    assert texts == {"one": ["for one"] * 3, "two": ["for two"] * 3}
    for name, other in (("one", "two"), ("two", "one")):
        about = {json.loads(t).get("method") for t in seen[name] if threads[other].encode() in t}
        # Every connection hears that a thread is there and whether it is busy, and no more.
        assert about <= {"thread/started", "thread/status/changed", "thread/readState/changed"}


def test_the_handshake_is_each_connections_own(
    flavour: str, binary: Any, stub_of: Any, project: Path
) -> None:
    home = stub_of().write_home(project.parent / "home")

    async def scenario() -> None:
        args = ("--listen", "ws://127.0.0.1:0")
        with listening(binary(CURRENT), home, *args, cwd=project) as url:
            silent = ClientOptions(handshake=False)
            async with (
                entered(flavour, lambda kind: kind.connect(url)) as known,
                entered(flavour, lambda kind: kind.connect(url, options=silent)) as unknown,
            ):
                await known.start_thread()
                with pytest.raises(NotInitializedError, match="Not initialized"):
                    await unknown.start_thread()
                await unknown.handshake()
                await unknown.start_thread()

    play(flavour, scenario)


def test_the_bearer_token_opens_the_door(
    flavour: str, binary: Any, stub_of: Any, project: Path
) -> None:
    home = stub_of("in").write_home(project.parent / "home")
    token = project.parent / "token"
    token.write_text("a-capability-token-of-some-length")

    async def scenario() -> None:
        args = ("--ws-auth", "capability-token", "--ws-token-file", str(token))
        with listening(
            binary(CURRENT), home, "--listen", "ws://127.0.0.1:0", *args, cwd=project
        ) as url:
            async with entered(
                flavour, lambda kind: kind.connect(url, token=token.read_text())
            ) as client:
                assert (await client.run_turn(await client.start_thread(), "go")).text == "in"
            for wrong in ("another-token-of-some-length-here", None):
                with pytest.raises(HandshakeRefusedError, match="401") as refused:
                    async with entered(
                        flavour, lambda kind, wrong=wrong: kind.connect(url, token=wrong)
                    ):
                        pass
                assert refused.value.status == 401

    play(flavour, scenario)


if sys.platform != "win32":

    def test_a_unix_socket_carries_the_same(
        flavour: str, binary: Any, stub_of: Any, project: Path
    ) -> None:
        stub = stub_of("over a socket")
        home = stub.write_home(project.parent / "home")
        path = project.parent / "s.sock"
        process = subprocess.Popen(
            [binary(CURRENT), "app-server", "--listen", f"unix://{path}"],
            cwd=project,
            env={**os.environ, "CODEX_HOME": str(home)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

        async def scenario() -> None:
            while not path.exists():
                assert process.poll() is None
                await anyio.sleep(0.05)
            async with entered(flavour, lambda kind: kind.connect_unix(path)) as client:
                thread = await client.start_thread()
                pieces = await collect(client.stream_text(thread, "go"))
            assert "".join(pieces) == "over a socket"

        try:
            play(flavour, scenario)
        finally:
            process.kill()
            process.wait()
