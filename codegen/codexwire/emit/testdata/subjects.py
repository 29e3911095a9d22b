"""What there are vectors of: the messages of each method, the responses to it, and each type."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from codexwire.direction import Kind, Side
from codexwire.ir.envelope import message_schema, response_schema
from codexwire.ir.model import Method, Protocol, Schema, ref_to
from codexwire.location import JsonPath, join_pointer
from codexwire.model.profile import profile_of
from codexwire.model.read import types_of
from codexwire.model.types import Ref, Type
from codexwire.wire import Validators, Violation

__all__ = ["TestSubject", "subjects"]

_IN_REFERENCES = "/~:@!$&'()*+,;="
REQUEST_ID = 7
"""The id of requests and responses in vectors."""


@dataclass(frozen=True, slots=True, eq=False)
class TestSubject:
    """What a vector is of, and who judges it.

    `of` is `message`, `response` or `type`, `name` a method or the full name of a type; `method` is None for
    a type. `payload` is the type of what is varied, and `part` the member that holds it (none: all of the
    value). `schema` is the JSON Schema of the value, `place` where the schema file has it.
    """

    validators: Validators
    of: str
    name: str
    payload: Type | None
    schema: Schema
    part: str = ""
    method: Method | None = None
    sender: Side | None = None

    @property
    def facts(self) -> dict[str, Any]:
        """What it is: `of`, `name`, and of a message who sends it and its kind."""
        found: dict[str, Any] = {"of": self.of, "name": self.name}
        if self.sender is not None:
            found["sender"] = self.sender.value
        if self.method is not None and self.of == "message":
            found["kind"] = self.method.kind.value
        return found

    @property
    def label(self) -> str:
        """Its name in the schema file, which is its alone."""
        facts = self.facts
        return ".".join(facts[key] for key in ("of", "sender", "kind", "name") if key in facts)

    @property
    def place(self) -> str:
        """Where the schema file has its schema: a reference into it."""
        return "#" + quote(join_pointer(self._steps), safe=_IN_REFERENCES)

    @property
    def _steps(self) -> tuple[str, ...]:
        if self.of != "type":
            return f"{self.of}s", self.label
        spaces = self.validators.protocol.namespaces
        space = spaces.of(self.name)
        nested = (space,) if space in spaces.nested else ()
        return "definitions", *nested, spaces.bare(self.name)

    @property
    def prefix(self) -> JsonPath:
        """Where the payload stands."""
        return (self.part,) if self.part else ()

    def whole(self, payload: Any) -> Any:
        """Return the value that has a payload."""
        if not self.part:
            return payload
        return {**self.bare, self.part: payload}

    @property
    def bare(self) -> dict[str, Any]:
        """The members of a message around its payload."""
        method = self.method
        has_id = method is not None and method.kind is Kind.REQUEST
        named = {"method": self.name} if self.of == "message" else {}
        return {**({"id": REQUEST_ID} if has_id else {}), **named}

    def violations(self, value: Any) -> tuple[Violation, ...]:
        """Return what is wrong with a value."""
        if self.sender is None:
            return self.validators.check_type(self.name, value)
        if self.of == "message":
            return self.validators.check_message(value, self.sender)
        return self.validators.check_response(value, self.name, self.sender.other)

    def ids(self, value: Any) -> dict[str, Any]:
        """Return the ids of a message by kind; a type has none."""
        if self.method is None:
            return {}
        identities = profile_of(self.validators.protocol).identities
        payload = value.get(self.part) if isinstance(value, dict) else None
        found = {k: identities.id_of(k, self.name, payload, self.part) for k in identities.kinds}
        return {kind: held for kind, held in found.items() if held is not None}


def subjects(validators: Validators) -> Iterator[TestSubject]:
    """Yield the messages of every method, the responses whose type is known, and all types by name."""
    protocol = validators.protocol
    for method in protocol.methods:
        yield _messages(validators, protocol, method)
    for method in protocol.methods:
        if method.result is not None:
            yield _responses(validators, protocol, method, method.result)
    for name in sorted(protocol.types):
        yield TestSubject(validators, "type", name, Ref(name), ref_to(name))


def _messages(validators: Validators, protocol: Protocol, method: Method) -> TestSubject:
    return TestSubject(
        validators,
        "message",
        method.name,
        types_of(protocol).params(method),
        message_schema(protocol, method),
        "params",
        method,
        method.sender,
    )


def _responses(
    validators: Validators, protocol: Protocol, method: Method, result: str
) -> TestSubject:
    sender = method.sender.other
    schema = response_schema(protocol, result)
    return TestSubject(
        validators, "response", method.name, Ref(result), schema, "result", method, sender
    )
