"""Which requests the mock accepts, and the errors that it refuses the others with (0.58.0–0.169.0).

Nearly every refusal is −32600; the texts are those of the real server, as far as a validator can say
what a decoder would have said.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from codexwire.direction import Kind, Side, Stability
from codexwire.ir.model import Method, Protocol
from codexwire.location import split_pointer
from codexwire.model.experimental import experimental_members_used
from codexwire.model.message import Json
from codexwire.wire import Validators, Violation

__all__ = ["Admission", "RefusedRequest"]


_INVALID_REQUEST = -32600


class RefusedRequest(Exception):  # noqa: N818 - an answer, not a failure of ours
    """The answer to a request is an error: code, message, and data unless empty."""

    def __init__(
        self, message: str, code: int = _INVALID_REQUEST, data: Mapping[str, Any] | None = None
    ) -> None:
        super().__init__(message)
        self.error: Json = {"code": code, "message": message}
        if data:
            self.error = {"code": code, "data": dict(data), "message": message}


@dataclass(slots=True)
class Admission:
    """What one connection may do: decided by the schema, and by its handshake."""

    validators: Validators
    initialized: bool = False
    experimental: bool = False
    opted_out: frozenset[str] = frozenset()
    client: str = "client"
    methods: Mapping[str, Method] = field(init=False)

    def __post_init__(self) -> None:
        table = self._protocol.table(Side.CLIENT, Kind.REQUEST)
        self.methods = {method.name: method for method in table}

    @property
    def _protocol(self) -> Protocol:
        return self.validators.protocol

    def check(self, message: Json) -> Method:
        """Return the method of a request; Refusal when the server would not take it now."""
        name = message["method"]
        method = self.methods.get(name)
        if method is None:
            raise RefusedRequest(_unknown_variant(name, list(self.methods)))
        if message.get("params") is None and "params" in message:
            message = {k: v for k, v in message.items() if k != "params"}
        found = self.validators.check_message(message, Side.CLIENT)
        if found:
            raise RefusedRequest(_words(found[0], message))
        if name == "initialize" and self.initialized:
            raise RefusedRequest("Already initialized")
        if name != "initialize" and not self.initialized:
            raise RefusedRequest("Not initialized")
        if not self.experimental:
            self._check_stable(method, message.get("params"))
        return method

    def shake_hands(self, params: Json) -> None:
        """Store the client's name and capabilities from its `initialize`."""
        capabilities = params.get("capabilities") or {}
        info = params.get("clientInfo")
        self.client = str(info["name"] if info else params.get("clientName"))
        # An exec-server asks for no capability.
        self.experimental = info is None or bool(capabilities.get("experimentalApi"))
        self.opted_out = frozenset(capabilities.get("optOutNotificationMethods") or ())
        self.initialized = True

    def hears(self, method: Method) -> bool:
        """Whether the client gets a notification: it said hello, may have it, and wants it."""
        allowed = self.experimental or method.stability is not Stability.EXPERIMENTAL
        return self.initialized and allowed and method.name not in self.opted_out

    def _check_stable(self, method: Method, params: Any) -> None:
        if method.stability is Stability.EXPERIMENTAL:
            raise RefusedRequest(f"{method.name} requires experimentalApi capability")
        for name in experimental_members_used(self._protocol, method, params):
            raise RefusedRequest(f"{method.name}.{name} requires experimentalApi capability")


def _words(violation: Violation, message: Json) -> str:
    """Return what the server says about params that it cannot read."""
    value = _at(message, split_pointer(violation.pointer))
    match violation.rule:
        case "schema/required":
            return f"Invalid request: missing field `{violation.expected.split(chr(39))[1]}`"
        case "schema/enum" | "schema/const" if isinstance(value, str):
            listed = violation.expected.removeprefix("one of ")
            return _unknown_variant(value, json.loads(f"[{listed}]"))
        case _:
            return f"Invalid request: {violation.message}, at {violation.pointer}"


def _unknown_variant(name: str, known: list[Any]) -> str:
    listed = ", ".join(f"`{value}`" for value in known)
    few = f"expected one of {listed}" if len(known) > 1 else f"expected {listed}"
    return f"Invalid request: unknown variant `{name}`, {few}"


def _at(value: Any, path: tuple[str, ...]) -> Any:
    for step in path:
        if isinstance(value, list):
            value = value[int(step)]
        else:
            value = value.get(step) if isinstance(value, dict) else None
    return value
