"""The validators of one protocol: fast decisions about bytes and values, and every violation."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from msgspec import Struct

from codexwire.direction import Side
from codexwire.errors import UsageError
from codexwire.ir.canonical import protocol_digest
from codexwire.ir.complete import complete
from codexwire.ir.envelope import envelope_schema, response_schema
from codexwire.ir.model import Protocol, Schema, ref_to
from codexwire.location import split_pointer
from codexwire.model.cached import cached
from codexwire.near import did_you_mean
from codexwire.runtime.accept import Acceptor, holds
from codexwire.runtime.gates import FastPaths
from codexwire.wire.compile import CompiledSpeaker, Library
from codexwire.wire.envelope import too_deep
from codexwire.wire.explain import Spot, describe, explain
from codexwire.wire.violation import Violation

__all__ = ["Validators", "compile"]

_HAS_METHOD: Schema = {"required": ["method"], "properties": {"method": {"type": "string"}}}

_SHOWN = 80

_CACHE: dict[tuple[str, bool], Validators] = {}


def compile(protocol: Protocol, *, formats: bool = False) -> Validators:
    """Return the validators of a protocol; the same ones for the same protocol.

    `formats` makes number formats (`int32`, `uint64` …) assert their ranges. A keyword that JSON Schema
    draft-07 does not have is ignored (`codexwire.ir.keywords.unknown_keywords` names those).
    """
    key = (protocol_digest(protocol), formats)
    if key not in _CACHE:
        _CACHE[key] = Validators(protocol, formats=formats)
    return _CACHE[key]


class Validators(Acceptor):
    """Everything that decides about messages of one protocol.

    `accepts_…` decide fast; `check_…` return every violation and are asked when `accepts_…` said no.
    Both always agree. Lines are the bytes of one message; values are decoded JSON: None, bool, int,
    float, str, list and dict themselves, not subclasses of them.

    `unchecked` names the types that the schema refers to and does not define: such a reference says
    nothing about a value, so anything is valid there.
    """

    def __init__(self, protocol: Protocol, *, formats: bool = False) -> None:
        """Prepare for a protocol; nothing is compiled yet."""
        self.protocol, self.unchecked = cached(complete, protocol)
        self.formats = formats
        self._library = Library(self.protocol, formats=formats)
        self._client = CompiledSpeaker(self.protocol, self._library, Side.CLIENT)
        self._server = CompiledSpeaker(self.protocol, self._library, Side.SERVER)
        super().__init__(self._client, self._server)

    def knows(self, method: str, sender: Side) -> bool:
        """Whether `sender` has a request or notification of that name."""
        return method in self._side(sender).messages

    def result_type(self, method: str, requester: Side) -> str | None:
        """Return the full name of the type that answers a request.

        None when there is no such request, or nobody knows its type: then `knows` is true, any JSON
        is accepted as the result, and `checks_result` is false.
        """
        return self._side(requester).results.get(method)

    def fast_path(
        self,
        sender: Side,
        of_message: Callable[[str, type[Struct]], type[Struct] | None],
        around: Callable[[Any], Any],
    ) -> FastPaths:
        """Return the fast path for lines that hold a request or notification of `sender` in something else.

        `of_message` is told a method and the Struct of its messages, and returns the one to use, if any;
        `around` the type of all of them, and returns that of a line.
        """

        def make(method: str) -> type[Struct] | None:
            struct = self._side(sender).message_struct(method)
            return None if struct is None else of_message(method, struct)

        return FastPaths(make, around)

    def accepts_type(self, name: str, value: Any) -> bool:
        """Whether a value is valid as the type of a full name; UsageError when there is none."""
        return holds(self._library.type_predicate(self._known(name)), value)

    def accepts_error(self, message: Any) -> bool:
        """Whether a decoded error response is valid."""
        schema = envelope_schema(self.protocol, "JSONRPCError")
        return holds(self._library.predicate("JSONRPCError", schema), message)

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
        schema = self._side(sender).messages.get(method)
        if schema is None:
            return (_unknown_method(method, sender, "/method"),)
        return self._check(schema, message, (), f"{sender} {method}", show_values)

    def check_result(
        self, method: str, result: Any, requester: Side, *, show_values: bool = False
    ) -> tuple[Violation, ...]:
        """Return every violation of a response's `result`, pointers starting at `/result`.

        The response to a method that `requester` does not have is one violation at the root.
        """
        results = self._side(requester).results
        if method not in results:
            return (_unknown_method(method, requester, ""),)
        name = results[method]
        if name is None:
            return ()
        return self._check(ref_to(name), result, ("result",), name, show_values)

    def check_response(
        self, message: Any, method: str, requester: Side, *, show_values: bool = False
    ) -> tuple[Violation, ...]:
        """Return every violation of a whole response, of its envelope as well as of its result."""
        results = self._side(requester).results
        if method not in results:
            return (_unknown_method(method, requester, ""),)
        schema = response_schema(self.protocol, results[method])
        return self._check(schema, message, (), f"response to {method}", show_values)

    def check_error(self, message: Any, *, show_values: bool = False) -> tuple[Violation, ...]:
        """Return every violation of an error response against the published JSONRPCError."""
        return self._check_named("JSONRPCError", message, show_values)

    def check_envelope(self, message: Any, *, show_values: bool = False) -> tuple[Violation, ...]:
        """Return every violation of the JSON-RPC envelope of a response or an error.

        A message that is neither is told so; one with a method is `check_message`'s business.
        """
        if not isinstance(message, dict):
            return (_no_object(message, show_values),)
        if "method" in message:
            return ()
        if "error" in message:
            return self._check_named("JSONRPCError", message, show_values)
        if "result" in message:
            return self._check_named("JSONRPCResponse", message, show_values)
        text = "the message has no method, no result and no error"
        return (Violation("envelope/kind", "", text, "method, result or error", "none of them"),)

    def check_type(
        self, name: str, value: Any, *, pointer: str = "", show_values: bool = False
    ) -> tuple[Violation, ...]:
        """Return every violation of a value as the type of a full name, below `pointer`."""
        at = split_pointer(pointer)
        return self._check(ref_to(self._known(name)), value, at, name, show_values)

    def _side(self, side: Side) -> CompiledSpeaker:
        return self._server if side == "server" else self._client

    def _check_named(self, name: str, message: Any, show_values: bool) -> tuple[Violation, ...]:
        schema = envelope_schema(self.protocol, name)
        return self._check(schema, message, (), name, show_values)

    def _check(
        self, schema: Schema, value: Any, at: Iterable[str | int], owner: str, show_values: bool
    ) -> tuple[Violation, ...]:
        spot = Spot(
            self.protocol,
            tuple(at),
            owner,
            (),
            self.formats,
            show_values,
            self._library.known_type,
        )
        try:
            return tuple(explain(spot, schema, value))
        except RecursionError:
            return (too_deep(),)

    def _known(self, name: str) -> str:
        if name not in self.protocol.types:
            raise UsageError(
                f"the protocol has no type {name!r}",
                hint=did_you_mean(name, self.protocol.types)
                or "the full name of a type has its namespace in front",
            )
        return name


def _unknown_method(method: str, sender: Side, pointer: str) -> Violation:
    text = f"the {sender} has no method {method[:_SHOWN]!r} in this schema"
    return Violation("schema/unknown-method", pointer, text, "a published method")


def _no_object(message: Any, show_values: bool) -> Violation:
    got = describe(message, show_values=show_values)
    return Violation("envelope/object", "", f"expected an object, got {got}", "object", got)
