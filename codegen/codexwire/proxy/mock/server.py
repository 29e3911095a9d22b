"""A server that is made of a schema: one state, any number of connections."""

from __future__ import annotations

import itertools
from collections import Counter

from codexwire.direction import Kind, Side
from codexwire.ir.model import Protocol, Schema, ref_to
from codexwire.model.message import Json
from codexwire.proxy.mock import script as s
from codexwire.proxy.mock.client import ConnectedClient
from codexwire.proxy.mock.fit_to_schema import SchemaFitter
from codexwire.proxy.mock.state import ServerState
from codexwire.toml import TomlValue
from codexwire.wire import compile

__all__ = ["MockServer"]


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
        self.fitter = SchemaFitter(self.protocol, seed)
        self.state = ServerState(seed, self.protocol.version)
        self.clients: list[ConnectedClient] = []
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
        for client in tuple(self.clients):
            client.notify(method, params)

    def _check(self, script: s.Script) -> None:
        """Refuse a script that names what the protocol has not."""
        asked = {m.name for m in self.protocol.table(Side.CLIENT, Kind.REQUEST)}
        told = {m.name for m in self.protocol.table(Side.SERVER, Kind.NOTIFICATION)}
        source = script.source
        for index, answer in enumerate(script.answers):
            place = source.at("answer", index)
            self._check_method(place, "method", answer.method, asked, "client request")
            self._check_result(place, answer)
        for index, fault in enumerate(script.faults):
            known = asked | told | self.requests | {"*"}
            self._check_method(source.at("fault", index), "on", fault.on, known, "method")
        for index, turn in enumerate(script.turns):
            for number, step in enumerate(turn.steps):
                place = source.at("turn", index, "step", number)
                match step:
                    case s.Request(method):
                        self._check_method(
                            place, "request", method, self.requests, "server request"
                        )
                    case s.Notify(method):
                        self._check_method(place, "notify", method, told, "notification")

    def _check_method(
        self, table: TomlValue, key: str, name: str, known: set[str], what: str
    ) -> None:
        if name not in known:
            raise table.problem(f"{self.state.version} has no {what} {name!r}", key)

    def _check_result(self, table: TomlValue, answer: s.Answer) -> None:
        schema = self.result_schema(answer.method)
        if answer.result is not None and not self.fitter.fits_whole(schema, answer.result):
            text = f"does not fit the result of {answer.method} in {self.state.version}"
            raise table.problem(text, "result")
