"""What every release has: each method and type with the releases in which it changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from codexwire.explorer.tree import Node, node
from codexwire.ir.model import Method, Protocol, Schema
from codexwire.model.read import read

__all__ = ["Timelines", "timelines"]


@dataclass(slots=True)
class Timelines:
    """All releases, oldest first, and by name when what a method or type is changed.

    An entry is `[position of the release, number in the pool]`, and holds until the next one; the number
    −1 says that the name is gone. `pool` has every distinct node once.
    """

    releases: list[str]
    pool: list[Node] = field(default_factory=list)
    types: dict[str, list[list[int]]] = field(default_factory=dict)
    methods: dict[str, list[list[int]]] = field(default_factory=dict)

    def span(self, kind: str, name: str) -> dict[str, Any]:
        """Return since when a name is there, when it changed, and until when: `since`, `changed`, `gone`."""
        table: Mapping[str, list[list[int]]] = getattr(self, kind)
        entries = table.get(name, [])
        begin = max((i for i, (_, n) in enumerate(entries[:-1]) if n < 0), default=-1) + 1
        there = [self.releases[at] for at, number in entries[begin:] if number >= 0]
        last = entries[-1] if entries else [0, 0]
        return {
            "since": there[0] if there else None,
            "changed": there[1:],
            "gone": self.releases[last[0]] if last[1] < 0 else None,
        }


def timelines(protocols: tuple[Protocol, ...]) -> Timelines:
    """Return the timelines of all releases; those of one archive share their schemas."""
    found = Timelines([str(protocol.version) for protocol in protocols])
    numbers: dict[str, int] = {}
    nodes: dict[int, Node] = {}

    def drawn(schema: Schema) -> Node:
        """Return the node of a schema, which is read once however many releases have it."""
        if id(schema) not in nodes:
            nodes[id(schema)] = node(read(schema))
        return nodes[id(schema)]

    def number(drawing: Node) -> int:
        text = repr(drawing)
        if text not in numbers:
            numbers[text] = len(found.pool)
            found.pool.append(drawing)
        return numbers[text]

    for at, protocol in enumerate(protocols):
        there = {name: number(drawn(t.schema)) for name, t in protocol.types.items()}
        _note(found.types, there, at)
        _note(found.methods, {m.label: number(_row(m, drawn)) for m in protocol.methods}, at)
    return found


def _row(method: Method, drawn: Any) -> Node:
    """Return what of a method can change besides the types that it refers to."""
    row: Node = {"stability": method.stability.value, "required": int(method.params_required)}
    if method.params is not None:
        row["params"] = drawn(method.params)
    if method.result is not None:
        row["result"] = method.result
    return row


def _note(table: dict[str, list[list[int]]], there: Mapping[str, int], at: int) -> None:
    """Add what differs from the release before."""
    for name, number in there.items():
        entries = table.setdefault(name, [])
        if not entries or entries[-1][1] != number:
            entries.append([at, number])
    for name, entries in table.items():
        if name not in there and entries[-1][1] >= 0:
            entries.append([at, -1])
