"""A probe becomes the observed profile of a release."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from codexwire.direction import Kind, Side, Stability
from codexwire.ir.model import Protocol
from codexwire.model.message import MessageKind, kind_of
from codexwire.model.observed import Damaged, Observed, SeenRequest, SeenType
from codexwire.model.read import read, types_of
from codexwire.model.types import Object, Ref, Type
from codexwire.probe.closed import Place, Reading, read_closed
from codexwire.probe.learn import Response, ResultVerdict, fits_of
from codexwire.probe.log import Log, LoggedExchange, RequestOutcome, Stage
from codexwire.probe.recipe import Recipe
from codexwire.probe.run import Probed

__all__ = ["Gates", "gates_of", "hidden_methods", "observe"]


@dataclass(frozen=True, slots=True)
class Gates:
    """What the server refused for want of the capability for experimental methods, and what it did not.

    `methods` and `members` (method and member) needed it, `open` are methods that the schema calls
    experimental and that were answered all the same, `stable` what needed it although it is not.
    """

    methods: frozenset[str]
    members: frozenset[tuple[str, str]]
    open: frozenset[str]
    stable: frozenset[tuple[str, str]]


def gates_of(log: Log, protocol: Protocol, recipe: Recipe) -> Gates:
    """Return what needed the capability, out of the requests that were sent without it."""
    needed: set[tuple[str, str]] = set()
    free: set[str] = set()
    for exchange in log.exchanges:
        subject, refused, _ = exchange.refusal.partition(f" {recipe.needs_capability}")
        if refused:
            _, _, member = subject.partition(f"{exchange.method}.")
            needed.add((exchange.method, member))
        elif exchange.stage is Stage.CLOSED and not exchange.note:
            free.add(exchange.method)
    return Gates(
        methods=frozenset(method for method, member in needed if not member),
        members=frozenset((method, member) for method, member in needed if member),
        open=frozenset(free),
        stable=frozenset(one for one in needed if _is_stable(protocol, *one)),
    )


def _is_stable(protocol: Protocol, name: str, member: str) -> bool:
    """Whether the schema calls a request, or a member of its params, stable."""
    method = protocol.method(name, Side.CLIENT, Kind.REQUEST)
    if method is None or method.stability is not Stability.STABLE:
        return False
    found = types_of(protocol).resolve(read(method.params)) if method.params is not None else None
    inner = found.properties.get(member) if isinstance(found, Object) else None
    return not member or (inner is not None and not inner.facts.is_experimental)


def hidden_methods(log: Log, protocol: Protocol, recipe: Recipe) -> tuple[str, ...]:
    """Return the requests that the server lists as known to it and the schema omits."""
    published = {m.name for m in protocol.table(Side.CLIENT, Kind.REQUEST) if m.published}
    for exchange in log.exchanges:
        if exchange.method == recipe.nonsense and (listed := recipe.listed(exchange.refusal)):
            return tuple(sorted(listed - published))
    return ()


def observe(
    probed: Probed,
    protocol: Protocol,
    recipe: Recipe,
    responses: Iterable[Response],
    rules: Mapping[str, tuple[str, ...]],
) -> Observed:
    """Return the profile of a release out of what was said while it was probed; `rules` is its evidence."""
    log, gates = probed.log, gates_of(probed.log, protocol, recipe)
    return Observed(
        release=str(protocol.version or "unknown"),
        requests={r.method: _request(r, [*log.of(r.method)], gates) for r in responses},
        hidden=hidden_methods(log, protocol, recipe),
        notifications=tuple(sorted(log.seen(MessageKind.NOTIFICATION))),
        server_requests=tuple(sorted(log.seen(MessageKind.REQUEST))),
        to_stable=tuple(sorted({str(h.body["method"]) for h in log.heard if not h.experimental})),
        types=_types(log, protocol, {r.method: r.type for r in responses if r.type}),
        rules=rules,
        rollouts={kind: tuple(sorted(keys)) for kind, keys in sorted(log.rollouts.items())},
        damaged=Damaged(
            probed.damages.count,
            {rule or "unexplained": n for rule, n in sorted(probed.damages.by_rule.items())},
        ),
    )


def _request(response: Response, exchanges: list[LoggedExchange], gates: Gates) -> SeenRequest:
    members = sorted(member for method, member in gates.members if method == response.method)
    answered = response.verdict is not ResultVerdict.UNANSWERED
    ends = {exchange.outcome for exchange in exchanges}
    return SeenRequest(
        outcome=next((str(best) for best in RequestOutcome if best in ends), "notSent"),
        verdict=response.verdict if answered else "",
        result=(response.type or "") if answered else "",
        gated=response.method in gates.methods,
        gated_members=tuple(members),
        ungated=response.method in gates.open,
    )


def _types(log: Log, protocol: Protocol, results: Mapping[str, str]) -> dict[str, SeenType]:
    """Return what was seen of each type in all that the server sent."""
    types, fits = types_of(protocol), fits_of(protocol)
    seen = Reading()
    for found, value in _values(log, protocol, results):
        reading = read_closed(types, found, value, fits)
        seen.members |= reading.members
        seen.undeclared |= reading.undeclared
        seen.values |= reading.values
    names = {name for part in (seen.members, seen.undeclared, seen.values) for name, _ in part}
    return {
        name: SeenType(_of(name, seen.members), _of(name, seen.undeclared), _of(name, seen.values))
        for name in sorted(names - {""})
    }


def _of(name: str, places: set[Place]) -> tuple[str, ...]:
    return tuple(sorted(place for owner, place in places if owner == name))


def _values(log: Log, protocol: Protocol, results: Mapping[str, str]) -> Iterator[tuple[Type, Any]]:
    """Yield every payload that the server sent, with the type that it is meant to be of."""
    for exchange in log.exchanges:
        if exchange.outcome is RequestOutcome.ANSWERED and exchange.method in results:
            yield Ref(results[exchange.method]), exchange.result
    for heard in log.heard:
        kind = Kind.REQUEST if kind_of(heard.body) is MessageKind.REQUEST else Kind.NOTIFICATION
        method = protocol.method(str(heard.body["method"]), Side.SERVER, kind)
        if method is not None and method.params is not None and "params" in heard.body:
            yield read(method.params), heard.body["params"]
