"""Scenarios as values: what a client says, in which home, to which model, and how it answers questions.

A text of the form `$name` in params stands for a value that an earlier answer gave (`keep`), inside a
longer text for its text; `$project`, `$home`, `$other` are folders, `$loopback` is the URL of the stub.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from codexwire.probe.log import LoggedExchange, RequestOutcome, Stage
from codexwire.probe.session import OMITTED, ProbeSession

__all__ = ["Ask", "Scenario", "Step", "WaitFor", "filled", "member", "play"]

_NAME = re.compile(r"\$(\w+)")


@dataclass(frozen=True, slots=True)
class WaitFor:
    """Wait for a message that the server sends by itself.

    `where` maps places in the params to the values that must stand there; `any_time` takes one that came
    before the step, too.
    """

    method: str
    where: Mapping[str, Any] = field(default_factory=dict)
    seconds: float = 10.0
    any_time: bool = False


@dataclass(frozen=True, slots=True)
class Ask:
    """Send a request; `keep` maps names to places in the result; then wait for what `until` says.

    `later` does not wait for the answer, which comes when something else has been asked.
    """

    method: str
    params: Any = OMITTED
    keep: Mapping[str, str] = field(default_factory=dict)
    until: WaitFor | None = None
    later: bool = False


Step: TypeAlias = "Ask | WaitFor"


@dataclass(frozen=True, slots=True)
class Scenario:
    """One session with a server of its own.

    `model` is the script of the stub (see `codexwire.stub.script`), `settings` and `tables` are TOML for the
    top and the end of config.toml, `files` maps paths below the home to their texts; `backend` what the
    stub answers to other paths than those of the model. `answers` maps methods of the server to the results
    that they get, one after the other, the last one again and again. `twice` is played again
    without the capability for experimental methods.
    """

    name: str
    steps: tuple[Step, ...]
    model: str = ""
    settings: str = ""
    tables: str = ""
    files: Mapping[str, str] = field(default_factory=dict)
    backend: Mapping[str, Any] = field(default_factory=dict)
    answers: Mapping[str, tuple[Any, ...]] = field(default_factory=dict)
    capabilities: Mapping[str, Any] = field(default_factory=dict)
    twice: bool = False


def play(
    scenario: Scenario, session: ProbeSession, values: dict[str, Any], known: set[str]
) -> None:
    """Play the steps of a scenario; requests that the release does not have are left out.

    `values` are what `$name` stands for, and get what is kept on the way.
    """
    late: list[tuple[int, Mapping[str, Any]]] = []
    for step in scenario.steps:
        if isinstance(step, WaitFor):
            _wait(step, session, values, 0 if step.any_time else len(session.bodies))
        elif step.method not in known:
            continue
        elif step.later:
            late.append(session.ask(step.method, filled(step.params, values)))
        else:
            _ask(step, session, values)
    for number, body in late:
        answer = session.answer_to(number, 10.0)
        session.log.exchanges.append(LoggedExchange(Stage.SCENARIO, body, answer))


def _ask(step: Ask, session: ProbeSession, values: dict[str, Any]) -> None:
    since = len(session.bodies)
    exchange = session.call(step.method, filled(step.params, values))
    for name, place in step.keep.items():
        if (found := member(exchange.result, place)) is not None:
            values[name] = found
    if step.until is not None and exchange.outcome is RequestOutcome.ANSWERED:
        _wait(step.until, session, values, since)


def _wait(step: WaitFor, session: ProbeSession, values: Mapping[str, Any], since: int) -> None:
    where = filled(step.where, values)
    if any(_NAME.fullmatch(str(value)) for value in where.values()):
        return  # what should have given the value was refused: nothing will come

    def wanted(body: Mapping[str, Any]) -> bool:
        params = body.get("params")
        return body["method"] == step.method and all(
            member(params, place) == value for place, value in where.items()
        )

    session.wait(wanted, step.seconds, since=since)


def member(value: Any, place: str) -> Any:
    """Return what stands at a dotted place, None where nothing does; `0` is the first of an array."""
    for step in place.split("."):
        if isinstance(value, Mapping):
            value = value.get(step)
        elif isinstance(value, list) and step.isdigit() and int(step) < len(value):
            value = value[int(step)]
        else:
            return None
    return value


def filled(value: Any, values: Mapping[str, Any]) -> Any:
    """Return a value in which every `$name` that is known is replaced."""
    if isinstance(value, str):
        whole = _NAME.fullmatch(value)
        if whole and whole[1] in values:
            return values[whole[1]]
        return _NAME.sub(lambda found: str(values.get(found[1], found[0])), value)
    if isinstance(value, Mapping):
        return {str(filled(key, values)): filled(inner, values) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [filled(inner, values) for inner in value]
    return value
