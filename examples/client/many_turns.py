"""Many turns at once over one connection; a second turn on a busy thread waits, steers or is refused."""

from __future__ import annotations

import tempfile
from pathlib import Path

import anyio

from codex_app_server_protocol import AsyncAppServerClient
from codexwire.runtime.errors import ThreadBusyError
from codexwire.stub import ResponsesStub, parse_script

SCRIPT = """
[[turn]]
[[turn.step]]
delay = 0.05
output = [{ message = "one two three" }]
"""


async def main() -> None:
    """Run ten turns on ten threads, then four on one."""
    with (
        ResponsesStub(script=parse_script(SCRIPT)) as stub,
        tempfile.TemporaryDirectory() as folder,
    ):
        home = stub.write_home(Path(folder) / "home")
        async with AsyncAppServerClient.launch(codex_home=home, cwd=folder) as client:
            texts: list[str] = []

            async def run(thread: str) -> None:
                texts.append((await client.run_turn(thread, "count")).text)

            async with anyio.create_task_group() as tasks:
                for _ in range(10):
                    tasks.start_soon(run, await client.start_thread())
            print(f"{len(texts)} turns on ten threads: {set(texts)}")

            thread = await client.start_thread()
            async with anyio.create_task_group() as tasks:
                for _ in range(3):
                    tasks.start_soon(run, thread)
                await anyio.sleep(0.5)
                try:
                    await client.start_turn(thread, "now!", on_busy="error")
                except ThreadBusyError as busy:
                    print(f"refused: {str(busy).split(' on thread')[0]}")
            print(f"{len(texts)} turns in all")


if __name__ == "__main__":
    anyio.run(main)
