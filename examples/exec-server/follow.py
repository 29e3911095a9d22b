"""Output while it comes, on asyncio or trio: every piece has a number, what is lost is reported."""

from __future__ import annotations

import tempfile

import anyio

from codex_exec_server_protocol import AsyncExecServerClient
from codexwire.runtime.exec_client import ProcessOptions

SHELL = "for n in 1 2 3; do echo line $n; done; echo done >&2; exit 7"


async def main() -> None:
    """Follow a process to its exit and to its true end."""
    with tempfile.TemporaryDirectory() as folder:
        async with AsyncExecServerClient.launch(cwd=folder, codex_home=folder) as client:
            status = await client.environment_status()
            print(client.server.version, status.status)
            streams = {"stdout": b"", "stderr": b""}
            async with await client.start(
                ["sh", "-c", SHELL], ProcessOptions(inherit="core")
            ) as process:
                async for piece in process:
                    streams[piece.stream] += piece.data
            print(streams, process.exit_code, process.gaps)


if __name__ == "__main__":
    anyio.run(main)
