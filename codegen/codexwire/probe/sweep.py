"""Every request that no scenario sends, and what needs the capability for experimental methods."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from codexwire.direction import Kind, Side, Stability
from codexwire.ir.model import Method, Protocol
from codexwire.probe.damage import DamageJudge
from codexwire.probe.log import Log, RequestOutcome, Stage
from codexwire.probe.recipe import Recipe
from codexwire.probe.requests import Requests
from codexwire.probe.scenario import filled
from codexwire.probe.session import OMITTED, ProbeSession

__all__ = ["Gated", "gated", "rest", "send", "send_gated", "send_judged", "texts", "without_params"]


@dataclass(frozen=True, slots=True)
class Gated:
    """A request, or one member of its params, that the schema calls experimental."""

    method: Method
    member: str = ""


def rest(protocol: Protocol, recipe: Recipe, log: Log) -> list[Method]:
    """Return the requests that have not been sent and may be."""
    done = log.sent() | recipe.forbidden.keys()
    return [m for m in protocol.table(Side.CLIENT, Kind.REQUEST) if m.name not in done]


def without_params(requests: Requests, recipe: Recipe) -> list[Method]:
    """Return the requests that may be sent and whose params may be null."""
    known = requests.types.protocol.table(Side.CLIENT, Kind.REQUEST)
    return [m for m in known if requests.takes_null(m) and m.name not in recipe.forbidden]


def texts(recipe: Recipe, values: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the texts of a recipe with what earlier answers gave; those that nothing gave are left out."""
    made = {name: filled(text, values) for name, text in recipe.texts.items()}
    return {name: text for name, text in made.items() if "$" not in str(text)}


def send(left: list[Method], session: ProbeSession, requests: Requests) -> None:
    """Send each of the requests with the smallest valid params, taking it from the list."""
    while left:
        method = left.pop(0)
        session.call(method.name, requests.minimal(method), stage=Stage.SWEEP)
    session.settle(0.5)


def send_judged(
    left: list[Method], session: ProbeSession, requests: Requests, judge: DamageJudge
) -> None:
    """Send each of the requests with the smallest valid params, then with params of every other kind."""
    while left:
        method = left.pop(0)
        for made in requests.wholes(method):
            sent = session.call(method.name, made.params, stage=Stage.SWEEP)
            if sent.outcome is RequestOutcome.UNANSWERED:
                break
            judge.compare(method, made, sent.message, sent.refusal)
    session.settle(0.5)


def gated(requests: Requests, recipe: Recipe) -> list[Gated]:
    """Return what the schema calls experimental: requests, and members of the params of others."""
    found: list[Gated] = []
    for method in requests.types.protocol.table(Side.CLIENT, Kind.REQUEST):
        if method.name in recipe.forbidden:
            continue
        if method.stability is Stability.EXPERIMENTAL:
            found.append(Gated(method))
        else:
            found += [Gated(method, name) for name in requests.experimental_members(method)]
    return found


def send_gated(left: list[Gated], session: ProbeSession, requests: Requests) -> None:
    """Send each of them to a server that was not asked for experimental methods."""
    while left:
        one = left.pop(0)
        params = requests.minimal(one.method)
        if one.member:
            base = {} if params is OMITTED or not isinstance(params, dict) else params
            params = {**base, one.member: requests.example(one.method, one.member)}
        session.call(one.method.name, params, stage=Stage.CLOSED, note=one.member)
