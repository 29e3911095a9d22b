"""Notifications routed and decoded per second, against the official SDK's client.

A child process writes a recorded stream of notifications to its standard output, as a server does:
turn after turn, each with ids of its own. Each client reads it, decodes every notification with its
models, routes it to the turn's consumer, and the consumer reads every turn to its end. The rates are of
the processor time of the client's process, best of the runs: wall time says nothing on a busy machine.

    python benchmarks/router.py [--notifications 40000] [--runs 5] [--million]

`--million` sends a million notifications through our client instead and prints its resident memory.
"""

from __future__ import annotations

import argparse
import json
import re
import resource
import shlex
import subprocess
import sys
import tempfile
import time
from collections import deque
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import anyio

RECORDINGS = Path(__file__).parents[1] / "tests" / "data" / "recordings" / "0.163.0"
_OURS_ASYNC, _OURS_SYNC, _THEIRS = "codexwire, asyncio", "codexwire, blocking", "openai_codex"


def recorded_turns() -> Iterator[tuple[str, str, list[str]]]:
    """Yield thread id, turn id and lines of every complete turn in the recordings."""
    for file in sorted(RECORDINGS.glob("*.jsonl")):
        if file.stem.startswith("s11_"):
            continue
        turns: dict[tuple[str, str], list[str]] = {}
        for line in file.read_text("utf-8").splitlines():
            message = json.loads(line).get("msg")
            if not isinstance(message, dict) or "id" in message or "method" not in message:
                continue
            params = message.get("params") or {}
            key = (params.get("threadId"), params.get("turnId") or params.get("turn", {}).get("id"))
            if None in key:
                continue
            turns.setdefault(key, []).append(json.dumps(message, separators=(",", ":")))
            if message["method"] == "turn/completed":
                yield *key, turns.pop(key)


def write_stream(path: Path, count: int) -> list[tuple[str, str, int]]:
    """Write at least `count` notifications to `path`; return thread id, turn id and length of turns."""
    recorded = list(recorded_turns())
    written: list[tuple[str, str, int]] = []
    with path.open("w", encoding="utf-8") as out:
        total = 0
        while total < count:
            thread, turn, lines = recorded[len(written) % len(recorded)]
            fresh = f"{len(written):08x}{turn[8:]}"
            out.write(re.sub(re.escape(turn), fresh, "\n".join(lines)) + "\n")
            written.append((thread, fresh, len(lines)))
            total += len(lines)
    return written


def server(path: Path, times: int = 1) -> tuple[str, ...]:
    """The command line of a server that waits for a line and then writes the stream."""
    cats = " ".join([shlex.quote(str(path))] * times)
    return ("sh", "-c", f"read line; cat {cats}; read line")


def ours_async(path: Path, turns: list[tuple[str, str, int]]) -> tuple[float, int]:
    from codex_app_server_protocol import AsyncAppServerClient
    from codexwire.runtime.client import ClientOptions
    from codexwire.runtime.transport import open_stdio

    async def run() -> tuple[float, int]:
        decoded = 0
        options = ClientOptions(handshake=False)
        opener = partial(open_stdio, server(path))
        async with AsyncAppServerClient(opener, options) as client:
            following = deque(client.follow_turn(thread, turn) for thread, turn, _ in turns)
            start = time.process_time()
            await client.notify("go")
            while following:
                async for notification in following.popleft():
                    decoded += known(notification.params)
            return time.process_time() - start, decoded

    return anyio.run(run)


def ours_sync(path: Path, turns: list[tuple[str, str, int]]) -> tuple[float, int]:
    from codex_app_server_protocol import AppServerClient
    from codexwire.runtime.client import ClientOptions
    from codexwire.runtime.transport import open_stdio

    decoded = 0
    with AppServerClient(
        lambda: open_stdio(server(path)), ClientOptions(handshake=False)
    ) as client:
        following = deque(client.follow_turn(thread, turn) for thread, turn, _ in turns)
        start = time.process_time()
        client.notify("go")
        while following:
            for notification in following.popleft():
                decoded += known(notification.params)
        return time.process_time() - start, decoded


def known(params: Any) -> bool:
    """Whether a notification was decoded to a model."""
    return type(params).__name__ != "UnknownNotification"


