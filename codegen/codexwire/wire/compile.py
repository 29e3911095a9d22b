"""Generated source becomes functions: written, compiled and kept as they are first needed."""

from __future__ import annotations

import builtins
from collections.abc import Callable
from typing import Any, TypeVar

from msgspec import Struct

from codexwire.direction import Kind, Side
from codexwire.ir.envelope import envelope_schema, message_schemas
from codexwire.ir.model import Protocol, Schema, ref_to
from codexwire.runtime import checks, gates
from codexwire.runtime.accept import FastPath
from codexwire.runtime.checks import Predicate
from codexwire.runtime.gates import response_decoder
from codexwire.wire.explain import Spot, accepts
from codexwire.wire.fast_path import FastPathWriter, has_plain_envelope
from codexwire.wire.naming import python_name
from codexwire.wire.predicates import PredicateWriter

__all__ = ["CompiledSpeaker", "Library"]

Written = TypeVar("Written")


class Library:
    """The compiled predicates and fast paths of one protocol, by the name of what they decide about.

    A name is a key of the caller's choice; asking for it again returns what it got the first time.
    Types that refer to each other in a chain too long to be written are walked, from the first on.
    """

    def __init__(self, protocol: Protocol, *, formats: bool) -> None:
        """Compile nothing yet. `formats` makes number formats assert."""
        self._filename = f"<codexwire {protocol.name} {protocol.version or 'unknown'}>"
        self._walk = Spot(protocol, formats=formats)
        self._is_too_deep = False
        self._predicate_writer = PredicateWriter(protocol, formats=formats)
        self._fast_path_writer = FastPathWriter(protocol, formats=formats)
        self._predicates: dict[str, Predicate] = {}
        self._annotations: dict[str, Any] = {}
        self._structs: dict[str, type[Struct] | None] = {}
        self._predicate_names = _namespace(checks, Any=Any)
        self._struct_names = _namespace(gates)

    def predicate(self, name: str, schema: Schema) -> Predicate:
        """Return the function that decides exactly about decoded values of a node."""
        if name not in self._predicates:
            chunk = self._written(lambda: self._predicate_writer.write({name: schema}))
            if chunk is None:
                self._predicates[name] = lambda value: accepts(self._walk, schema, value)
            else:
                self._run(chunk.text, self._predicate_names)
                self._predicates[name] = self._predicate_names[chunk.roots[name]]
        return self._predicates[name]

    def type_predicate(self, full: str) -> Predicate:
        """Return the function that decides exactly about decoded values of a named type."""
        return self.predicate(f"type {full}", ref_to(full))

    def known_type(self, full: str) -> Predicate | None:
        """Return the function that decides about a named type, if something has asked for it or needed it."""
        return self._predicate_names.get(self._predicate_writer.function_of(full))

    def annotation(self, name: str, schema: Schema) -> Any:
        """Return the annotation of a Struct's field that takes valid values only, or None.

        What it refuses may be valid too.
        """
        if name not in self._annotations:
            wanted = python_name(name)
            source = self._written(lambda: self._fast_path_writer.write(wanted, schema))
            if source is not None:
                self._run(source, self._struct_names)
            self._annotations[name] = None if source is None else self._struct_names[wanted]
        return self._annotations[name]

    def message_struct(self, name: str, method: str, schema: Schema) -> type[Struct] | None:
        """Return the Struct of a method's messages, tagged with it, or None when there is none."""
        if name not in self._structs:
            self._structs[name] = None
            written = self._written(
                lambda: self._fast_path_writer.write_message(name, method, schema)
            )
            if written is not None:
                self._run(written[1], self._struct_names)
                self._structs[name] = self._struct_names[written[0]]
        return self._structs[name]

    def _written(self, write: Callable[[], Written | None]) -> Written | None:
        """Return what a writer wrote, None once one of them has stopped half-way."""
        if self._is_too_deep:
            return None
        try:
            return write()
        except RecursionError:
            self._is_too_deep = True
            return None

    def _run(self, source: str, namespace: dict[str, Any]) -> None:
        code = builtins.compile(source, self._filename, "exec", dont_inherit=True)
        exec(code, namespace)


class CompiledSpeaker:
    """A speaker (`codexwire.runtime.accept`) whose judges are compiled when they are first needed."""

    def __init__(self, protocol: Protocol, library: Library, side: Side) -> None:
        """Look up what `side` may send: `messages` are its schemas and `results` its result types.

        The result type of a request is None where nobody knows it.
        """
        self.messages = message_schemas(protocol, side)
        self.results = {m.name: m.result for m in protocol.table(side, Kind.REQUEST)}
        self._protocol, self._library, self._side = protocol, library, side
        self._decoders: dict[str, FastPath | None] = {}

    def message_struct(self, method: str) -> type[Struct] | None:
        """Return the Struct of a method's messages."""
        schema = self.messages.get(method)
        if schema is None:
            return None
        return self._library.message_struct(f"{self._side} {method}", method, schema)

    def message_predicate(self, method: str) -> Predicate | None:
        """Return what decides exactly about a method's decoded messages."""
        schema = self.messages.get(method)
        return None if schema is None else self._library.predicate(f"{self._side} {method}", schema)

    def response_decoder(self, method: str) -> FastPath | None:
        """Return the fast path for responses to a request of this side."""
        if method not in self._decoders:
            if method not in self.results:
                return None
            self._decoders[method] = self._make_response_decoder(self.results[method])
        return self._decoders[method]

    def _make_response_decoder(self, result: str | None) -> FastPath | None:
        if not has_plain_envelope(self._protocol):
            return None
        if result is None:
            return response_decoder(gates.Raw)
        annotation = self._library.annotation(f"result {result}", ref_to(result))
        return None if annotation is None else response_decoder(annotation)

    def result_predicate(self, method: str) -> Predicate | None:
        """Return what decides exactly about the `result` alone."""
        if method not in self.results:
            return None
        name = self.results[method]
        return checks.is_anything if name is None else self._library.type_predicate(name)

    def envelope_predicate(self) -> Predicate:
        """Return what decides exactly about a response, its `result` aside."""
        schema = envelope_schema(self._protocol, "JSONRPCResponse")
        return self._library.predicate("response", schema)


def _namespace(module: Any, **more: Any) -> dict[str, Any]:
    names = {name: getattr(module, name) for name in module.__all__}
    return {"__name__": "codexwire.wire.compiled", **names, **more}
