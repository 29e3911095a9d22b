"""Calls of the reducer of turns, written down with what they give, for a reducer in another language.

A plugin of pytest (`-p turn_calls`), too: the calls that tests make go to the file that TURN_CALLS names.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import msgspec
import pytest

from codexwire import turns
from codexwire.profiles.app_server import turns as reducer
from codexwire.turns import TurnState

__all__ = ["Calls"]

_TOLD = (
    *("thread_id", "turn_id", "started", "end", "presumed", "added", "interrupt_asked", "ended"),
    *("status", "items", "text", "reasoning", "usage", "plan", "diff", "errors", "open_requests"),
    *("error", "error_message"),
)


def _view(state: TurnState) -> dict[str, Any]:
    """Return all that a state tells, named as in TypeScript."""
    told = {_camel(name): _plain(getattr(state, name)) for name in _TOLD}
    return {**told, "openItems": [item.id for item in state.open_items]}


def _plain(value: Any) -> Any:
    if isinstance(value, turns.Item):
        members = {_camel(name): getattr(value, name) for name in value.__struct_fields__}
        return {**members, "isFinalAnswer": value.is_final_answer}
    if isinstance(value, msgspec.Struct):
        return {_camel(name): _plain(getattr(value, name)) for name in value.__struct_fields__}
    if is_dataclass(value):
        return {_camel(field.name): getattr(value, field.name) for field in fields(value)}
    return [_plain(each) for each in value] if isinstance(value, tuple) else value


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(map(str.capitalize, rest))


class Calls:
    """Makes calls and keeps a line of each: its name and arguments, and the state that it gives.

    A state is the number of the call that gave it, and null where a call gives the one that it got.
    """

    def __init__(self) -> None:
        self.lines: list[str] = []
        self._numbers: dict[int, int] = {}
        self._states: list[TurnState] = []  # so that no other state gets the identity of one

    def start(self, *ids: str | None, content: bool = True, **named: str) -> TurnState:
        """Without content a state knows less than in TypeScript: nothing is written down of it."""
        state = reducer.start(*ids, content=content, **named)
        return self._kept("start", [*ids, *named.values()], state) if content else state

    def step(self, state: TurnState, message: Any, at: float = 0.0) -> TurnState:
        return self._of(reducer.step, state, message, at)

    def answered(self, state: TurnState, request_id: Any) -> TurnState:
        return self._of(reducer.answered, state, request_id)

    def settle(self, state: TurnState, *arguments: Any) -> TurnState:
        return self._of(reducer.settle, state, *arguments)

    def collect(self, messages: Iterable[Any]) -> tuple[TurnState, ...]:
        told = [*messages]
        states = reducer.collect(told)
        self._write(["collect", [told], None, [*map(_view, states)]])
        return states

    def next_case(self) -> None:
        """Forget the states that there are."""
        self._write(["case", [], None, None])
        self._numbers.clear()
        self._states.clear()

    def _of(self, call: Callable[..., TurnState], state: TurnState, *arguments: Any) -> TurnState:
        number = self._numbers.get(id(state))
        after = call(state, *arguments)
        if number is None:
            return after
        return self._kept(call.__name__, [*arguments], after, number, same=after is state)

    def _kept(
        self,
        name: str,
        arguments: list[Any],
        state: TurnState,
        number: int | None = None,
        *,
        same: bool = False,
    ) -> TurnState:
        self._write([name, arguments, number, None if same else _view(state)])
        if not same:
            self._numbers[id(state)] = len(self._states)
            self._states.append(state)
        return state

    def _write(self, line: list[Any]) -> None:
        self.lines.append(json.dumps(line))


@pytest.fixture(autouse=True)
def _written_down(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    calls = Calls()
    for name in ("start", "step", "answered", "settle", "collect"):
        monkeypatch.setattr(turns, name, getattr(calls, name))
    yield
    calls.next_case()
    with Path(os.environ["TURN_CALLS"]).open("a", encoding="utf-8") as file:
        file.writelines(f"{line}\n" for line in calls.lines)
