"""A protocol becomes validators: written, compiled and kept as they are first needed."""

from __future__ import annotations

import builtins
import functools
from collections.abc import Callable, Iterable
from typing import Any

from codexwire.direction import Kind, Side
from codexwire.errors import UsageError
from codexwire.ir.canonical import protocol_digest
from codexwire.ir.model import Protocol, Schema, ref_to
from codexwire.location import split_pointer
from codexwire.runtime import checks
from codexwire.wire.envelope import decode, envelope_schema, message_schemas, too_deep
from codexwire.wire.explain import Spot, explain
from codexwire.wire.keywords import check_keywords
from codexwire.wire.predicates import PredicateWriter, identifier
from codexwire.wire.violation import Violation

__all__ = ["Validators", "compile"]

_HAS_METHOD: Schema = {"required": ["method"], "properties": {"method": {"type": "string"}}}

_CACHE: dict[tuple[str, bool], Validators] = {}


def compile(protocol: Protocol, *, formats: bool = False) -> Validators:
    """Return the validators of a protocol; the same ones for the same protocol.

    `formats` makes number formats (`int32`, `uint64` …) assert their ranges. Raises IngestError for a
    schema with a keyword that the validators do not implement.
    """
    key = (protocol_digest(protocol), formats)
    if key not in _CACHE:
        check_keywords(protocol)
        _CACHE[key] = Validators(protocol, formats=formats)
    return _CACHE[key]


