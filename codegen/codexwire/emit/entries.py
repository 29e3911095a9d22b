"""The methods of a protocol with all that is known of each, for whoever writes them down."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from codexwire.direction import Kind, Side, Stability
from codexwire.emit.ids import id_tables
from codexwire.ir.model import Method, Protocol
from codexwire.model.error_kind import METHOD_NOT_FOUND
from codexwire.model.profile import Profile, profile_of
from codexwire.model.read import types_of
from codexwire.model.types import Ref, Type

__all__ = ["IdPaths", "MethodEntry", "method_entries"]


@dataclass(frozen=True, slots=True)
class IdPaths:
    """Where one kind of id stands: dotted paths in the params and in the result, best first."""

    params: tuple[str, ...]
    result: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MethodEntry:
    """One request or notification.

    `params` is the type of its params (None when it has none), `result` the type of what answers a request
    (None for a notification, and where it is not known). `ids` has the paths of each kind of id (`thread`,
    `turn`, `item`) that its messages have. `refusal` is how a client refuses a server's request, as
    `{"result": …}` or `{"error": {"code": …}}`; None for any other message.
    """

    method: Method
    params: Type | None
    result: Ref | None
    ids: Mapping[str, IdPaths]
    refusal: Mapping[str, Any] | None

    @property
    def name(self) -> str:
        """The method, as it is on the wire (`turn/start`)."""
        return self.method.name

    @property
    def sender(self) -> Side:
        """Who sends it: `client` or `server`."""
        return self.method.sender

    @property
    def kind(self) -> Kind:
        """What it is: `request` or `notification`."""
        return self.method.kind

    @property
    def stability(self) -> Stability:
        """Whether the stable schema has it: `stable`, `experimental` or `unknown`."""
        return self.method.stability

    @property
    def params_required(self) -> bool:
        """Whether its messages must have `params`."""
        return self.method.params_required

    @property
    def description(self) -> str:
        """The published description, or an empty string."""
        return self.method.description


def method_entries(protocol: Protocol) -> tuple[MethodEntry, ...]:
    """Return the methods of a normalized protocol, in published order."""
    types, profile, tables = types_of(protocol), profile_of(protocol), id_tables(protocol)
    return tuple(
        MethodEntry(
            method,
            types.params(method),
            None if method.result is None else Ref(method.result),
            {t.kind: IdPaths(*row) for t in tables if (row := t.rows.get(method.name))},
            _refusal(method, profile),
        )
        for method in protocol.methods
    )


def _refusal(method: Method, profile: Profile) -> dict[str, Any] | None:
    if (method.sender, method.kind) != (Side.SERVER, Kind.REQUEST):
        return None
    if method.name in profile.safe_answers:
        return {"result": profile.safe_answers[method.name]}
    return {"error": {"code": METHOD_NOT_FOUND}}
