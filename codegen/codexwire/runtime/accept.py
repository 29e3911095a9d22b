"""Fast and exact decisions about messages: the fast path first, and predicates for what it refuses.

The same for validators compiled in memory and for generated ones; what differs is where the
Structs and predicates of one side's methods come from (`Speaker`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from types import ModuleType
from typing import Any, NamedTuple, Protocol, TypeAlias

from msgspec import Struct

from codexwire.direction import Side
from codexwire.model.message import LineError, parse
from codexwire.runtime.checks import Predicate, is_anything
from codexwire.runtime.gates import FastPaths, response_decoder, takes

__all__ = [
    "Acceptor",
    "FastPath",
    "MessageEntry",
    "ModuleSpeaker",
    "ResultEntry",
    "Speaker",
    "holds",
    "module_acceptor",
]

FastPath: TypeAlias = Callable[[bytes], Any]
"""Takes the bytes of valid messages only; what it raises on may be valid too."""


class Speaker(Protocol):
    """What judges the messages of one side; None for a method that the side does not have."""

    def message_struct(self, method: str) -> type[Struct] | None:
        """Return the Struct of a method's messages, tagged with it; None too where there is none."""

    def message_predicate(self, method: str) -> Predicate | None:
        """Return what decides exactly about a method's decoded messages."""

    def response_decoder(self, method: str) -> FastPath | None:
        """Return the fast path for responses to a request of this side; None too where there is none."""

    def result_predicate(self, method: str) -> Predicate | None:
        """Return what decides exactly about the `result` of a request of this side.

        That is `is_anything` where nobody knows the result's type.
        """

    def envelope_predicate(self) -> Predicate:
        """Return what decides exactly about a response, its `result` aside."""


class Acceptor:
    """Decides about lines and decoded values of both sides."""

    def __init__(self, client: Speaker, server: Speaker) -> None:
        self._speakers = (client, server)
        self._client_lines = FastPaths(client.message_struct)
        self._server_lines = FastPaths(server.message_struct)

    def fast_accepts(self, line: bytes, sender: Side) -> bool:
        """Whether the fast path alone lets a line pass: if so it is valid, if not it may be."""
        lines = self._server_lines if sender == "server" else self._client_lines
        return lines.takes(line)

    def fast_accepts_result(self, line: bytes, method: str, requester: Side) -> bool:
        """Whether the fast path alone lets a response pass: if so it is valid, if not it may be."""
        decoder = self._speaker(requester).response_decoder(method)
        return decoder is not None and takes(decoder, line)

    def accepts_line(self, line: bytes, sender: Side) -> bool:
        """Whether a line is a valid request or notification of `sender`."""
        lines = self._server_lines if sender == "server" else self._client_lines
        return lines.takes(line) or self._accepts_parsed(line, sender)

    def accepts_result(self, line: bytes, method: str, requester: Side) -> bool:
        """Whether a line is a valid response to a request that `requester` sent."""
        if self.fast_accepts_result(line, method, requester):
            return True
        try:
            return self.accepts_response(parse(line), method, requester)
        except LineError:
            return False

    def accepts_message(self, message: Any, sender: Side) -> bool:
        """Whether a decoded request or notification is valid."""
        method = message.get("method") if isinstance(message, dict) else None
        if not isinstance(method, str):
            return False
        return holds(self._speaker(sender).message_predicate(method), message)

    def accepts_response(self, message: Any, method: str, requester: Side) -> bool:
        """Whether a decoded response answers a request of `requester` validly, envelope included."""
        speaker = self._speaker(requester)
        result = speaker.result_predicate(method)
        if result is None or not holds(speaker.envelope_predicate(), message):
            return False
        return "result" not in message or holds(result, message["result"])

    def accepts_value(self, method: str, result: Any, requester: Side) -> bool:
        """Whether `result` is a valid result of a request that `requester` sent."""
        return holds(self._speaker(requester).result_predicate(method), result)

    def checks_result(self, method: str, requester: Side) -> bool:
        """Whether anything is known about the `result` of a request that `requester` sent.

        If not, responses are judged by their envelope alone.
        """
        predicate = self._speaker(requester).result_predicate(method)
        return predicate is not None and predicate is not is_anything

    def _accepts_parsed(self, line: bytes, sender: Side) -> bool:
        try:
            return self.accepts_message(parse(line), sender)
        except LineError:
            return False

    def _speaker(self, side: Side) -> Speaker:
        return self._speakers[side == "server"]


def holds(predicate: Predicate | None, value: Any) -> bool:
    """Whether there is a predicate and it accepts; a value nested too deeply is accepted by none."""
    try:
        return predicate is not None and predicate(value)
    except RecursionError:
        return False


def module_acceptor(
    package: str, client: Mapping[str, str], server: Mapping[str, str], envelope: str
) -> Acceptor:
    """Return the acceptor over generated modules of `package` (see `ModuleSpeaker`)."""
    return Acceptor(
        ModuleSpeaker(package, Side.CLIENT, client, envelope),
        ModuleSpeaker(package, Side.SERVER, server, envelope),
    )


class MessageEntry(NamedTuple):
    """What a generated module has for a request or notification."""

    struct: type[Struct] | None
    predicate: Predicate


class ResultEntry(NamedTuple):
    """What a generated module has for the result of a request; `annotation` is that of a Struct's field."""

    annotation: Any
    predicate: Predicate


class ModuleSpeaker:
    """A speaker out of generated modules, each imported when one of its methods is first needed.

    `modules` maps methods to module names below `package`; each module has the dicts `MESSAGES` and
    `RESULTS`, keyed by side and method. `envelope` names the predicate of responses in `shared`.
    """

    def __init__(self, package: str, side: Side, modules: Mapping[str, str], envelope: str) -> None:
        self._package, self._side = package, side
        self._modules, self._envelope = modules, envelope
        self._decoders: dict[str, FastPath] = {}

    def message_struct(self, method: str) -> type[Struct] | None:
        """Return the Struct of a method's messages."""
        entry: MessageEntry | None = self._entry("MESSAGES", method)
        return None if entry is None else entry.struct

    def message_predicate(self, method: str) -> Predicate | None:
        """Return what decides exactly about a method's decoded messages."""
        entry: MessageEntry | None = self._entry("MESSAGES", method)
        return None if entry is None else entry.predicate

    def response_decoder(self, method: str) -> FastPath | None:
        """Return the fast path for responses to a request of this side."""
        if method not in self._decoders:
            entry: ResultEntry | None = self._entry("RESULTS", method)
            if entry is None or entry.annotation is None:
                return None
            self._decoders[method] = response_decoder(entry.annotation)
        return self._decoders[method]

    def result_predicate(self, method: str) -> Predicate | None:
        """Return what decides exactly about the `result` of a request of this side."""
        entry: ResultEntry | None = self._entry("RESULTS", method)
        return None if entry is None else entry.predicate

    def envelope_predicate(self) -> Predicate:
        """Return what decides exactly about a response, its `result` aside."""
        predicate: Predicate = getattr(self._module("shared"), self._envelope)
        return predicate

    def _entry(self, table: str, method: str) -> Any:
        name = self._modules.get(method)
        if name is None:
            return None
        return getattr(self._module(name), table).get((self._side.value, method))

    def _module(self, name: str) -> ModuleType:
        return import_module(f"{self._package}.{name}")
