"""What type checkers know of the generated tables and decoding functions: stubs with an overload a method.

The modules themselves stay as small as they are: who runs them does not read this.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from codexwire.direction import Kind, Side
from codexwire.emit.decode import DECODE_EXPORTS
from codexwire.emit.methods import TABLE_NAMES, params_class
from codexwire.emit.notifications import plan_notifications
from codexwire.emit.render import render
from codexwire.ir.model import UNIONS, Method, Protocol

__all__ = ["plan_stubs"]

_NO_PARAMS = "NoParams"


@dataclass(frozen=True, slots=True)
class StubRow:
    """One method: the expressions of what its params and its result are; none for what is not known."""

    method: str
    params: tuple[str, ...]
    result: tuple[str, ...] = ()

    @property
    def spec(self) -> str:
        """The arguments of the `MethodSpec`: classes, or None."""
        params = [f"type[{name}]" for name in self.params if name != _NO_PARAMS]
        result = [f"type[{name}]" for name in self.result]
        return f"{' | '.join(params) or 'None'}, {' | '.join(result) or 'None'}"


def plan_stubs(protocol: Protocol, class_of: Mapping[str, str]) -> dict[str, str]:
    """Return the stubs by path below the package.

    The protocol is a prepared one; `class_of` maps full type names to the class names of `models`.
    """
    tables = {u.union: [*_rows(protocol, class_of, u.sender, u.kind)] for u in UNIONS}
    requests = _joined([*tables["ClientRequest"], *tables["ServerRequest"]])
    notifications = _joined([*tables["ServerNotification"], *tables["ClientNotification"]])
    functions = (
        ("notification", "UnknownNotification", [(r.method, r.params) for r in notifications]),
        ("request", "UnknownRequest", [(r.method, r.params) for r in requests]),
        ("result", "UnknownResult", [(r.method, r.result) for r in requests if r.result]),
    )
    return {
        "methods.pyi": render(
            "methods.pyi.jinja",
            tables=[(TABLE_NAMES[union], rows) for union, rows in tables.items()],
        ),
        "decode.pyi": render("decode.pyi.jinja", public=DECODE_EXPORTS, functions=functions),
        "notification_registry.pyi": plan_notifications(
            protocol, "notification_registry.pyi.jinja", _modelled(tables["ServerNotification"])
        ),
    }


def _rows(
    protocol: Protocol, class_of: Mapping[str, str], sender: Side, kind: Kind
) -> Iterator[StubRow]:
    for method in protocol.table(sender, kind):
        yield StubRow(method.name, _params(protocol, method, class_of), _result(method, class_of))


def _params(protocol: Protocol, method: Method, class_of: Mapping[str, str]) -> tuple[str, ...]:
    name, nullable = params_class(protocol, method, class_of)
    model = () if name is None else (f"models.{name}",)
    may_be_absent = name is None or nullable or not method.params_required
    return (*model, _NO_PARAMS) if may_be_absent else model


def _result(method: Method, class_of: Mapping[str, str]) -> tuple[str, ...]:
    return () if method.result is None else (f"models.{class_of[method.result]}",)


def _joined(rows: Iterable[StubRow]) -> list[StubRow]:
    """Return one row a method: where both sides send it, it is decoded as either."""
    found: dict[str, StubRow] = {}
    for row in rows:
        known = found.get(row.method, StubRow(row.method, ()))
        params = tuple(dict.fromkeys([*known.params, *row.params]))
        result = tuple(dict.fromkeys([*known.result, *row.result]))
        found[row.method] = StubRow(row.method, params, result)
    return list(found.values())


def _modelled(rows: Iterable[StubRow]) -> list[tuple[str, str]]:
    return [(row.method, row.params[0]) for row in rows if row.params[0] != _NO_PARAMS]
