"""The log of a probe: every exchange, and everything that the server sent unasked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from codexwire.model.message import MessageKind, kind_of

__all__ = ["Heard", "Log", "LoggedExchange", "RequestOutcome", "Stage", "Trouble", "refusal_of"]


class Stage(StrEnum):
    """Why a request was sent.

    `scenario`: as a client would; `sweep`: to see what answers it; `closed`: without the capability for
    experimental methods.
    """

    SCENARIO = "scenario"
    SWEEP = "sweep"
    CLOSED = "closed"


class RequestOutcome(StrEnum):
    """How a request ended."""

    ANSWERED = "answered"
    REFUSED = "refused"
    UNANSWERED = "unanswered"


@dataclass(frozen=True, slots=True)
class LoggedExchange:
    """A request as it was sent and the whole message that answered it, None where none did.

    `note` names the member that it was sent for.
    """

    stage: Stage
    message: Mapping[str, Any]
    answer: Mapping[str, Any] | None
    note: str = ""

    @property
    def method(self) -> str:
        """The method of the request."""
        return str(self.message["method"])

    @property
    def outcome(self) -> RequestOutcome:
        """How it ended."""
        if self.answer is None:
            return RequestOutcome.UNANSWERED
        return RequestOutcome.ANSWERED if "result" in self.answer else RequestOutcome.REFUSED

    @property
    def result(self) -> Any:
        """The result, None where there is none."""
        return self.answer.get("result") if self.answer else None

    @property
    def refusal(self) -> str:
        """The text of the error, empty where there is none."""
        return refusal_of(self.answer)


def refusal_of(answer: Mapping[str, Any] | None) -> str:
    """Return the text of the error that an answer is, empty where it is none."""
    error = answer.get("error") if answer else None
    return str(error.get("message", "")) if isinstance(error, dict) else ""


@dataclass(frozen=True, slots=True)
class Heard:
    """A message that the server sent by itself, and whether the client may see experimental ones."""

    body: Mapping[str, Any]
    experimental: bool


class Trouble(StrEnum):
    """What can go wrong with a server, or with the probe of it.

    `gone`: it ended, hung up or fell silent; `no-message`: it sent what is no message; `stray-answer`: it
    answered what nobody asked; `time-up`: the probe had to end; `not-sent`: requests that no server got to.
    """

    GONE = "gone"
    NO_MESSAGE = "no-message"
    STRAY_ANSWER = "stray-answer"
    TIME_UP = "time-up"
    NOT_SENT = "not-sent"


@dataclass(slots=True)
class Log:
    """Everything that was said, in order; `troubles` are sentences, by what went wrong.

    `rollouts` maps the kinds of records in the sessions that the servers saved to their keys.
    """

    exchanges: list[LoggedExchange] = field(default_factory=list)
    heard: list[Heard] = field(default_factory=list)
    troubles: list[tuple[Trouble, str]] = field(default_factory=list)
    rollouts: dict[str, set[str]] = field(default_factory=dict)
    server_messages: int = 0

    @property
    def answered(self) -> bool:
        """Whether the server ever answered, be it with an error."""
        return any(exchange.answer is not None for exchange in self.exchanges)

    def of(self, method: str, *stages: Stage) -> Iterator[LoggedExchange]:
        """Yield the exchanges of a method, of all stages or of some."""
        for exchange in self.exchanges:
            if exchange.method == method and (not stages or exchange.stage in stages):
                yield exchange

    def sent(self, *stages: Stage) -> set[str]:
        """Return the methods that were sent."""
        return {e.method for e in self.exchanges if not stages or e.stage in stages}

    def seen(self, kind: MessageKind) -> set[str]:
        """Return the methods of requests or notifications that the server sent by itself."""
        return {str(h.body["method"]) for h in self.heard if kind_of(h.body) is kind}