def theirs(path: Path, turns: list[tuple[str, str, int]]) -> tuple[float, int]:
    from openai_codex.client import CodexClient, CodexConfig
    from openai_codex.models import UnknownNotification

    decoded = 0
    client = CodexClient(CodexConfig(launch_args_override=server(path)))
    for _, turn, _ in turns:
        client._router.register_turn(turn)
    client.start()
    try:
        start = time.process_time()
        client._write_message({"method": "go"})
        for _, turn, _ in turns:
            while True:
                notification = client._router.next_turn_notification(turn)
                decoded += not isinstance(notification.payload, UnknownNotification)
                if notification.method == "turn/completed":
                    break
            client._router.unregister_turn(turn)
        return time.process_time() - start, decoded
    finally:
        client.close()


CASES: dict[str, Callable[[Path, list[tuple[str, str, int]]], tuple[float, int]]] = {
    _OURS_ASYNC: ours_async,
    _OURS_SYNC: ours_sync,
    _THEIRS: theirs,
}


def measure(case: str, count: int) -> tuple[float, int, int]:
    """Return seconds of one run after a small one to warm up, how many were sent, how many decoded."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "stream.jsonl"
        CASES[case](path, write_stream(path, 500))
        turns = write_stream(path, count)
        seconds, decoded = CASES[case](path, turns)
        return seconds, sum(length for _, _, length in turns), decoded


def million() -> None:
    """Send a million notifications; half of the turns have a consumer, the others nobody."""
    from codex_app_server_protocol import AsyncAppServerClient
    from codexwire.runtime.client import ClientOptions
    from codexwire.runtime.transport import open_stdio

    async def run(path: Path, turns: list[tuple[str, str, int]], times: int) -> None:
        options = ClientOptions(handshake=False)
        ends = 0
        opener = partial(open_stdio, server(path, times))
        async with AsyncAppServerClient(opener, options) as client:
            everything = client.notifications(overflow="drop_oldest", buffer=1000)
            statistics_ = client.connection.router.statistics
            watched = {turn for _, turn, _ in turns[::2]}
            followed: dict[str, Any] = {}
            await client.notify("go")
            while ends < times * len(turns):
                for notification in await everything.batch():
                    assert notification.params is not None
                    turn = notification.turn_id
                    if turn in watched and turn not in followed:
                        followed[turn] = client.follow_turn(notification.thread_id, turn)
                    if notification.method == "turn/completed":
                        ends += 1
                        if turn in followed:
                            await followed.pop(turn).result()
                        if ends % (len(turns) * times // 10) == 0:
                            show(statistics_.notifications, client)
            assert not everything.dropped

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "stream.jsonl"
        turns = write_stream(path, 20_000)
        anyio.run(run, path, turns, 50)


def show(notifications: int, client: Any) -> None:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    kept = sum(client.connection.router.leftovers().values())
    size = pages * resource.getpagesize() / 2**20
    print(f"{notifications:>9,} notifications  {size:6.1f} MB resident  {kept} kept", flush=True)


def main() -> None:
    """Run each case in processes of its own and print the rates."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--notifications", type=int, default=40_000)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--million", action="store_true")
    parser.add_argument("--case", choices=CASES, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.million:
        million()
        return
    if options.case:
        print(json.dumps(measure(options.case, options.notifications)))
        return
    found: dict[str, list[tuple[float, int, int]]] = {case: [] for case in CASES}
    for _ in range(options.runs):
        for case, rows in found.items():
            command = [sys.executable, __file__, "--case", case]
            command += ["--notifications", str(options.notifications)]
            done = subprocess.run(command, check=True, capture_output=True, text=True)
            rows.append(json.loads(done.stdout))
    rates: dict[str, float] = {}
    for case, rows in found.items():
        _, sent, decoded = rows[0]
        rates[case] = sent / min(row[0] for row in rows)
        share = decoded / sent
        print(f"{case:22} {rates[case]:>9,.0f} notifications/s   {share:6.1%} decoded to models")
    for case in (_OURS_ASYNC, _OURS_SYNC):
        print(f"{case} is {rates[case] / rates[_THEIRS]:.2f} times as fast as {_THEIRS}")


if __name__ == "__main__":
    main()
