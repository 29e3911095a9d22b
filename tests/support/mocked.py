"""A mock server spoken to by hand: lines in, messages out, one connection a call."""

from __future__ import annotations

import itertools
import json
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from functools import cache
from typing import Any

import anyio

from codexwire.direction import Side
from codexwire.ingest import load
from codexwire.ir.model import Protocol
from codexwire.normalize import normalize
from codexwire.proxy.mock import MockServer, open_mock, parse_script
from codexwire.proxy.mock.session import MockSession
from codexwire.runtime.transport.base import Transport, TransportFailure

__all__ = [
    "HELLO",
    "RELEASES",
    "Refused",
    "Talker",
    "converse",
    "live",
    "mock_of",
    "play",
    "protocol_of",
    "request",
    "talking",
    "violations",
]

Json = dict[str, Any]

# One of each turn that the protocol took, from the first release to the newest.
_TURNS = (58, 63, 72, 80, 92, 99, 107, 115, 120, 125, 130, 135, 140, 145, 150, 155, 160)
RELEASES = (*(f"0.{n}.0" for n in _TURNS), "0.163.0", "0.166.0", "0.169.0", "0.171.0")


class Tape:
    """Gives a session its lines in chunks and keeps what it sends."""

    def __init__(self, chunks: Sequence[Sequence[bytes]]) -> None:
        self._chunks = list(chunks)
        self.sent: list[bytes] = []
        self.errors: list[str] = []
        self.code: int | None = None

    async def receive(self) -> Sequence[bytes]:
        if not self._chunks:
            raise TransportFailure("the tape ended")
        return self._chunks.pop(0)

    async def send(self, message: bytes) -> None:
        self.sent.append(message)

    async def send_part(self, part: bytes) -> None:
        self.sent.append(part)

    async def stderr(self, text: str) -> None:
        self.errors.append(text)

    async def leave(self, code: int | None) -> None:
        self.code = code


@cache
def protocol_of(version: str, channel: str = "experimental") -> Protocol:
    return normalize(load(version, channel=channel, exact=True)).protocol


def mock_of(version: str, script: str = "", seed: int = 0) -> MockServer:
    return MockServer(protocol_of(version), seed=seed, script=parse_script(script))


def request(number: int | str, method: str, params: Any = None) -> Json:
    message = {"id": number, "method": method}
    return message if params is None else {**message, "params": params}


HELLO = request(
    "hello",
    "initialize",
    {"clientInfo": {"name": "test", "version": "1"}, "capabilities": {"experimentalApi": True}},
)


def play(server: MockServer, *messages: Any, at_once: bool = True) -> Tape:
    """Send messages (bytes as they are) on a new connection, end it, and return all that came."""
    lines = [m if isinstance(m, bytes) else json.dumps(m).encode() for m in messages]
    tape = Tape([lines] if at_once else [[line] for line in lines])
    anyio.run(MockSession(server).serve, tape)
    return tape


def converse(server: MockServer, *messages: Any) -> list[Json]:
    """Shake hands, send messages and return what comes after the handshake's answer."""
    return [json.loads(line) for line in play(server, HELLO, *messages).sent][1:]


def violations(server: MockServer, asked: Sequence[Json], sent: Sequence[Json]) -> list[str]:
    """What is wrong with messages of the server, the answers among them judged by what they answer."""
    methods = {message["id"]: message["method"] for message in asked}
    found = []
    for message in sent:
        if "method" in message:
            wrong = server.validators.check_message(message, Side.SERVER)
        elif "error" in message:
            wrong = server.validators.check_error(message)
        else:
            method = methods[message["id"]]
            wrong = server.validators.check_response(message, method, Side.CLIENT)
        name = message.get("method") or methods[message["id"]]
        found += [f"{name}{v.pointer}: {v.message}" for v in wrong]
    return found


class Talker:
    """One live connection: send messages, and wait for those that come."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self._numbers = itertools.count(1)
        self._waiting: deque[bytes] = deque()
        self.heard: list[Json] = []

    async def say(self, message: Json) -> None:
        await self._transport.send(json.dumps(message).encode())

    async def hear(self, what: str | int) -> Json:
        """The next message of a method, or the answer with an id; `heard` ends with it."""
        while True:
            while not self._waiting:
                self._waiting.extend(await self._transport.receive())
            message = json.loads(self._waiting.popleft())
            self.heard.append(message)
            if what in (message.get("method"), message.get("id")):
                return message

    async def ask(self, method: str, params: Any = None) -> Any:
        """Send a request and return its result, or its error's message as an exception."""
        number = next(self._numbers)
        await self.say(request(f"t{number}", method, params))
        answer = await self.hear(f"t{number}")
        if "error" in answer:
            raise Refused(answer["error"]["message"])
        return answer["result"]

    async def start(self, text: str = "go", thread: str | None = None) -> tuple[str, str]:
        """Start a turn, on a new thread unless one is given; return the ids of both."""
        if thread is None:
            thread = (await self.ask("thread/start", {}))["thread"]["id"]
        params = {"threadId": thread, "input": [{"type": "text", "text": text}]}
        return thread, (await self.ask("turn/start", params))["turn"]["id"]

    def told(self) -> list[str]:
        """The methods of what was heard."""
        return [message["method"] for message in self.heard if "method" in message]


class Refused(Exception):  # noqa: N818 - what the server said
    """The server answered with an error."""


@asynccontextmanager
async def talking(server: MockServer, **capabilities: Any) -> AsyncIterator[Talker]:
    async with open_mock(server)() as transport:
        talker = Talker(transport)
        info = {"name": "test", "version": "1"}
        wanted = {"experimentalApi": True, **capabilities}
        await talker.ask("initialize", {"clientInfo": info, "capabilities": wanted})
        yield talker


def live(scenario: Callable[[], Awaitable[None]], backend: str = "asyncio") -> None:
    """Run a scenario for at most a minute."""

    async def limited() -> None:
        with anyio.fail_after(60):
            await scenario()

    anyio.run(limited, backend=backend)
