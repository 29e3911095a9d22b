"""A handler for a request that no table knows.

An early design of the app-server sent its model calls to the client, as a request `responsesApi/call`.
No release has it. A client answers it all the same: handlers are looked up by name, params and result of
an unknown method are plain JSON values. What has neither a handler nor, as approvals have, a safe answer,
gets an error. The server here is a few lines in memory.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import anyio

from codex_app_server_protocol import AsyncAppServerClient
from codexwire.runtime.client import ClientOptions
from codexwire.runtime.transport import MemoryServer, Transport, memory_pair, open_memory


async def call_model(params: Any) -> dict[str, Any]:
    """Answer a model call; `params` is what `decode_request` makes of a method that it does not know."""
    print(f"asked for {params.raw['model']}")
    return {"output": [{"type": "message", "text": "Hello from the client."}]}


async def serve(server: MemoryServer) -> None:
    """Shake hands, then ask the client twice."""
    await server.answer(await server.receive(), {"userAgent": "demo/0.171.0 (memory)"})
    await server.receive()  # initialized
    for number, method in enumerate(("responsesApi/call", "no/such/method")):
        await server.send({"method": method, "id": number, "params": {"model": "gpt-5.5"}})
        answer = await server.receive()
        print(method, answer.get("result") or answer["error"]["message"])
    await server.notify("warning", {"message": "that was all"})


async def main() -> None:
    """Let a server in memory ask a client."""
    transport, server = memory_pair()

    @asynccontextmanager
    async def opened() -> AsyncIterator[Transport]:
        async with open_memory(transport), anyio.create_task_group() as tasks:
            tasks.start_soon(serve, server)
            yield transport

    options = ClientOptions(handlers={"responsesApi/call": call_model})
    async with AsyncAppServerClient(opened, options) as client:
        async for notification in client.notifications(methods=("warning",)):
            print(notification.params.message)
            break
    await server.aclose()


if __name__ == "__main__":
    anyio.run(main)
