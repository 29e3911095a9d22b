"""An exec-server of a few lines, in memory, for tests of its clients."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from typing import Any, TypeAlias

import anyio

from codexwire.runtime.transport import MemoryServer, Transport, memory_pair, open_memory
from codexwire.runtime.transport.base import TransportFailure, background_tasks

__all__ = ["FakeExecServer", "b64", "chunk"]

Play: TypeAlias = "Callable[[FakeExecServer, str], Coroutine[Any, Any, None]]"


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def chunk(seq: int, data: bytes, stream: str = "stdout") -> dict[str, Any]:
    return {"seq": seq, "stream": stream, "chunk": b64(data)}


class FakeExecServer:
    """It shakes hands, plays a process when one is started, and has `kept` to be read.

    `uris`: it takes paths as URIs only. `forgets` makes reads of processes fail;
    `silent` are the methods that get no answer.
    """

    def __init__(self, play: Play | None = None, *, info: Any = None, uris: bool = False) -> None:
        self.play = play
        self.info = info
        self.uris = uris
        self.forgets = False
        self.silent: set[str] = set()
        self.kept: list[dict[str, Any]] = []
        self.state: dict[str, Any] = {"exited": False, "exitCode": None, "closed": False}
        self.seen: list[Any] = []
        self.answers: dict[str, Any] = {}
        self.end: MemoryServer

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Transport]:
        transport, self.end = memory_pair()
        async with open_memory(transport), background_tasks(self._serve):
            yield transport

    def sent(self, method: str) -> list[Any]:
        """The params of what the client sent."""
        return [m.get("params") for m in self.seen if m.get("method") == method]

    async def output(self, process: str, seq: int, data: bytes, stream: str = "stdout") -> None:
        await self.end.notify("process/output", {"processId": process, **chunk(seq, data, stream)})

    async def exited(self, process: str, seq: int, code: int = 0) -> None:
        await self.end.notify(
            "process/exited", {"processId": process, "seq": seq, "exitCode": code}
        )

    async def closed(self, process: str, seq: int) -> None:
        await self.end.notify("process/closed", {"processId": process, "seq": seq})

    async def _serve(self) -> None:
        async with anyio.create_task_group() as tasks:
            with suppress(TransportFailure):
                while True:
                    message = await self.end.receive()
                    self.seen.append(message)
                    if "id" in message and message["method"] not in self.silent:
                        await self._answer(message)
                    if message["method"] == "process/start" and self.play is not None:
                        tasks.start_soon(self.play, self, message["params"]["processId"])

    async def _answer(self, message: Any) -> None:
        method, params = message["method"], message.get("params", {})
        path = params.get("cwd") or params.get("path")
        if self.uris and path is not None and not path.startswith("file://"):
            await self.end.refuse(message, -32602, "invalid URI: relative URL without a base")
        elif method in self.answers:
            answer = self.answers[method]
            await (
                self.end.refuse(message, *answer)
                if isinstance(answer, tuple)
                else self.end.answer(message, answer)
            )
        elif method == "initialize":
            info = {} if self.info is None else {"environmentInfo": self.info}
            await self.end.answer(message, {"sessionId": "s-1", **info})
        elif method == "process/read" and self.forgets:
            await self.end.refuse(message, -32600, f"unknown process id {params['processId']}")
        elif method == "process/read":
            chunks = [c for c in self.kept if c["seq"] > params.get("afterSeq", 0)]
            last = max((c["seq"] for c in self.kept), default=0)
            await self.end.answer(
                message, {"chunks": chunks, "nextSeq": last + 1, "failure": None, **self.state}
            )
        elif method == "process/start":
            await self.end.answer(message, {"processId": params["processId"]})
        else:
            await self.end.answer(message, {"status": "accepted", "running": True})
