"""What a server refuses of what a client sends, as its contract says.

Only what the contract names counts, and all of it is sent: no method, field, variant or value that the
client might send, and no condition. A server refuses a request that it does not know, a required field that
is missing, a value, variant or kind of JSON that it does not take, and what is experimental there
from a client that did not ask for it. It ignores fields that it does not know, unless its schema closes the
object, and a notification that it does not know.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from codexwire.diff.containment import string_fits
from codexwire.diff.contract import Contract
from codexwire.diff.usage import TypeUsage, labels
from codexwire.diff.value_set import ObjectSet, Property, StringSet, ValueSet, either
from codexwire.diff.value_sets import ValueSets
from codexwire.direction import Kind, Side, Stability
from codexwire.ir.layout import Namespaces
from codexwire.ir.model import Method, Protocol
from codexwire.model.cached import cached
from codexwire.model.types import Anything, Never, Ref, Type
from codexwire.version import VersionRange

__all__ = ["Refusal", "refusals"]

_GUARDED = VersionRange.parse("0.99.0..")
"""The servers that refuse what is experimental without `capabilities.experimentalApi`."""

_CAPABILITIES = ("InitializeParams", "InitializeCapabilities")
_ASKED = ".experimentalApi"


class Refusal(NamedTuple):
    """What is refused, written as in a contract (`v2/ReasoningEffort=max`), and why."""

    what: str
    why: str

    def __str__(self) -> str:
        return f"{self.what} ({self.why})"


def refusals(contract: Contract, own: Protocol, server: Protocol) -> tuple[Refusal, ...]:
    """Return what a server refuses of a client that keeps to a contract, made for the release `own`."""
    return tuple(dict.fromkeys(_Client(contract, own, server).refused()))


class _Spot(NamedTuple):
    """A place in a type of the client's release."""

    owner: str
    usage: TypeUsage
    place: str = ""

    @property
    def text(self) -> str:
        return self.owner + self.place

    def at(self, step: str) -> _Spot:
        return self._replace(place=self.place + step)

    def values(self) -> frozenset[str]:
        """The values that are sent here, as the contract writes them."""
        head = f"{self.place}="
        return frozenset(v.removeprefix(head) for v in self.usage.values if v.startswith(head))

    def inside(self) -> bool:
        """Whether a field or variant below this place is sent."""
        heads = (f"{self.place}.", f"{self.place}<")
        return any(p.startswith(heads) for p in (*self.usage.fields, *self.usage.variants))


