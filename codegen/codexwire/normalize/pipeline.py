"""Apply the rules in table order, say where each one matched, and which claims no longer hold."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from codexwire.errors import NormalizeError
from codexwire.ir.dangling import dangling
from codexwire.ir.model import UNIONS, Method, Protocol, Schema
from codexwire.ir.walk import Path, transform
from codexwire.location import Location, join_pointer
from codexwire.normalize.rule import CLAIMED_PROTOCOL, Effect, Rule
from codexwire.normalize.table import COMPLETIONS, RULES

__all__ = ["Application", "Normalized", "Stale", "apply", "normalize"]


@dataclass(frozen=True, slots=True)
class Application:
    """A rule and the places where it matched (`v2/Thread#/properties/createdAt`, `turn/start`)."""

    rule: Rule
    places: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Stale:
    """A rule whose claimed versions and reality differ; `reason` is one sentence."""

    rule: Rule
    reason: str


@dataclass(frozen=True, slots=True)
class Normalized:
    """The normalized protocol, which rules applied where, and which claims were wrong."""

    protocol: Protocol
    applied: tuple[Application, ...]
    stale: tuple[Stale, ...]


def normalize(
    protocol: Protocol,
    *,
    effects: Iterable[Effect] = tuple(Effect),
    rules: tuple[Rule, ...] = RULES,
) -> Normalized:
    """Return the protocol after the rules whose effect is in `effects`.

    `effects=(Effect.ANNOTATE,)` keeps the set of valid messages as published. Raises NormalizeError
    for a reference that points to no type.
    """
    wanted = frozenset(effects)
    applied: list[Application] = []
    stale: list[Stale] = []
    whole = False
    for rule in rules:
        if rule.effect not in wanted:
            continue
        if not whole and rule not in COMPLETIONS:
            _check_references(protocol)
            whole = True
        protocol, places = apply(rule, protocol)
        if places:
            applied.append(Application(rule, places))
        stale += _staleness(rule, protocol, bool(places))
    return Normalized(protocol, tuple(applied), tuple(stale))


def _check_references(protocol: Protocol) -> None:
    for found in dangling(protocol):
        origin = next((s.origin for s in protocol.sources if s.origin), None)
        path = ("definitions", *found.owner.split("/"), *found.path)
        raise NormalizeError(
            f"{found.ref!r} is not defined",
            location=Location(origin, None, join_pointer(path)),
            hint="the schema is incomplete; write it again with generate-json-schema",
        )


def _staleness(rule: Rule, protocol: Protocol, matched: bool) -> Iterator[Stale]:
    version = protocol.version
    if (
        version is None
        or protocol.name != CLAIMED_PROTOCOL
        or (version in rule.versions) is matched
    ):
        return
    if matched:
        yield Stale(rule, f"matches in {version}, which it does not claim ({rule.versions})")
    elif not rule.experimental or any(s.channel == "experimental" for s in protocol.sources):
        yield Stale(rule, f"claims {version} ({rule.versions}), where its pattern is gone")


def apply(rule: Rule, protocol: Protocol) -> tuple[Protocol, tuple[str, ...]]:
    """Return the protocol after one rule, and the places where the rule matched."""
    if rule.protocol is not None:
        changed = rule.protocol(protocol)
        return (protocol, ()) if changed is None else (changed, tuple(_changes(protocol, changed)))
    places: list[str] = []
    if rule.typedef is not None:
        return _apply_to_types(rule, protocol, places), tuple(places)
    return _apply_to_nodes(rule, protocol, places), tuple(places)


def _apply_to_types(rule: Rule, protocol: Protocol, places: list[str]) -> Protocol:
    assert rule.typedef is not None
    changed = {}
    for name, typedef in protocol.types.items():
        schema = rule.typedef(protocol, typedef)
        if schema is not None and schema != typedef.schema:
            changed[name] = replace(typedef, schema=schema)
            places.append(name)
    return protocol.with_types(changed) if changed else protocol


def _apply_to_nodes(rule: Rule, protocol: Protocol, places: list[str]) -> Protocol:
    handler = rule.node
    assert handler is not None

    def within(owner: str, schema: Schema) -> Schema:
        def change(path: Path, node: Schema) -> Schema:
            new = handler(protocol, node)
            if new is None or new == node:
                return node
            places.append(f"{owner}#{join_pointer(path)}" if path else owner)
            return new

        return transform(schema, change)

    types = {}
    for name, typedef in protocol.types.items():
        schema = within(name, typedef.schema)
        if schema is not typedef.schema:
            types[name] = replace(typedef, schema=schema)
    methods = []
    for method in protocol.methods:
        branch = within(_label(method), method.branch)
        assert isinstance(branch, dict)
        methods.append(method if branch is method.branch else replace(method, branch=branch))
    return replace(protocol.with_types(types), methods=tuple(methods)) if places else protocol


def _changes(before: Protocol, after: Protocol) -> Iterator[str]:
    for name, typedef in after.types.items():
        if before.types.get(name) is not typedef:
            yield name
    yield from (f"-{name}" for name in before.types if name not in after.types)
    old = {(m.sender, m.kind, m.name): m for m in before.methods}
    for method in after.methods:
        if old.get((method.sender, method.kind, method.name)) is not method:
            yield method.name
    for union in UNIONS:
        if before.envelope.get(union.union) != after.envelope.get(union.union):
            yield union.union


def _label(method: Method) -> str:
    return f"{method.sender} {method.kind} {method.name}"
