"""Whether a finding is about the stable or the experimental part of the protocol."""

from __future__ import annotations

from collections.abc import Sequence

from codexwire.diff.match import Match, MethodMatch, ParamsMatch, ResultMatch, StabilityMatch
from codexwire.diff.sides import Pair, Sides
from codexwire.direction import Stability
from codexwire.ir.model import Protocol
from codexwire.ir.walk import Path

__all__ = ["stability_text"]

_MOVED = "moved"


def stability_text(sides: Sides, owner: Pair, match: Match, paths: Sequence[Path], key: str) -> str:
    """Return `stable`, `experimental`, `moved` (one version each) or `unknown`."""
    if isinstance(match, StabilityMatch):
        return _MOVED
    if isinstance(match, (MethodMatch, ParamsMatch, ResultMatch)):
        found: set[Stability | None] = {
            m.stability for m in (match.old, match.new) if m is not None
        }
    else:
        found = {
            _at(sides.old.protocol, owner.old, paths[0], key),
            _at(sides.new.protocol, owner.new, paths[1], key),
        } - {None}
    known = sorted(s.value for s in found if s is not None)
    if not known or Stability.UNKNOWN in known:
        return Stability.UNKNOWN.value
    return known[0] if len(known) == 1 else _MOVED


def _at(protocol: Protocol, name: str, path: Path, key: str) -> Stability | None:
    """The stability of a node: experimental as soon as anything on the way to it is."""
    typedef = protocol.types.get(name)
    if typedef is None:
        return None
    node: object = typedef.schema
    for step in ("", *path):
        if step != "":
            node = _child(node, step)
        if isinstance(node, dict) and node.get("x-stability") == Stability.EXPERIMENTAL:
            return Stability.EXPERIMENTAL
    if isinstance(node, dict) and key in node.get("x-experimental-values", ()):
        return Stability.EXPERIMENTAL
    return typedef.stability


def _child(node: object, step: str | int) -> object:
    if isinstance(node, dict):
        return node.get(step)
    if isinstance(node, list) and isinstance(step, int) and step < len(node):
        return node[step]
    return None