class _Client:
    """A client that keeps to a contract, before one server."""

    def __init__(self, contract: Contract, own: Protocol, server: Protocol) -> None:
        self.contract = contract
        self.own, self.server = cached(ValueSets, own), cached(ValueSets, server)
        self.guarded = not _asks(contract.sends, own.namespaces) and (
            server.version is None or server.version in _GUARDED
        )
        self._met: set[tuple[str, str, int]] = set()

    def refused(self) -> Iterator[Refusal]:
        """Yield what the server refuses, some of it more than once."""
        for name in sorted(self.contract.methods.get("ClientRequest", ())):
            yield from self._request(name)
        for name in sorted(self.contract.methods.get("ServerRequest", ())):
            yield from self._answer(name)
        for name, usage in sorted(self.contract.sends.items()):
            known = all(name in s.protocol.types for s in (self.own, self.server))
            if known and not any(met[0] == name for met in self._met):
                own, theirs = (s.of(s.types.named(name)) for s in (self.own, self.server))
                yield from self._set(own, theirs, _Spot(name, usage))

    def _request(self, name: str) -> Iterator[Refusal]:
        own, theirs = (
            s.protocol.method(name, Side.CLIENT, Kind.REQUEST) for s in (self.own, self.server)
        )
        if theirs is None:
            yield Refusal(name, "unknown request")
        elif self.guarded and theirs.stability is Stability.EXPERIMENTAL:
            yield Refusal(name, "experimental")
        elif own is not None and own.params is not None and theirs.params is not None:
            sent, taken = self.own.types.params(own), self.server.types.params(theirs)
            if sent is not None and taken is not None:
                yield from self._node(sent, taken, _Spot(name, TypeUsage()))
        elif own is not None and theirs.params_required:
            yield from self._without_params(theirs)

    def _without_params(self, theirs: Method) -> Iterator[Refusal]:
        taken = self.server.of(self.server.types.params(theirs) or Anything())
        if not (taken.any or taken.null):
            yield Refusal(theirs.name, "params are required")

    def _answer(self, name: str) -> Iterator[Refusal]:
        """What of the client's answer to a request of the server; one that lacks it never asks."""
        own, theirs = (
            s.protocol.method(name, Side.SERVER, Kind.REQUEST) for s in (self.own, self.server)
        )
        if own is not None and own.result and theirs is not None and theirs.result:
            spot = _Spot(f"answer to {name}", TypeUsage())
            yield from self._node(Ref(own.result), Ref(theirs.result), spot)

    def _node(self, own: Type, theirs: Type, spot: _Spot) -> Iterator[Refusal]:
        """Compare what is sent at a node with what the server takes there."""
        branches, null = self.own.branches(own)
        taken = self.server.of(theirs)
        named = [b.ref for b in branches if b.ref in self.own.protocol.types]
        for name in named:
            usage = self.contract.sends.get(name or "")
            if usage is None and len(branches) > 1:
                continue
            key = (name or "", "", id(theirs))
            if key not in self._met:
                self._met.add(key)
                value_set = self.own.of(self.own.types.named(name or ""))
                yield from self._set(value_set, taken, _Spot(name or "", usage or TypeUsage()))
        rest = [self.own.of(b.type) for b in branches if b.ref not in named]
        if null:
            rest.append(ValueSet(null=True))
        if rest:
            yield from self._set(either(rest), taken, spot, certain=not named)

    def _set(
        self, own: ValueSet, taken: ValueSet, spot: _Spot, *, certain: bool = True
    ) -> Iterator[Refusal]:
        """Compare what is sent of a value set; `certain` says that something of it is."""
        if taken.any:
            return
        texts = spot.values()
        kinds = _kinds_sent(own, spot, texts, certain=certain)
        for kind in sorted(kinds - taken.kinds):
            yield Refusal(spot.text, f"no {kind} is taken")
        for text in sorted(_strings(own, texts)) if taken.string is not None else ():
            if not string_fits(StringSet((text,)), taken.string):
                yield Refusal(f"{spot.text}={text}", "unknown value")
        for here, alternative in self._alternatives(own, spot, "object" in kinds):
            if taken.objects:
                yield from self._object(alternative, taken, here)
        if own.arrays and taken.arrays:
            yield from self._node(own.arrays[0].items, taken.arrays[0].items, spot.at("[]"))

    def _alternatives(
        self, own: ValueSet, spot: _Spot, certain: bool
    ) -> Iterator[tuple[_Spot, ObjectSet]]:
        """Yield the alternatives of objects that are sent; of those with one label, the complete ones."""
        names = labels(self.own, own.objects)
        known = Counter(names.values())
        for alternative in own.objects:
            label = names.get(id(alternative), "")
            here = spot.at(f"<{label}>") if label else spot
            if not (here.place in here.usage.variants if label else certain):
                continue
            required = {
                f"{here.place}.{n}" for n, p in alternative.properties.items() if p.required
            }
            if known[label] < 2 or required <= here.usage.fields:
                yield here, alternative

    def _object(self, own: ObjectSet, taken: ValueSet, spot: _Spot) -> Iterator[Refusal]:
        """Compare an alternative with that of the server which refuses the least of it."""
        likely = [o for o in taken.objects if _may_be(own, o)]
        if not likely:
            yield Refusal(spot.text, "unknown variant")
            return
        tried = [list(self._properties(own, o, spot)) for o in likely]
        yield from min(tried, key=len)

    def _properties(self, own: ObjectSet, taken: ObjectSet, spot: _Spot) -> Iterator[Refusal]:
        for name, prop in taken.properties.items():
            if prop.required and not _is_sent(name, own, spot):
                yield Refusal(f"{spot.text}.{name}", "required, and not sent")
        for name, prop in own.properties.items():
            if not _is_sent(name, own, spot):
                continue
            here = spot.at(f".{name}")
            theirs = taken.properties.get(name)
            if theirs is None:
                yield from self._undeclared(prop.type, taken, here)
            elif self.guarded and theirs.type.facts.is_experimental and _counts(here):
                yield Refusal(here.text, "experimental")
            else:
                yield from self._node(prop.type, theirs.type, here)
        if own.undeclared is not None and taken.undeclared is not None:
            yield from self._node(own.undeclared, taken.undeclared, spot.at("{}"))

    def _undeclared(self, own: Type, taken: ObjectSet, spot: _Spot) -> Iterator[Refusal]:
        if isinstance(taken.additional, Never):
            yield Refusal(spot.text, "unknown field")
        elif taken.additional is not None:
            yield from self._node(own, taken.additional, spot)


def _kinds_sent(
    own: ValueSet, spot: _Spot, texts: frozenset[str], *, certain: bool
) -> frozenset[str]:
    """The kinds of JSON that are known to be sent at a place, with these values."""
    if own.any:
        return frozenset()
    known = own.kinds - {"null"}
    sent = set(known if len(known) == 1 and certain else ())
    if spot.inside():
        sent.add("object")
    if own.null and "null" in texts:
        sent.add("null")
    if own.boolean and texts & {"true", "false"}:
        sent.add("boolean")
    if _strings(own, texts):
        sent.add("string")
    return frozenset(sent)


def _asks(sends: Mapping[str, TypeUsage], spaces: Namespaces) -> bool:
    """Whether the client asks for what is experimental; a contract that does not say how it begins may."""
    usages = [u for name, u in sends.items() if spaces.bare(name) in _CAPABILITIES]
    asked = [u for u in usages if _ASKED in u.fields]
    denied = all(_Spot("", u, _ASKED).values() == {"false"} for u in asked)
    return not usages or not denied


def _is_sent(name: str, own: ObjectSet, spot: _Spot) -> bool:
    prop: Property | None = own.properties.get(name)
    return prop is not None and (prop.required or f"{spot.place}.{name}" in spot.usage.fields)


def _strings(own: ValueSet, texts: frozenset[str]) -> frozenset[str]:
    """The strings among values: `null`, `true` and `false` are none where they may be themselves."""
    if own.string is None:
        return frozenset()
    return texts - ({"null"} if own.null else set()) - ({"true", "false"} if own.boolean else set())


def _counts(spot: _Spot) -> bool:
    """Whether an experimental field is in use: neither null nor false asks for anything."""
    return not spot.values() or bool(spot.values() - {"null", "false"})


def _may_be(own: ObjectSet, taken: ObjectSet) -> bool:
    """Whether what tells the server's alternative from the others may stand in the client's."""
    for tag, text in taken.tags.items():
        if tag not in own.properties or own.tags.get(tag, text) != text:
            return False
    return taken.key is None or taken.key in own.properties
