"""Generated source becomes functions: written, compiled and kept as they are first needed."""

from __future__ import annotations

import builtins
from collections.abc import Callable
from typing import Any, TypeAlias

from msgspec import Struct
from msgspec.json import Decoder

from codexwire.ir.model import Protocol, Schema, ref_to
from codexwire.runtime import checks, gates
from codexwire.wire.gate import GateWriter
from codexwire.wire.naming import identifier
from codexwire.wire.predicates import PredicateWriter

__all__ = ["Gate", "Library"]

Gate: TypeAlias = Callable[[bytes], Any]


class Library:
    """The compiled predicates and gates of one protocol, by the name of what they decide about.

    A name is a key of the caller's choice; asking for it again returns what it got the first time.
    """

    def __init__(self, protocol: Protocol, *, formats: bool) -> None:
        """Compile nothing yet. `formats` makes number formats assert."""
        self._filename = f"<codexwire {protocol.name} {protocol.version or 'unknown'}>"
        self._predicate_writer = PredicateWriter(protocol, formats=formats)
        self._gate_writer = GateWriter(protocol, formats=formats)
        self._predicates: dict[str, checks.Predicate] = {}
        self._gates: dict[str, Gate | None] = {}
        self._structs: dict[str, type[Struct] | None] = {}
        self._predicate_names = _namespace(checks, Any=Any)
        self._gate_names = _namespace(gates)

    def predicate(self, name: str, schema: Schema) -> checks.Predicate:
        """Return the function that decides exactly about decoded values of a node."""
        if name not in self._predicates:
            function = identifier(name)
            source = self._predicate_writer.write({function: schema}).text
            self._run(source, self._predicate_names)
            self._predicates[name] = self._predicate_names[function]
        return self._predicates[name]

    def type_predicate(self, full: str) -> checks.Predicate:
        """Return the function that decides exactly about decoded values of a named type."""
        return self.predicate(f"is {full}", ref_to(full))

    def gate(self, name: str, schema: Schema) -> Gate | None:
        """Return the function that raises for what it does not take, or None when there is none.

        It takes bytes, and only valid ones; what it raises on may be valid too.
        """
        if name not in self._gates:
            self._gates[name] = self._compile_gate(identifier(name), schema)
        return self._gates[name]

    def message_struct(self, name: str, method: str, schema: Schema) -> type[Struct] | None:
        """Return the Struct of a method's messages, tagged with it, or None when there is none."""
        if name not in self._structs:
            struct = identifier(name)
            source = self._gate_writer.write_message(struct, method, schema)
            if source is not None:
                self._run(source, self._gate_names)
            self._structs[name] = None if source is None else self._gate_names[struct]
        return self._structs[name]

    def _compile_gate(self, name: str, schema: Schema) -> Gate | None:
        source = self._gate_writer.write(name, schema)
        if source is None:
            return None
        self._run(source, self._gate_names)
        decode: Gate = Decoder(self._gate_names[name]).decode
        return decode

    def _run(self, source: str, namespace: dict[str, Any]) -> None:
        code = builtins.compile(source, self._filename, "exec", dont_inherit=True)
        exec(code, namespace)


def _namespace(module: Any, **more: Any) -> dict[str, Any]:
    names = {name: getattr(module, name) for name in module.__all__}
    return {"__name__": "codexwire.wire.compiled", **names, **more}
