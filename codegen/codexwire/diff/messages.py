"""Messages with a hole: the shortest way from a method to the place of a finding."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from itertools import islice
from typing import Any

from msgspec import Struct

from codexwire.diff.collect import LocatedChange
from codexwire.diff.engine import Analysis
from codexwire.diff.entry_points import Root
from codexwire.diff.example import Examples
from codexwire.diff.match import EnvelopeMatch, MethodMatch, ParamsMatch, PropertyMatch
from codexwire.diff.rule import (
    Constant,
    KindSample,
    MessageSample,
    ObjectSample,
    Probe,
    PropertySample,
)
from codexwire.diff.version_pair import Pair
from codexwire.direction import Side
from codexwire.ir.model import Method
from codexwire.location import JsonPath
from codexwire.model.cached import cached
from codexwire.model.types import Anything, Ref

__all__ = ["HOLE", "Draft", "Drafts"]

HOLE = object()
"""Stands in a draft where the value of a probe belongs."""

_WAYS = 3


class Draft(Struct, frozen=True):
    """A message with a hole at the path `hole`.

    `kind` is `message`, `result` (under `result`, to a request for `method`) or `type`, whose full names
    in both versions are `names`. With `whole`, the probe's value is an object that replaces the
    message's members of the same names.
    """

    sender: Side
    kind: str
    method: str
    message: Any
    hole: JsonPath
    names: tuple[str, str] = ("", "")
    whole: bool = False

    def fill(self, value: Any) -> Any:
        """Return the message with `value` in its hole."""
        if self.whole:
            return {**self.message, **value}
        return _filled(self.message, self.hole, value)


class Drafts:
    """Makes drafts in one of the two versions."""

    def __init__(self, analysis: Analysis, *, new: bool) -> None:
        self._analysis = analysis
        self._new = new
        self._examples = cached(Examples, analysis.versions.new if new else analysis.versions.old)
        self._trees: dict[object, dict[Pair, Pair | Root]] = {}

    def values(self, probe: Probe) -> Iterator[Any]:
        """Yield values that a probe stands for, the best first."""
        made = self._examples
        if isinstance(probe, Constant):
            yield probe.value
        elif isinstance(probe, MessageSample):
            yield made.message(probe.method)
        elif isinstance(probe, ObjectSample):
            yield from self._objects(probe)
        elif isinstance(probe, PropertySample):
            for value in self.values(probe.value):
                yield made.object(probe.value_set, {probe.name: value})
        elif isinstance(probe, KindSample):
            free = probe.kind == "any"
            yield from made.too_long(probe.value_set, probe.kind, probe.other)
            yield from (
                made.values(probe.value_set) if free else made.of_kind(probe.value_set, probe.kind)
            )
        else:
            more = probe.value_set.undeclared
            yield {
                **made.object(probe.value_set),
                "anything": made.value(more or Anything()),
            }
            yield made.object(probe.value_set)

    def _objects(self, probe: ObjectSample) -> Iterator[Any]:
        made, value_set = self._examples, probe.value_set
        if not probe.include:
            yield made.object(value_set)
        for name in probe.include:
            prop, more = value_set.properties.get(name), value_set.undeclared
            found = prop.type if prop is not None else more or Anything()
            for value in made.values(made.value_sets.of(found)):
                yield made.object(value_set, {name: value})

    def around(self, found: LocatedChange, sender: Side) -> Iterator[Draft]:
        """Yield drafts whose hole is the place of a finding, in what `sender` writes, shortest first."""
        place = found.place.new if self._new else found.place.old
        trail = place.trail[:-1] if isinstance(found.match, PropertyMatch) else place.trail
        inner = self._examples.around(trail, HOLE)
        if found.pair is None:
            yield from self._in_method(found, sender, inner)
            return
        for root, chain in self._chains(found, sender):
            for value in islice(self._climb(chain, inner), _WAYS):
                yield from self._at_root(root, sender, chain[-1], value)

    def _in_method(self, found: LocatedChange, sender: Side, inner: Any) -> Iterator[Draft]:
        root = found.roots[0]
        method = self._method(root)
        if method is None:
            return
        if isinstance(found.match, MethodMatch):
            yield Draft(sender, "message", method.name, {}, (), whole=True)
            return
        base = self._examples.message(method)
        if isinstance(found.match, (ParamsMatch, EnvelopeMatch)):
            yield Draft(sender, "message", method.name, base, (), whole=True)
        else:
            yield _draft(sender, "message", method.name, {**base, "params": inner})

    def _method(self, root: Root) -> Method | None:
        return root.new if self._new else root.old

    def _at_root(self, root: Root, sender: Side, pair: Pair, value: Any) -> Iterator[Draft]:
        """Put a value of the outermost type into a message of a root."""
        method = self._method(root)
        if method is None:
            yield _draft(sender, "type", pair.new, value, (pair.old, pair.new))
        elif root.part == "result":
            yield _draft(sender, "result", method.name, {"id": 1, "result": value})
        else:
            base, name = self._examples.message(method), pair[self._new]
            value_set = self._examples.value_sets.of(
                self._examples.value_sets.types.message(method)
            ).objects[0]
            for key in ("params", *sorted(value_set.properties.keys() - {"params"})):
                prop = value_set.properties.get(key)
                if prop is None:
                    continue
                for held in islice(self._examples.holding(prop.type, name, value), _WAYS):
                    yield _draft(sender, "message", method.name, {**base, key: held})

    def _climb(self, chain: list[Pair], value: Any) -> Iterator[Any]:
        """Yield values of the last type of a chain that hold `value`, a value of the first."""
        if len(chain) == 1:
            yield value
            return
        child, parent = chain[0][self._new], chain[1][self._new]
        types = self._examples.value_sets.types
        above = types.named(parent) if parent in types.protocol.types else Ref(parent)
        for held in islice(self._examples.holding(above, child, value), _WAYS):
            yield from self._climb(chain[1:], held)

    def _chains(self, found: LocatedChange, sender: Side) -> Iterator[tuple[Root, list[Pair]]]:
        """Yield (root, pairs from the finding's up to the root's), the nearest root first."""
        assert found.pair is not None
        roots = [r for r in found.roots if sender in r.senders]
        every = [r for r in self._analysis.reach.roots if sender in r.senders]
        yield self._chain(found.pair, sender, every)
        for root in roots[:_WAYS]:
            yield self._chain(found.pair, (root.owner, root.method, root.part), [root])

    def _chain(self, pair: Pair, key: object, roots: list[Root]) -> tuple[Root, list[Pair]]:
        tree = self._trees.get(key)
        if tree is None:
            tree = self._trees[key] = _tree(self._analysis, roots)
        chain = [pair]
        while isinstance(above := tree[chain[-1]], Pair):
            chain.append(above)
        return above, chain


def _tree(analysis: Analysis, roots: list[Root]) -> dict[Pair, Pair | Root]:
    """Breadth first from the roots: what is one step nearer to a root, for every pair they reach."""
    above: dict[Pair, Pair | Root] = {}
    for root in sorted(roots, key=lambda r: (not r.owner, r.part == "result", r.method)):
        for pair in sorted(root.delta.edges):
            above.setdefault(pair, root)
    pending = deque(above)
    while pending:
        pair = pending.popleft()
        for below in sorted(analysis.reach.deltas[pair].edges):
            if below not in above:
                above[below] = pair
                pending.append(below)
    return above


def _draft(
    sender: Side, kind: str, method: str, message: Any, names: tuple[str, str] = ("", "")
) -> Draft:
    return Draft(sender, kind, method, message, _path_to_hole(message) or (), names)


def _path_to_hole(value: Any) -> JsonPath | None:
    if value is HOLE:
        return ()
    if isinstance(value, dict):
        parts = list(value.items())
    elif isinstance(value, list):
        parts = list(enumerate(value))
    else:
        return None
    for key, part in parts:
        below = _path_to_hole(part)
        if below is not None:
            return (key, *below)
    return None


def _filled(message: Any, hole: JsonPath, value: Any) -> Any:
    if not hole:
        return value
    step = hole[0]
    if isinstance(message, list):
        # Every item of a minimal array is the same: each has the hole.
        return [_filled(item, hole[1:], value) for item in message]
    return {**message, step: _filled(message[step], hole[1:], value)}
