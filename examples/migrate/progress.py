"""Progress as it comes, and what a turn may touch: `AsyncCodex`, `thread.turn(…)`, `Sandbox`."""

from __future__ import annotations

import tempfile
from pathlib import Path

import anyio

from codex_app_server_protocol import AsyncAppServerClient, models
from codexwire.stub import ResponsesStub, parse_script

SCRIPT = """
[[turn]]
[[turn.step]]
output = [{ shell = "echo from the sandbox" }]
[[turn.step]]
output = [{ message = "Nothing was written." }]
"""


async def main() -> None:
    """Run one turn that may read, and read only."""
    with (
        ResponsesStub(script=parse_script(SCRIPT)) as stub,
        tempfile.TemporaryDirectory() as folder,
    ):
        home = stub.write_home(Path(folder) / "home")
        async with AsyncAppServerClient.launch(codex_home=home, cwd=folder) as client:
            started = await client.thread_start(
                sandbox=models.SandboxMode.read_only,
                approval_policy=models.AskForApprovalValue.never,
            )
            turn = await client.start_turn(started.thread.id, "Look around")
            async for notification in turn:
                match notification.params:
                    case models.AgentMessageDeltaNotification(delta=delta):
                        print(f"text: {delta}")
                    case models.ItemCompletedNotification(
                        item=models.CommandExecutionThreadItem() as item
                    ):
                        print(f"command: {item.status}")
            print((await turn.result()).status)


if __name__ == "__main__":
    anyio.run(main)
