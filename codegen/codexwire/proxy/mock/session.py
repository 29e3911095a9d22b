"""One connection of the mock: lines in, answers and notifications out."""

from __future__ import annotations

import logging
import math
import threading
from collections.abc import Callable, Coroutine, Sequence
from contextlib import suppress
from functools import partial
from typing import Any, Protocol

import anyio
import anyio.lowlevel
from anyio.abc import TaskGroup
from anyio.from_thread import BlockingPortal

from codexwire.direction import Kind, Side
from codexwire.ir.envelope import message_schema, response_schema
from codexwire.model.exchange import Exchange
from codexwire.model.message import (
    Json,
    MessageKind,
    RequestId,
    kind_of,
    parse,
    request_id,
)
from codexwire.proxy.memory import open_beside
from codexwire.proxy.mock.admission import Admission, RefusedRequest
from codexwire.proxy.mock.answers import answer
from codexwire.proxy.mock.call import MockCall
from codexwire.proxy.mock.client import Question
from codexwire.proxy.mock.injector import (
    Injector,
    Leave,
    Outgoing,
    Partial,
    Pause,
    Send,
    Stderr,
    encoded,
)
from codexwire.proxy.mock.server import MockServer
from codexwire.runtime.transport.base import TransportFailure, TransportOpener

__all__ = ["ClientLink", "MockSession", "open_mock"]

_LOG = logging.getLogger("codexwire.mock")


def open_mock(server: MockServer) -> TransportOpener:
    """Return what a client opens to speak with a mock in memory; each opening is a connection."""
    return open_beside(lambda end: MockSession(server).serve(end))


class ClientLink(Protocol):
    """What a session needs of the way to its client."""

    async def receive(self) -> Sequence[bytes]:
        """Wait for the client's next messages; TransportFailure when there will be no more."""

    async def send(self, message: bytes) -> None:
        """Send one message; TransportFailure when the client is gone."""

    async def send_part(self, part: bytes) -> None:
        """Send the beginning of a message whose rest never comes."""

    async def stderr(self, text: str) -> None:
        """Write to standard error, where there is one."""

    async def leave(self, code: int | None) -> None:
        """End the connection; with a code, the server."""


