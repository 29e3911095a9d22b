"""How a turn gets from its beginning to its end.

The steps of a turn are a generator: it sends messages and yields what it waits for, an async function
whose result it is sent back. Between two waits a turn goes on at once, within the handling of the
message that it waited for; so a turn without delays is sent whole before the next request is read, and
the same requests get the same bytes however they arrive.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Generator
from functools import partial
from typing import Any, TypeAlias

import anyio

from codexwire.model.message import Json
from codexwire.proxy.mock.call import Action, MockCall
from codexwire.proxy.mock.state import MockThread, MockTurn
from codexwire.proxy.mock.turn_output import TOKENS, TurnEnded, TurnOutput

__all__ = ["TurnScript", "TurnSteps", "begin"]

TurnSteps: TypeAlias = "Generator[Callable[[], Awaitable[Any]], Any, None]"
TurnScript: TypeAlias = Callable[[TurnOutput], TurnSteps]


def begin(
    call: MockCall, thread: MockThread, items: list[Any], script: TurnScript
) -> tuple[MockTurn, Action]:
    """Add a turn to a thread; return it and what runs it, to be called after the reply was sent."""
    turn = MockTurn(call.state.new_turn_id(thread), items, call.state.now())
    thread.turns.append(turn)
    runner = _TurnRunner(TurnOutput(call.server, call.client, thread, turn), script)
    turn.running = runner
    return turn, runner.start


class _TurnRunner:
    """Runs the steps of one turn."""

    def __init__(self, output: TurnOutput, script: TurnScript) -> None:
        self.steered: list[list[Any]] = []
        self._output = output
        self._steps = script(output)
        self._scope = anyio.CancelScope()

    def start(self) -> None:
        """Send that the turn began, and go on until it waits."""
        output = self._output
        output.tell_status()
        output.event("task_started", model_context_window=None)
        output.send("turn/started", {"turn": output.turn.wire()})
        self._go_on(None)

    def interrupt(self) -> None:
        """End the turn as interrupted, wherever it is."""
        self._output.client.post(self._interrupt)

    def _interrupt(self) -> None:
        if self._output.turn.running is self:
            self._steps.close()
            self._end("interrupted", None)
            self._scope.cancel()

    def _go_on(self, result: Any) -> None:
        try:
            wait = self._steps.send(result)
        except StopIteration:
            self._end("completed", None)
        except TurnEnded as end:
            self._end(end.status, end.error)
        else:
            self._output.client.start(partial(self._wait, wait))

    async def _wait(self, wait: Callable[[], Awaitable[Any]]) -> None:
        try:
            with self._scope:
                result = await wait()
                if self._output.turn.running is self:
                    self._scope = anyio.CancelScope()
                    self._go_on(result)
        except anyio.get_cancelled_exc_class():
            self._interrupt()  # its client is gone
            raise

    def _end(self, status: str, error: Json | None) -> None:
        output, turn = self._output, self._output.turn
        turn.running = None
        turn.status, turn.error, turn.ended = status, error, output.server.state.now()
        output.tell_status()
        if status == "interrupted":
            output.event("turn_aborted", reason="interrupted")
        else:
            output.event("task_complete", last_agent_message=turn.state.text or None)
        output.send("turn/completed", {"turn": turn.wire(), "usage": TOKENS})
        if output.question is not None:
            output.send("serverRequest/resolved", {"requestId": output.question.number})
