"""One session with a server: requests and their answers, and what the server says and asks meanwhile."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import count
from time import monotonic
from typing import Any, TypeAlias

from codexwire.direction import Side
from codexwire.model.message import LineError, MessageKind, kind_of, parse
from codexwire.probe.line import GoneError, Line
from codexwire.probe.log import Heard, Log, LoggedExchange, Stage, Trouble

__all__ = ["CLIENT", "OMITTED", "Clock", "ProbeSession", "Respond", "TimeUpError"]

OMITTED: Any = object()
"""Stands for params that are not sent."""

CLIENT = {"name": "codexwire-probe", "title": "codexwire probe", "version": "1.0.0"}
"""What servers are told of their client."""

Respond: TypeAlias = "Callable[[Mapping[str, Any]], Mapping[str, Any]]"
"""Returns the members (`result` or `error`) of the answer to a request of the server."""

_MOST_MESSAGES = 50_000
_PATIENCE = 3


class TimeUpError(Exception):
    """The time of the whole probe is over."""


@dataclass(frozen=True, slots=True)
class Clock:
    """When the probe has to end."""

    end: float

    @classmethod
    def of(cls, seconds: float) -> Clock:
        """Return a clock that runs out after so many seconds."""
        return cls(monotonic() + seconds)

    def within(self, seconds: float) -> float:
        """Return the moment when so many seconds are over; TimeUpError when all time is."""
        now = monotonic()
        if now >= self.end:
            raise TimeUpError
        return min(now + seconds, self.end)


@dataclass(slots=True)
class ProbeSession:
    """A connection on which requests are sent one at a time, or many at once.

    `record` is told every message; `respond` answers what the server asks. Whatever waits raises
    GoneError when the server is gone, TimeUpError when the probe's time is over.
    """

    line: Line
    log: Log
    clock: Clock
    respond: Respond
    record: Callable[[Side, bytes], None]
    experimental: bool = True
    bodies: list[Mapping[str, Any]] = field(default_factory=list)
    _silent: int = 0
    _ids: count[int] = field(default_factory=lambda: count(1))
    _answers: dict[int, Mapping[str, Any]] = field(default_factory=dict)

    def open(self, more: Mapping[str, Any] | None = None) -> LoggedExchange:
        """Say hello, with or without the capability for what is experimental; GoneError without an answer."""
        capabilities = {"experimentalApi": self.experimental, **(more or {})}
        hello = self.call("initialize", {"clientInfo": CLIENT, "capabilities": capabilities})
        if hello.answer is None:
            raise GoneError("it does not answer the hello")
        self.say({"method": "initialized"})
        return hello

    def say(self, body: Mapping[str, Any]) -> None:
        """Send any message."""
        text = json.dumps(body).encode()
        self.record(Side.CLIENT, text)
        self.line.send(text)

    def ask(self, method: str, params: Any = OMITTED) -> tuple[int, dict[str, Any]]:
        """Send a request and return its id, to be given to `answer_to`, and the message."""
        number = next(self._ids)
        body = {"id": number, "method": method}
        if params is not OMITTED:
            body["params"] = params
        self.say(body)
        return number, body

    def answer_to(self, number: int, seconds: float) -> Mapping[str, Any] | None:
        """Wait for the answer to a request; None when it does not come in time."""
        end = self.clock.within(seconds)
        while number not in self._answers:
            if not self._read(end):
                return None
        return self._answers.pop(number)

    def call(
        self,
        method: str,
        params: Any = OMITTED,
        *,
        stage: Stage = Stage.SCENARIO,
        note: str = "",
        seconds: float = 10.0,
    ) -> LoggedExchange:
        """Send a request, wait for its answer, and keep both."""
        number, body = self.ask(method, params)
        answer: Mapping[str, Any] | None = None
        try:
            answer = self.answer_to(number, seconds)
        finally:
            exchange = LoggedExchange(stage, body, answer, note)
            self.log.exchanges.append(exchange)
        self._silent = 0 if answer else self._silent + 1
        if self._silent >= _PATIENCE:
            raise GoneError("it no longer answers")
        return exchange

    def wait(
        self, wanted: Callable[[Mapping[str, Any]], bool], seconds: float, *, since: int = 0
    ) -> Mapping[str, Any] | None:
        """Return the first message of the server, from number `since` on, that is wanted; or None."""
        end = self.clock.within(seconds)
        while True:
            for body in self.bodies[since:]:
                if wanted(body):
                    return body
            since = len(self.bodies)
            if not self._read(end):
                return None

    def close(self) -> int | None:
        """End the connection; answers that nobody waited for are a trouble."""
        if self._answers:
            self._trouble(Trouble.STRAY_ANSWER, "an answer to a request that nobody sent")
        return self.line.close()

    def settle(self, seconds: float) -> None:
        """Read until the server has been quiet for so long."""
        while self._read(self.clock.within(seconds)):
            pass

    def _read(self, end: float) -> bool:
        """Take in one message of the server; false when none came until `end`."""
        text = self.line.receive(end - monotonic())
        if text is None:
            if monotonic() >= self.clock.end:
                raise TimeUpError
            return False
        self.record(Side.SERVER, text)
        self.log.server_messages += 1
        if self.log.server_messages > _MOST_MESSAGES:
            raise GoneError(f"it sent more than {_MOST_MESSAGES:,} messages")
        self._take(text)
        return True

    def _take(self, text: bytes) -> None:
        try:
            body = parse(text)
        except LineError as problem:
            self._trouble(Trouble.NO_MESSAGE, f"a line that is no JSON ({problem.kind})")
            return
        if not isinstance(body, dict):
            self._trouble(Trouble.NO_MESSAGE, "a line that is no JSON object")
            return
        kind = kind_of(body)
        if kind.is_answer:
            self._keep(body)
            return
        if kind is MessageKind.OTHER:
            self._trouble(Trouble.NO_MESSAGE, "an object that is no message")
            return
        self.bodies.append(body)
        self.log.heard.append(Heard(body, self.experimental))
        if kind is MessageKind.REQUEST:
            self.say({"id": body["id"], **self.respond(body)})

    def _trouble(self, trouble: Trouble, text: str) -> None:
        if (trouble, text) not in self.log.troubles:
            self.log.troubles.append((trouble, text))

    def _keep(self, body: Mapping[str, Any]) -> None:
        number = body.get("id")
        if type(number) is int:
            self._answers[number] = body
        else:
            self._trouble(Trouble.STRAY_ANSWER, "an answer to a request that nobody sent")
