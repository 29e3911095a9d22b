"""Whether a finding is about the stable or the experimental part of the protocol."""

from __future__ import annotations

from codexwire.diff.collect import LocatedChange
from codexwire.diff.entry_points import ENVELOPE
from codexwire.diff.match import (
    MethodMatch,
    ParamsMatch,
    PropertyMatch,
    ResultMatch,
    StabilityMatch,
)
from codexwire.diff.version_pair import VersionPair
from codexwire.direction import Stability
from codexwire.ir.model import Method, Protocol
from codexwire.ir.nodes import is_experimental
from codexwire.location import JsonPath

__all__ = ["stability_text"]

_MOVED = "moved"


def stability_text(versions: VersionPair, found: LocatedChange) -> str:
    """Return `stable`, `experimental`, `moved` (one version each) or `unknown`."""
    match = found.match
    if isinstance(match, StabilityMatch):
        return _MOVED
    if isinstance(match, (MethodMatch, ParamsMatch, ResultMatch)):
        stages = {_of_method(match.old), _of_method(match.new)}
    elif found.pair is None:
        stages = _in_message(found)
    elif _only_experimental(found):
        stages = {Stability.EXPERIMENTAL}
    else:
        stages = {
            _at(versions.old.protocol, found.owner.old, found.path(new=False), found.change.key),
            _at(versions.new.protocol, found.owner.new, found.path(new=True), found.change.key),
        }
    known = sorted(s.value for s in stages if s is not None)
    if not known or Stability.UNKNOWN in known:
        return Stability.UNKNOWN.value
    return known[0] if len(known) == 1 else _MOVED


def _only_experimental(found: LocatedChange) -> bool:
    """Whether a type is part of messages, and of experimental ones alone."""
    methods = [m for root in found.roots for m in (root.old, root.new) if m is not None]
    return bool(methods) and all(m.stability is Stability.EXPERIMENTAL for m in methods)


def _of_method(method: Method | None) -> Stability | None:
    return None if method is None else method.stability


def _in_message(found: LocatedChange) -> set[Stability | None]:
    """The stability of a place in a method's message: that of the method, or of a property in it."""
    (root,) = found.roots
    if root.method == ENVELOPE:
        return set()
    match = found.match
    properties = (match.old, match.new) if isinstance(match, PropertyMatch) else ()
    if any(p is not None and p.type.facts.is_experimental for p in properties):
        return {Stability.EXPERIMENTAL}
    return {_of_method(root.old), _of_method(root.new)}


def _at(protocol: Protocol, name: str, path: JsonPath, key: str) -> Stability | None:
    """The stability of a node: experimental as soon as anything on the way to it is."""
    typedef = protocol.types.get(name)
    if typedef is None:
        return None
    node: object = typedef.schema
    for step in ("", *path):
        if step != "":
            node = _child(node, step)
        if is_experimental(node):
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
