"""The four method tables of the generated package."""

from __future__ import annotations

from collections.abc import Mapping

from codexwire.direction import Kind
from codexwire.emit.render import render
from codexwire.ir.model import UNIONS, Method, Protocol
from codexwire.model.read import Types, types_of
from codexwire.model.types import Object, Ref, Type, is_null, split_nullable

__all__ = ["TABLE_NAMES", "params_class", "plan_methods"]

TABLE_NAMES = {
    "ClientRequest": "CLIENT_REQUESTS",
    "ServerRequest": "SERVER_REQUESTS",
    "ClientNotification": "CLIENT_NOTIFICATIONS",
    "ServerNotification": "SERVER_NOTIFICATIONS",
}


def plan_methods(protocol: Protocol, class_of: Mapping[str, str]) -> str:
    """Return the source of `methods.py`.

    The protocol is a prepared one; `class_of` maps full type names to the class names of `models`.
    """
    tables = [
        (
            TABLE_NAMES[union.union],
            union,
            [_row(protocol, m, class_of) for m in protocol.table(union.sender, union.kind)],
        )
        for union in UNIONS
    ]
    return render("methods.py.jinja", tables=tables)


def _row(protocol: Protocol, method: Method, class_of: Mapping[str, str]) -> tuple[str, str]:
    """Return the method's name and the arguments of its `Spec`."""
    params, nullable = params_class(protocol, method, class_of)
    arguments = [repr_name(params)]
    if method.result is not None:
        arguments.append(repr_name(class_of[method.result]))
    unknown = method.kind is Kind.REQUEST and method.result is None
    optional = {
        "result_by": '"unknown"' if unknown else None,
        "stability": None if method.stability == "stable" else f'"{method.stability}"',
        "namespace": None
        if method.namespace == protocol.namespaces.newest
        else f'"{method.namespace}"',
        "nullable": True if nullable or not method.params_required else None,
        "deprecated": True if "x-deprecated" in method.branch else None,
        "published": None if method.published else False,
    }
    arguments += [f"{key}={value}" for key, value in optional.items() if value is not None]
    return method.name, ", ".join(arguments)


def repr_name(name: str | None) -> str:
    """Return a class name as a Python literal."""
    return "None" if name is None else f'"{name}"'


def params_class(
    protocol: Protocol, method: Method, class_of: Mapping[str, str]
) -> tuple[str | None, bool]:
    """Return the class name of a method's params (None when there are none) and whether null fits.

    There are none when they are absent or null, also where an empty object may stand in place of null.
    """
    types = types_of(protocol)
    params = types.params(method)
    if params is None or _is_nothing(params):
        return None, True
    inner, nullable = _named(types, params)
    return None if inner is None else class_of[inner], nullable


def _is_nothing(params: Type) -> bool:
    inner, nullable = split_nullable(params)
    empty = isinstance(inner, Object) and inner.is_closed and not inner.properties
    return is_null(params) or (nullable and empty)


def _named(types: Types, params: Type) -> tuple[str | None, bool]:
    """Follow nullable wrappers, named ones too, to the type that the non-null params have."""
    inner, nullable = split_nullable(params)
    if not isinstance(inner, Ref):
        return None, nullable
    deeper, also = split_nullable(types.named(inner.name))
    return (deeper.name, True) if also and isinstance(deeper, Ref) else (inner.name, nullable)