class Validators:
    """Everything that decides about messages of one protocol.

    `accepts_…` decide fast; `check_…` return every violation and are asked when `accepts_…` said no.
    Both always agree. Values are decoded JSON: None, bool, int, float, str, list and dict themselves.
    """

    def __init__(self, protocol: Protocol, *, formats: bool = False) -> None:
        """Prepare for a protocol that `check_keywords` has passed; nothing is compiled yet."""
        self.protocol = protocol
        self.formats = formats
        self._messages = {side: message_schemas(protocol, side) for side in Side}
        self._results = {
            (m.sender, m.name): m.result
            for m in protocol.methods
            if m.kind is Kind.REQUEST and m.result is not None
        }
        self._writer = PredicateWriter(protocol, formats=formats)
        self._namespace: dict[str, Any] = {
            "Any": Any,
            **{name: getattr(checks, name) for name in checks.__all__},
        }

    def knows(self, method: str, sender: Side) -> bool:
        """Whether `sender` has a request or notification of that name."""
        return method in self._messages[sender]

    def accepts_message(self, message: Any, sender: Side) -> bool:
        """Whether a decoded request or notification is valid."""
        method = message.get("method") if isinstance(message, dict) else None
        if not isinstance(method, str) or method not in self._messages[sender]:
            return False
        return _decide(self._message_predicate(sender, method), message)

    def accepts_value(self, method: str, result: Any, requester: Side) -> bool:
        """Whether `result` is a valid result of a request that `requester` sent."""
        name = self._results.get((requester, method))
        return name is not None and self.accepts_type(name, result)

    def accepts_type(self, name: str, value: Any) -> bool:
        """Whether a value is valid as the type of a full name; UsageError when there is none."""
        return _decide(self._type_predicate(self._known(name)), value)

    def accepts_line(self, line: bytes, sender: Side) -> bool:
        """Whether a line is a valid request or notification of `sender`."""
        message, broken = decode(line)
        return broken is None and self.accepts_message(message, sender)

    def accepts_result(self, line: bytes, method: str, requester: Side) -> bool:
        """Whether a line is a valid response to a request that `requester` sent."""
        message, broken = decode(line)
        return broken is None and not self.check_response(message, method, requester)

    def check_message(
        self, message: Any, sender: Side, *, show_values: bool = False
    ) -> tuple[Violation, ...]:
        """Return every violation of a decoded request or notification.

        A method that `sender` does not have is one violation at `/method`.
        """
        if not isinstance(message, dict):
            return (_no_object(message, show_values),)
        method = message.get("method")
        if not isinstance(method, str):
            return self._check(_HAS_METHOD, message, (), f"{sender} message", show_values)
        schema = self._messages[sender].get(method)
        if schema is None:
            return (_unknown_method(method, sender, "/method"),)
        return self._check(schema, message, (), f"{sender} {method}", show_values)

    def check_result(
        self, method: str, result: Any, requester: Side, *, show_values: bool = False
    ) -> tuple[Violation, ...]:
        """Return every violation of a response's `result`, pointers starting at `/result`.

        The response to a method that `requester` does not have is one violation at the root.
        """
        name = self._results.get((requester, method))
        if name is None:
            return (_unknown_method(method, requester, ""),)
        return self._check(ref_to(name), result, ("result",), name, show_values)

    def check_response(
        self, message: Any, method: str, requester: Side, *, show_values: bool = False
    ) -> tuple[Violation, ...]:
        """Return every violation of a whole response: of its envelope, then of its result."""
        found = self.check_envelope(message, show_values=show_values)
        if isinstance(message, dict) and "result" in message:
            result = message["result"]
            found += self.check_result(method, result, requester, show_values=show_values)
        return found

    def check_error(self, message: Any, *, show_values: bool = False) -> tuple[Violation, ...]:
        """Return every violation of an error response against the published JSONRPCError."""
        return self._check_named("JSONRPCError", message, show_values)

    def check_envelope(self, message: Any, *, show_values: bool = False) -> tuple[Violation, ...]:
        """Return every violation of the JSON-RPC envelope of a response or an error.

        A message that carries neither is told so; one with a method is `check_message`'s business.
        """
        if isinstance(message, dict):
            if "error" in message:
                return self._check_named("JSONRPCError", message, show_values)
            if "result" in message:
                return self._check_named("JSONRPCResponse", message, show_values)
            if "method" in message:
                return ()
            text = "the message has no method, no result and no error"
            return (
                Violation("envelope/kind", "", text, "method, result or error", "none of them"),
            )
        return (_no_object(message, show_values),)

    def check_type(
        self, name: str, value: Any, *, pointer: str = "", show_values: bool = False
    ) -> tuple[Violation, ...]:
        """Return every violation of a value as the type of a full name, below `pointer`."""
        at = split_pointer(pointer)
        return self._check(ref_to(self._known(name)), value, at, name, show_values)

    def _check_named(self, name: str, message: Any, show_values: bool) -> tuple[Violation, ...]:
        schema = envelope_schema(self.protocol, name)
        return self._check(schema, message, (), name, show_values)

    def _check(
        self, schema: Schema, value: Any, at: Iterable[str | int], owner: str, show_values: bool
    ) -> tuple[Violation, ...]:
        spot = Spot(self.protocol, tuple(at), owner, (), self.formats, show_values)
        try:
            return tuple(explain(spot, schema, value))
        except RecursionError:
            return (too_deep(),)

    def _known(self, name: str) -> str:
        if name not in self.protocol.types:
            raise UsageError(f"the protocol has no type {name!r}", hint="names read v2/Thread")
        return name

    @functools.cache  # noqa: B019 - validators live as long as the process, in `_CACHE`
    def _message_predicate(self, sender: Side, method: str) -> checks.Predicate:
        name = identifier(f"{sender}/{method}")
        self._run(self._writer.write({name: self._messages[sender][method]}).text, name)
        predicate: checks.Predicate = self._namespace[name]
        return predicate

    @functools.cache  # noqa: B019
    def _type_predicate(self, full: str) -> checks.Predicate:
        name = self._writer.type_function(full)
        self._run(self._writer.write({}).text, name)
        predicate: checks.Predicate = self._namespace[name]
        return predicate

    def _run(self, source: str, name: str) -> None:
        exec(_code(source, f"<codexwire {self.protocol.version} {name}>"), self._namespace)


def _code(source: str, filename: str) -> Any:

    return builtins.compile(source, filename, "exec")


def _decide(predicate: checks.Predicate, value: Any) -> bool:
    try:
        return predicate(value)
    except RecursionError:
        return False


def _unknown_method(method: str, sender: Side, pointer: str) -> Violation:
    text = f"the {sender} has no method {method!r} in this schema"
    return Violation("schema/unknown-method", pointer, text, "a published method")


def _no_object(message: Any, show_values: bool) -> Violation:
    got = Spot(Protocol("", None, (), {}, ()), show_values=show_values).got(message)
    return Violation("envelope/object", "", f"expected an object, got {got}", "object", got)