class MockSession:
    """A connection: what the client may do, what it hears of, what it was asked."""

    def __init__(self, server: MockServer) -> None:
        self.server = server
        self.admission = Admission(server.validators)
        self.threads: set[str] = set()
        self.listening: dict[str, str] = {}
        self._over = anyio.Event()
        self._tasks: TaskGroup
        self._injector = Injector(server.script.faults, server.fitter)
        self._asked: Exchange[RequestId, Question] = Exchange()
        self._out, self._sayings = anyio.create_memory_object_stream[Outgoing](math.inf)

    async def serve(self, link: ClientLink) -> None:
        """Serve a client until it is gone, or a fault ends the connection.

        At the end of the client's messages running turns come to their end without delays, and what
        they say still goes out.
        """
        self._thread = threading.get_ident()
        try:
            async with BlockingPortal() as self._portal, anyio.create_task_group() as connection:
                self.server.clients.append(self)
                connection.start_soon(self._write, link, connection.cancel_scope)
                async with anyio.create_task_group() as self._tasks:
                    await self._read(link)
                    self._hang_up()
                self.server.clients.remove(self)  # nobody tells it anything any more
                for say in self._injector.rest():
                    self._out.send_nowait(say)
                self._out.close()
        finally:
            with suppress(ValueError):  # it got to its end
                self.server.clients.remove(self)
            self._sayings.close()

    def start(self, task: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Run a task until it ends or the connection does."""
        self._tasks.start_soon(task)

    def post(self, action: Callable[[], object]) -> None:
        """Do something in this session's thread: blocking clients bring a thread each.

        In that thread it is done at once; from another it is done soon, or not when the session ends.
        """
        if threading.get_ident() == self._thread:
            action()
            return
        with suppress(RuntimeError):
            self._portal.start_task_soon(action)

    async def wait(self, seconds: float) -> None:
        """Sleep, but not longer than the client is there."""
        with anyio.move_on_after(seconds):
            await self.gone()

    async def gone(self) -> None:
        """Wait until the client is gone."""
        await self._over.wait()

    # What goes out

    def answer(self, rid: RequestId, method: str, result: Any) -> None:
        """Answer a request of a method with a result."""
        schema = response_schema(self.server.protocol, self.server.result_type(method))
        self._say(method, {"id": rid, "result": result}, schema)

    def refuse(self, rid: RequestId, method: str, error: Json) -> None:
        """Answer a request with an error."""
        self._say(method, {"error": error, "id": rid}, True)

    def notify(self, method: str, params: Json) -> None:
        """Send a notification if this release has it and the client wants it."""
        self.post(partial(self._notify, method, params))

    def _notify(self, method: str, params: Json) -> None:
        spec = self.server.protocol.method(method, Side.SERVER, Kind.NOTIFICATION)
        if spec is None or not self.admission.hears(spec):
            return
        want = {"method": method, "params": params, "emittedAtMs": self.server.state.now()}
        schema = message_schema(self.server.protocol, spec)
        made = self.server.fitter.fit(schema, want, f"{method}/{want['emittedAtMs']}")
        self._say(method, {k: made[k] for k in want if k in made}, schema)

    def ask(self, method: str, params: Json) -> Question:
        """Send a request of the server and return what waits for the client's answer."""
        spec = self.server.protocol.method(method, Side.SERVER, Kind.REQUEST)
        assert spec is not None, method
        question = Question(self.server.next_request())
        self._asked.ask(question.number, question)
        want = {"method": method, "id": question.number, "params": params}
        schema = message_schema(self.server.protocol, spec)
        made = self.server.fitter.fit(schema, want, f"{method}/{question.number}")
        self._say(method, {k: made[k] for k in want if k in made}, schema)
        if self._over.is_set():
            question.settle({})
        return question

    def _say(self, method: str, message: Json, schema: Any) -> None:
        for say in self._injector.pass_on(method, message, schema):
            self._out.send_nowait(say)

    async def _write(self, link: ClientLink, connection: anyio.CancelScope) -> None:
        """Send what is queued, in order, until the connection ends."""
        try:
            async for say in self._sayings:
                match say:
                    case Send(text):
                        await link.send(text)
                    case Partial(text):
                        await link.send_part(text)
                    case Pause(seconds):
                        await self.wait(seconds)
                    case Stderr(text):
                        await link.stderr(text)
                    case Leave(code):
                        await link.leave(code)
                        connection.cancel()
        except TransportFailure:
            connection.cancel()

    # What comes in

    async def _read(self, link: ClientLink) -> None:
        while True:
            try:
                lines = await link.receive()
            except TransportFailure:
                return
            for line in lines:
                self._take(line)
            await anyio.lowlevel.checkpoint()

    def _take(self, line: bytes) -> None:
        """Take one message; what a real server drops without a word is dropped here, too."""
        try:
            message = parse(line)
            encoded(
                message
            )  # a lone surrogate, a huge integer, or what is nested too deeply: no answer
        except (ValueError, RecursionError):
            return
        rid = request_id(message.get("id")) if isinstance(message, dict) else None
        if rid is None:
            return
        kind = kind_of(message)
        if kind is MessageKind.REQUEST:
            self._serve(message, rid)
        elif kind.is_answer:
            self._settle(message, rid)

    def _serve(self, message: Json, rid: RequestId) -> None:
        method = message["method"]
        try:
            spec = self.admission.check(message)
            call = MockCall(self.server, self, spec, message.get("params") or {})
            reply = answer(call, self._injector.refusal(method))
        except RefusedRequest as refusal:
            self.refuse(rid, method, refusal.error)
            return
        schema = self.server.result_schema(method)
        if not self.server.fitter.accepts(schema, reply.result):
            _LOG.error("the mock's answer to %s does not fit the schema", method)
        self.answer(rid, method, reply.result)
        for action in reply.after:
            action()

    def _settle(self, message: Json, rid: RequestId) -> None:
        """Take the answer to a question of the server; stray ones are ignored."""
        question = self._asked.take(rid)
        if question is not None:
            question.settle(message)

    def _hang_up(self) -> None:
        self._over.set()
        for _, question in self._asked:
            question.settle({})
