"""What of a protocol is known and how: of every request, how its result was found, and the holes."""

from __future__ import annotations

from collections.abc import Iterable

from codexwire.direction import Kind
from codexwire.ir.hole import Hole
from codexwire.ir.model import Protocol

__all__ = ["holes_as_text", "results_by"]

BY_RULE = "params"
"""How most results are found: by the name of the params type."""


def results_by(protocol: Protocol) -> dict[str, list[str]]:
    """Return how results were found → the requests (`client request account/logout`), sorted.

    Those that are found by the name of their params, nearly all, are left out.
    """
    found: dict[str, list[str]] = {}
    for method in protocol.methods:
        if method.kind is Kind.REQUEST and method.result_by != BY_RULE:
            found.setdefault(method.result_by, []).append(method.label)
    return {how: sorted(labels) for how, labels in sorted(found.items())}


def holes_as_text(holes: Iterable[Hole]) -> list[str]:
    """Return a line for each hole, sorted: its place and what is open there."""
    return [f"{hole.place}: {hole.text}" for hole in sorted(holes)]
