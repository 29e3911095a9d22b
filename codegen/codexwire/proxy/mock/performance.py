"""How a turn gets from its beginning to its end.

A play is a generator: it says things and yields what it waits for, an async function whose result it
is sent back. Between two waits a turn goes on at once, within the handling of the message that it waited
for; so a turn without delays is said whole before the next request is read, and the same requests get
the same bytes however they arrive.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Generator
from typing import TYPE_CHECKING, Any, TypeAlias

import anyio

from codexwire.proxy.mock.call import Act
from codexwire.proxy.mock.stage import TOKENS, Stage, TurnEnded
from codexwire.proxy.mock.world import Thread, Turn

if TYPE_CHECKING:
    from codexwire.proxy.mock.session import Session

__all__ = ["Play", "Playing", "begin"]

Json = dict[str, Any]
Playing: TypeAlias = "Generator[Callable[[], Awaitable[Any]], Any, None]"
Play: TypeAlias = Callable[[Stage], Playing]


def begin(session: Session, thread: Thread, items: list[Any], play: Play) -> tuple[Turn, Act]:
    """Add a turn to a thread; return it and what plays it, to be called after the answer."""
    turn = Turn(session.server.world.new_turn_id(thread), items, session.server.world.now())
    thread.turns.append(turn)
    performance = _Performance(Stage(session, thread, turn), play)
    turn.running = performance
    return turn, performance.open


class _Performance:
    """A turn that runs."""

    def __init__(self, stage: Stage, play: Play) -> None:
        self.steered: list[list[Any]] = []
        self._stage = stage
        self._playing = play(stage)
        self._scope = anyio.CancelScope()

    def open(self) -> None:
        """Say that the turn began, and go on until it waits."""
        stage = self._stage
        stage.tell_status()
        stage.event("task_started", model_context_window=None)
        stage.say("turn/started", {"turn": stage.turn.wire()})
        self._go_on(None)

    def interrupt(self) -> None:
        """End the turn as interrupted, wherever it is."""
        self._stage.session.post(self._interrupt)

    def _interrupt(self) -> None:
        if self._stage.turn.running is self:
            self._playing.close()
            self._end("interrupted", None)
            self._scope.cancel()

    def _go_on(self, result: Any) -> None:
        try:
            wait = self._playing.send(result)
        except StopIteration:
            self._end("completed", None)
        except TurnEnded as end:
            self._end(end.status, end.error)
        else:
            self._stage.session.tasks.start_soon(self._wait, wait)

    async def _wait(self, wait: Callable[[], Awaitable[Any]]) -> None:
        try:
            with self._scope:
                result = await wait()
                if self._stage.turn.running is self:
                    self._scope = anyio.CancelScope()
                    self._go_on(result)
        except anyio.get_cancelled_exc_class():
            self._interrupt()  # its client is gone
            raise

    def _end(self, status: str, error: Json | None) -> None:
        stage, turn = self._stage, self._stage.turn
        turn.running = None
        turn.status, turn.error, turn.ended = status, error, stage.session.server.world.now()
        stage.tell_status()
        if status == "interrupted":
            stage.event("turn_aborted", reason="interrupted")
        else:
            stage.event("task_complete", last_agent_message=turn.state.text or None)
        stage.say("turn/completed", {"turn": turn.wire(), "usage": TOKENS})
        if stage.question is not None:
            stage.say("serverRequest/resolved", {"requestId": stage.question.number})
