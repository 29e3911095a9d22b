"""Fast and exact decisions about messages: a gate first, and predicates for what it does not take.

The same for validators compiled in memory and for generated ones; what differs is where the gates and
predicates of one side's methods come from (`Speaker`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any, NamedTuple, Protocol, TypeAlias

from msgspec import Struct
from msgspec.json import Decoder

from codexwire.direction import Side
from codexwire.runtime.checks import Predicate
from codexwire.runtime.gates import GateTable, takes
from codexwire.runtime.lines import LineError, parse

__all__ = ["Acceptor", "Gate", "MessageEntry", "ModuleSpeaker", "ResponseEntry", "Speaker", "holds"]

Gate: TypeAlias = Callable[[bytes], Any]
"""Takes the bytes of valid messages only; what it raises on may be valid too."""


class Speaker(Protocol):
    """What judges the messages of one side; None for a method that the side does not have."""

    def message_struct(self, method: str) -> type[Struct] | None:
        """Return the Struct of a method's messages, tagged with it; None too where there is none."""

    def message_predicate(self, method: str) -> Predicate | None:
        """Return what decides exactly about a method's decoded messages."""

    def response_gate(self, method: str) -> Gate | None:
        """Return the gate for responses to a request of this side; None too where there is none."""

    def response_predicate(self, method: str) -> Predicate | None:
        """Return what decides exactly about whole responses to a request of this side."""

    def result_predicate(self, method: str) -> Predicate | None:
        """Return what decides exactly about the `result` alone."""


class Acceptor:
    """Decides about lines and decoded values of both sides."""

    def __init__(self, client: Speaker, server: Speaker) -> None:
        self._speakers = (client, server)
        self._client_lines = GateTable(client.message_struct)
        self._server_lines = GateTable(server.message_struct)

    def gate_takes(self, line: bytes, sender: Side) -> bool:
        """Whether the gate alone lets a line pass: if so it is valid, if not it may be."""
        lines = self._server_lines if sender == "server" else self._client_lines
        return lines.takes(line)

    def accepts_line(self, line: bytes, sender: Side) -> bool:
        """Whether a line is a valid request or notification of `sender`."""
        lines = self._server_lines if sender == "server" else self._client_lines
        return lines.takes(line) or self._accepts_parsed(line, sender)

    def accepts_result(self, line: bytes, method: str, requester: Side) -> bool:
        """Whether a line is a valid response to a request that `requester` sent."""
        gate = self._speaker(requester).response_gate(method)
        if gate is not None and takes(gate, line):
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
        return holds(self._speaker(requester).response_predicate(method), message)

    def accepts_value(self, method: str, result: Any, requester: Side) -> bool:
        """Whether `result` is a valid result of a request that `requester` sent."""
        return holds(self._speaker(requester).result_predicate(method), result)

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


class MessageEntry(NamedTuple):
    """What a generated module has for a request or notification."""

    struct: type[Struct] | None
    predicate: Predicate


class ResponseEntry(NamedTuple):
    """What a generated module has for the response to a request; `gate` is what a decoder takes."""

    gate: Any
    predicate: Predicate
    result: Predicate


class ModuleSpeaker:
    """A speaker out of generated modules, each imported when one of its methods is first needed.

    `modules` maps methods to module names below `package`; each module has the dicts `MESSAGES` and
    `RESPONSES`, keyed by side and method.
    """

    def __init__(self, package: str, side: Side, modules: Mapping[str, str]) -> None:
        self._package, self._side, self._modules = package, side, modules
        self._gates: dict[str, Gate] = {}

    def message_struct(self, method: str) -> type[Struct] | None:
        """Return the Struct of a method's messages."""
        entry: MessageEntry | None = self._entry("MESSAGES", method)
        return None if entry is None else entry.struct

    def message_predicate(self, method: str) -> Predicate | None:
        """Return what decides exactly about a method's decoded messages."""
        entry: MessageEntry | None = self._entry("MESSAGES", method)
        return None if entry is None else entry.predicate

    def response_gate(self, method: str) -> Gate | None:
        """Return the gate for responses to a request of this side."""
        if method not in self._gates:
            entry: ResponseEntry | None = self._entry("RESPONSES", method)
            if entry is None or entry.gate is None:
                return None
            self._gates[method] = Decoder(entry.gate).decode
        return self._gates[method]

    def response_predicate(self, method: str) -> Predicate | None:
        """Return what decides exactly about whole responses to a request of this side."""
        entry: ResponseEntry | None = self._entry("RESPONSES", method)
        return None if entry is None else entry.predicate

    def result_predicate(self, method: str) -> Predicate | None:
        """Return what decides exactly about the `result` alone."""
        entry: ResponseEntry | None = self._entry("RESPONSES", method)
        return None if entry is None else entry.result

    def _entry(self, table: str, method: str) -> Any:
        module = self._modules.get(method)
        if module is None:
            return None
        entries = getattr(import_module(f"{self._package}.{module}"), table)
        return entries.get((self._side.value, method))
