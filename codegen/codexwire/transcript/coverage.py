"""Which parts of a protocol the messages of recordings exercise: methods, variants, enum values."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeAlias

from codexwire.direction import Kind, Side
from codexwire.ir.model import UNIONS, Method, Protocol
from codexwire.location import JsonPath, join_pointer
from codexwire.model.choose import passed, single_values, told_apart
from codexwire.model.message import MessageKind
from codexwire.model.read import Types, read, types_of
from codexwire.model.session import SessionStep
from codexwire.model.types import Ref, Type, Union, is_null, references, values_of
from codexwire.wire.explain import Spot, accepts

__all__ = ["GROUPS", "Coverage", "Point", "everything"]

GROUPS = (
    "client requests",
    "server requests",
    "client notifications",
    "server notifications",
    "responses",
    "union variants",
    "enum values",
)

Point: TypeAlias = "tuple[str, str, str]"
"""Group, place (a method, or a union or enum: `v2/ThreadItem`), and the variant or value there."""

_GROUP_OF = {(u.sender, u.kind): f"{u.sender} {u.kind}s" for u in UNIONS}


def everything(protocol: Protocol) -> frozenset[Point]:
    """Return every point that messages of a protocol can exercise."""
    types = types_of(protocol)
    points = {(_GROUP_OF[m.sender, m.kind], m.name, "") for m in protocol.methods}
    points |= {("responses", m.name, "") for m in protocol.methods if m.result}
    for owner, root in _roots(types):
        for found in root.inside():
            points.update(_points(types, owner, found))
    return frozenset(points)


def _roots(types: Types) -> Iterator[tuple[str, Type]]:
    """Yield the params of every method and every type that messages reach."""
    waiting: list[str] = [types.protocol.layout.root] if types.protocol.layout.root else []
    for method in types.protocol.methods:
        if method.params is not None:
            params = read(method.params)
            yield _label(method), params
            waiting += references(params)
        if method.result is not None:
            waiting.append(method.result)
    reached: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name not in reached:
            reached.add(name)
            yield name, types.named(name)
            waiting += references(types.named(name))


def _label(method: Method) -> str:
    return f"{method.sender} {method.name}"


def _place(owner: str, path: JsonPath) -> str:
    return f"{owner}#{join_pointer(path)}" if path else owner


def _points(types: Types, owner: str, found: Type) -> Iterator[Point]:
    values, place = values_of(found), _place(owner, found.path)
    if values is not None:
        if len(values) > 1:
            yield from (("enum values", place, str(value)) for value in values)
    elif isinstance(found, Union):
        yield from (("union variants", place, name) for name in _variants(types, found).values())


def _variants(types: Types, union: Union) -> dict[int, str]:
    """Return what the branches of a union are called, by index; none where there is no choice."""
    rest = {i: b for i, b in enumerate(union.branches) if not is_null(b)}
    if union.by_kind or (len(rest) < 2 and not any(single_values(types, b) for b in rest.values())):
        return {}
    tags = told_apart(types, union).values
    return {i: _name(i, branch, tags[i]) for i, branch in rest.items()}


def _name(index: int, branch: Type, tag: Any) -> str:
    """Return the tag that selects a branch, else its type's name, else what it looks like."""
    if tag is not None:
        return str(tag)
    if values_of(branch) is not None:
        return "plain value"
    return branch.name if isinstance(branch, Ref) else f"alternative {index + 1}"


class Coverage:
    """Gathers the points that messages exercise, in `seen`."""

    def __init__(self, protocol: Protocol) -> None:
        self.seen: set[Point] = set()
        self._types = types_of(protocol)
        self._params = {m.label: read(m.params) for m in protocol.methods if m.params is not None}
        self._spot = Spot(protocol)

    def step(self, step: SessionStep) -> None:
        """Count a message of a session."""
        message, request = step.message, step.request
        if message.method is not None:
            kind = Kind(message.kind.value)
            self.message(message.method, message.sender, kind, message.params)
        elif request is not None and message.kind is MessageKind.RESPONSE:
            self.response(request.method, request.sender, message.result)

    def message(self, name: str, sender: Side, kind: Kind, params: Any) -> None:
        """Count a request or notification."""
        method = self._types.protocol.method(name, sender, kind)
        if method is not None:
            self.seen.add((_GROUP_OF[sender, kind], name, ""))
            if (found := self._params.get(method.label)) is not None:
                self._visit(_label(method), found, params)

    def response(self, name: str, requester: Side, result: Any) -> None:
        """Count a successful response to a request of `requester`."""
        method = self._types.protocol.method(name, requester, Kind.REQUEST)
        if method is not None and method.result is not None:
            self.seen.add(("responses", name, ""))
            self._visit(method.result, self._types.named(method.result), result)

    def line(self, line: Any) -> None:
        """Count a line."""
        root = self._types.protocol.layout.root
        self._visit(root, self._types.named(root), line)

    def _visit(self, owner: str, found: Type, value: Any) -> None:
        for step in passed(self._types, found, value, self._fits, owner):
            values, place = values_of(step.type), _place(step.owner, step.type.path)
            if values is not None:
                if len(values) > 1 and step.value in values:
                    self.seen.add(("enum values", place, str(step.value)))
            elif isinstance(step.type, Union):
                names = _variants(self._types, step.type)
                if step.branch in names:
                    self.seen.add(("union variants", place, names[step.branch]))

    def _fits(self, found: Type, value: Any) -> bool:
        return accepts(self._spot, found.text, value)
