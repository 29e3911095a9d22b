"""What one typed request costs, against the official SDK's client, in turns over the same server.

    python benchmarks/request.py [--requests 3000] [--runs 5] [--binary PATH]

Each case is a process of its own that launches the server, warms up, and asks `thread/loaded/list` again
and again. Printed are the median time of a request (wall), the processor time of the client's process
for one (the server's is not counted), and both as multiples of the official client of the same kind: its
asynchronous client runs the blocking one in threads. The server is a script of a few lines, or, with
`--binary`, a real `codex app-server` with a home of its own.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

import anyio

METHOD = "thread/loaded/list"
WARM_UP = 200
SERVER = """
import os, re
rest = b""
while data := os.read(0, 1 << 16):
    *lines, rest = (rest + data).split(b"\\n")
    for line in lines:
        found = re.search(rb'"id": ?(\\d+|"[^"]*")', line)
        os.write(1, b'{"id":%b,"result":{"data":["01a1fea7-013d"],"nextCursor":null}}\\n' % found[1])
"""

Found = tuple[float, float]
"""Seconds of wall time, and of processor time, of one request."""


def command(binary: str | None) -> tuple[str, ...]:
    """The command line of the server."""
    return (binary, "app-server") if binary else (sys.executable, "-c", SERVER)


def timed(ask: Callable[[], Any], count: int) -> Found:
    """Ask so many times, one after another."""
    for _ in range(WARM_UP):
        ask()
    walls = []
    used = time.process_time()
    for _ in range(count):
        start = time.perf_counter()
        ask()
        walls.append(time.perf_counter() - start)
    return statistics.median(walls), (time.process_time() - used) / count


async def timed_async(ask: Callable[[], Awaitable[Any]], count: int) -> Found:
    """Do as `timed`, without threads."""
    for _ in range(WARM_UP):
        await ask()
    walls = []
    used = time.process_time()
    for _ in range(count):
        start = time.perf_counter()
        await ask()
        walls.append(time.perf_counter() - start)
    return statistics.median(walls), (time.process_time() - used) / count


def ours(binary: str | None, count: int) -> Found:
    from codex_app_server_protocol import AppServerClient
    from codexwire.runtime.client import ClientOptions
    from codexwire.runtime.transport import open_stdio

    options = ClientOptions(handshake=binary is not None)
    with AppServerClient(lambda: open_stdio(command(binary)), options) as client:
        return timed(client.thread_loaded_list, count)


def ours_async(binary: str | None, count: int) -> Found:
    from codex_app_server_protocol import AsyncAppServerClient
    from codexwire.runtime.client import ClientOptions
    from codexwire.runtime.transport import open_stdio

    async def run() -> Found:
        options = ClientOptions(handshake=binary is not None)
        async with AsyncAppServerClient(lambda: open_stdio(command(binary)), options) as client:
            return await timed_async(client.thread_loaded_list, count)

    return anyio.run(run)


def theirs(binary: str | None, count: int) -> Found:
    from openai_codex.client import CodexClient, CodexConfig
    from openai_codex.generated.v2_all import ThreadLoadedListResponse

    client = CodexClient(CodexConfig(launch_args_override=command(binary)))
    client.start()
    try:
        if binary is not None:
            client.initialize()
        ask = partial(client.request, METHOD, {}, response_model=ThreadLoadedListResponse)
        return timed(ask, count)
    finally:
        client.close()


def theirs_async(binary: str | None, count: int) -> Found:
    from openai_codex.async_client import AsyncCodexClient
    from openai_codex.client import CodexConfig
    from openai_codex.generated.v2_all import ThreadLoadedListResponse

    async def run() -> Found:
        client = AsyncCodexClient(CodexConfig(launch_args_override=command(binary)))
        async with client:
            if binary is not None:
                await client.initialize()
            ask = partial(client.request, METHOD, {}, response_model=ThreadLoadedListResponse)
            return await timed_async(ask, count)

    return asyncio.run(run())


CASES: dict[str, Callable[[str | None, int], Found]] = {
    "codexwire, blocking": ours,
    "openai_codex, blocking": theirs,
    "codexwire, asyncio": ours_async,
    "openai_codex, asyncio": theirs_async,
}


def run(case: str, arguments: list[str]) -> Found:
    """Measure a case in a process of its own."""
    command = [sys.executable, __file__, "--case", case, *arguments]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    wall, used = json.loads(done.stdout)
    return wall, used


def main() -> None:
    """Run the cases in turns and print the medians and the ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=3_000)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--binary", help="a codex binary, in place of the script")
    parser.add_argument("--case", choices=CASES, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.case:
        with tempfile.TemporaryDirectory() as home:
            os.environ["CODEX_HOME"] = home
            print(json.dumps(CASES[options.case](options.binary, options.requests)))
        return
    arguments = ["--requests", str(options.requests)]
    arguments += ["--binary", options.binary] if options.binary else []
    found: dict[str, list[Found]] = {case: [] for case in CASES}
    for _ in range(options.runs):
        for case, rows in found.items():
            rows.append(run(case, arguments))
    median = {
        case: [statistics.median(column) * 1e6 for column in zip(*rows, strict=True)]
        for case, rows in found.items()
    }
    for case, (wall, used) in median.items():
        print(f"{case:24} {wall:7.0f} µs a request (median)  {used:7.0f} µs of processor time")
    for kind in ("blocking", "asyncio"):
        mine, peer = median[f"codexwire, {kind}"], median[f"openai_codex, {kind}"]
        print(
            f"{kind}: {mine[0] / peer[0]:.2f} of the official client's time, "
            f"{mine[1] / peer[1]:.2f} of its processor time"
        )


if __name__ == "__main__":
    main()
