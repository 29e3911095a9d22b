"""A server that is made of a schema: one world, any number of connections."""

from __future__ import annotations

import itertools
from collections import Counter
from typing import Any

from codexwire.direction import Kind, Side
from codexwire.ir.model import Protocol, Schema, ref_to
from codexwire.proxy.memory import open_beside
from codexwire.proxy.mock import script as s
from codexwire.proxy.mock.maker import Maker
from codexwire.proxy.mock.session import Session
from codexwire.proxy.mock.world import World
from codexwire.runtime.transport.base import TransportOpener
from codexwire.wire import compile

__all__ = ["MockServer", "open_mock"]

Json = dict[str, Any]


def open_mock(server: MockServer) -> TransportOpener:
    """Return what a client opens to speak with a mock in memory; each opening is a connection."""
    return open_beside(lambda end: Session(server).serve(end))


class MockServer:
    """Answers every request of a normalized protocol, plays turns, and injects the script's faults.

    The same seed, script and requests give the same bytes. All connections share threads and turns,
    also those of blocking clients, which bring a thread each. UsageError for a script that the
    protocol does not bear: a method that it lacks, a fixed result that does not fit.
    """

    def __init__(
        self, protocol: Protocol, *, seed: int = 0, script: s.Script | None = None
    ) -> None:
        self.validators = compile(protocol)
        self.protocol = self.validators.protocol
        self.maker = Maker(self.protocol, seed)
        self.world = World(seed, self.protocol.version)
        self.sessions: list[Session] = []
        self._seen: Counter[str] = Counter()
        self._numbers = itertools.count()
        self.requests = {m.name for m in self.protocol.table(Side.SERVER, Kind.REQUEST)}
        self.script = s.Script()
        self.use(script or self.script)

    def use(self, script: s.Script) -> None:
        """Play another script on connections that begin from now on."""
        self._check(script)
        self.script = script

    def count(self, method: str) -> int:
        """Count a request of a method and return how many there were."""
        self._seen[method] += 1
        return self._seen[method]

    def next_request(self) -> int:
        """Return the id of the server's next request: they count from 0."""
        return next(self._numbers)

    def result_type(self, method: str) -> str | None:
        """Return the full name of the type that answers a client's request, None for an unknown one."""
        return self.validators.result_type(method, Side.CLIENT)

    def result_schema(self, method: str) -> Schema:
        """Return the schema of the result of a client's request; true where nobody knows it."""
        name = self.result_type(method)
        return True if name is None else ref_to(name)

    def tell_all(self, method: str, params: Json) -> None:
        """Send a notification to every client that has shaken hands."""
        for session in tuple(self.sessions):
            session.notify(method, params)

    def _check(self, script: s.Script) -> None:
        """Refuse a script that speaks of what the protocol has not."""
        asked = {m.name for m in self.protocol.table(Side.CLIENT, Kind.REQUEST)}
        told = {m.name for m in self.protocol.table(Side.SERVER, Kind.NOTIFICATION)}
        for answer in script.answers:
            self._check_method(answer.method, asked, "client request", answer.where, "method")
            self._check_result(answer)
        for fault in script.faults:
            known = asked | told | self.requests | {"*"}
            self._check_method(fault.on, known, "method", fault.where, "on")
        for step in (step for turn in script.turns for step in turn.steps):
            match step.act:
                case s.Request(method):
                    self._check_method(
                        method, self.requests, "server request", step.where, "request"
                    )
                case s.Notify(method):
                    self._check_method(method, told, "notification", step.where, "notify")

    def _check_method(self, name: str, known: set[str], what: str, where: Any, key: str) -> None:
        if name not in known and where is not None:
            raise where.problem(f"{self.world.version} has no {what} {name!r}", key)

    def _check_result(self, answer: s.Answer) -> None:
        if answer.result is None or answer.where is None:
            return
        schema = self.result_schema(answer.method)
        if not self.maker.exactly(schema, dict(answer.result)):
            text = f"does not fit the result of {answer.method} in {self.world.version}"
            raise answer.where.problem(text, "result")
