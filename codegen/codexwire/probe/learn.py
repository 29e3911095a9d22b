"""Compares answers with the response types of the schema: confirmed, contradicted, or learned.

A type is learned where it alone of all published types accepts every answer and declares every member
that was seen. An empty object decides nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from codexwire.direction import Kind, Side
from codexwire.ir.model import Method, Protocol
from codexwire.model.choose import Fits
from codexwire.model.read import types_of
from codexwire.model.types import Object, Ref
from codexwire.probe.closed import read_closed
from codexwire.probe.log import Log, RequestOutcome
from codexwire.wire import Validators
from codexwire.wire.explain import Spot, accepts

__all__ = ["Response", "ResultVerdict", "fits_of", "learn"]


class ResultVerdict(StrEnum):
    """What the answers to a request say of its response type.

    `confirmed`: they are of the type that is known; `contradicted`: one of them is not; `learned`: nobody
    knew the type, and they tell it; `open`: several types are possible; `unanswered`: there are none.
    """

    CONFIRMED = "confirmed"
    CONTRADICTED = "contradicted"
    LEARNED = "learned"
    OPEN = "open"
    UNANSWERED = "unanswered"


@dataclass(frozen=True, slots=True)
class Response:
    """A request, the verdict on its response type, the type itself, and other candidates, best first."""

    method: str
    verdict: ResultVerdict
    type: str | None = None
    candidates: tuple[str, ...] = ()


def fits_of(protocol: Protocol) -> Fits:
    """Return what decides whether a value is of a type of the protocol."""
    spot = Spot(protocol)
    return lambda found, value: accepts(spot, found.text, value)


def learn(validators: Validators, log: Log) -> tuple[Response, ...]:
    """Return the verdict on every request of the client, in published order."""
    results = _results(log)
    requests = validators.protocol.table(Side.CLIENT, Kind.REQUEST)
    return tuple(_verdict(method, results.get(method.name, []), validators) for method in requests)


def _results(log: Log) -> Mapping[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for exchange in log.exchanges:
        if exchange.outcome is RequestOutcome.ANSWERED:
            found.setdefault(exchange.method, []).append(exchange.result)
    return found


def _verdict(method: Method, results: list[Any], validators: Validators) -> Response:
    name = method.result
    if not results:
        return Response(method.name, ResultVerdict.UNANSWERED, name)
    if name is not None:
        right = all(validators.accepts_type(name, result) for result in results)
        return Response(
            method.name, ResultVerdict.CONFIRMED if right else ResultVerdict.CONTRADICTED, name
        )
    found = tuple(_candidates(results, validators))
    if len(found) == 1:
        return Response(method.name, ResultVerdict.LEARNED, found[0])
    ranked = sorted(found, key=lambda candidate: (-_likeness(method.name, candidate), candidate))
    return Response(method.name, ResultVerdict.OPEN, None, tuple(ranked))


def _candidates(results: list[Any], validators: Validators) -> Iterator[str]:
    """Yield the types that accept every answer and declare every member of them."""
    told = [result for result in results if result not in ({}, None)]
    if not told:
        return
    types, fits = types_of(validators.protocol), fits_of(validators.protocol)
    for name in sorted(validators.protocol.types):
        if not all(validators.accepts_type(name, result) for result in results):
            continue
        readings = [read_closed(types, Ref(name), result, fits, name) for result in told]
        if all(r.members and not r.undeclared for r in readings) and _has_members(types, name):
            yield name


def _has_members(types: Any, name: str) -> bool:
    """Whether a type names members of its own, as opposed to one that takes any object."""
    found = types.resolve(Ref(name))
    return not isinstance(found, Object) or bool(found.properties)


def _likeness(method: str, name: str) -> int:
    """Return how much a name of a type sounds like the response to a method."""
    words = set(_words(name.rpartition("/")[2].removesuffix("Response")))
    return 2 * name.endswith("Response") + len(words & set(_words(method)))


def _words(name: str) -> list[str]:
    return [w.lower() for w in re.findall(r"[A-Z]?[a-z0-9]+|[A-Z]+(?![a-z])", name)]
