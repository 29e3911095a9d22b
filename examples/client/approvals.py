"""Notifications as they come, approvals that a program decides, and what the turn came to."""

from __future__ import annotations

import tempfile
from pathlib import Path

import anyio

from codex_app_server_protocol import AsyncAppServerClient, models
from codexwire.stub import ResponsesStub, parse_script

SCRIPT = """
[[turn]]
[[turn.step]]
output = [{ shell = "touch by-command.txt", escalate = true }]
[[turn.step]]
output = [{ patch = "*** Begin Patch\\n*** Add File: by-patch.txt\\n+hello\\n*** End Patch" }]
[[turn.step]]
output = [{ message = "Only the patch was allowed." }]
"""
SETTINGS = 'approval_policy = "on-request"\nsandbox_mode = "read-only"'


def approve_patch(
    params: models.FileChangeRequestApprovalParams,
) -> models.FileChangeRequestApprovalResponse:
    """Allow every file change. Commands have no handler here and are declined."""
    print(f"asked to change files, item {params.item_id[:5]}…")
    accept = models.FileChangeApprovalDecision.accept
    return models.FileChangeRequestApprovalResponse(decision=accept)


async def main() -> None:
    """Run a turn that asks twice."""
    with (
        ResponsesStub(script=parse_script(SCRIPT)) as stub,
        tempfile.TemporaryDirectory() as folder,
    ):
        home = stub.write_home(Path(folder) / "home", settings=SETTINGS)
        async with AsyncAppServerClient.launch(codex_home=home, cwd=folder) as client:
            client.on_request("item/fileChange/requestApproval", approve_patch)
            started = await client.thread_start()
            turn = await client.start_turn(started.thread.id, "Make two files")
            async for notification in turn:
                match notification.params:
                    case models.ItemCompletedNotification(
                        item=models.FileChangeThreadItem() as item
                    ):
                        print(f"patch: {item.status}")
                    case models.ItemCompletedNotification(
                        item=models.CommandExecutionThreadItem() as item
                    ):
                        print(f"command: {item.status}")
            result = await turn.result()
            print(f"{result.status}: {result.text}")
        print(sorted(path.name for path in Path(folder).glob("by-*")))


if __name__ == "__main__":
    anyio.run(main)
