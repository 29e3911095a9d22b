"""What a client answers to the server's requests when nobody decides: valid, and nothing happens."""

from __future__ import annotations

from typing import Any

import anyio
import pytest
from fake_app_server import FakeServer

from codexwire.direction import Side
from codexwire.ingest import load
from codexwire.normalize import normalize
from codexwire.runtime.client import AsyncClient
from codexwire.runtime.transport import MemoryServer
from codexwire.wire import Validators

NO_TOOL = {"type": "inputText", "text": "This client has no such tool."}
ANSWERS: dict[str, dict[str, Any]] = {
    "item/commandExecution/requestApproval": {"decision": "decline"},
    "item/fileChange/requestApproval": {"decision": "decline"},
    "item/permissions/requestApproval": {"permissions": {}},
    "item/tool/requestUserInput": {"answers": {}},
    "item/tool/call": {"success": False, "contentItems": [NO_TOOL]},
    "mcpServer/elicitation/request": {"action": "decline", "content": None},
    "execCommandApproval": {"decision": "denied"},
    "applyPatchApproval": {"decision": "denied"},
}


@pytest.mark.anyio
@pytest.mark.parametrize("method", ANSWERS)
async def test_what_nobody_decides_is_declined(method: str, server: FakeServer) -> None:
    async def ask(end: MemoryServer, message: Any) -> None:
        await end.send({"method": method, "id": 1, "params": {}})
        with anyio.fail_after(10):
            while not any("method" not in seen for seen in server.seen):
                await anyio.sleep(0.01)
        await end.answer(message, {})

    server.answers["demo"] = ask
    async with AsyncClient(server.open) as client:
        await client.request("demo")
    assert [seen for seen in server.seen if "method" not in seen] == [
        {"id": 1, "result": ANSWERS[method]}
    ]


@pytest.mark.parametrize("method", ANSWERS)
def test_an_answer_is_valid_where_it_is_asked_for(method: str) -> None:
    """`denied` has become an object in 0.145.0, but releases after 0.107.0 do not ask so any more."""
    release = "0.171.0" if "/" in method else "0.99.0"
    validators = Validators(normalize(load(release)).protocol)
    assert validators.accepts_value(method, ANSWERS[method], Side.SERVER)
