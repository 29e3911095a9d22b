"""Threads and turns while their lines are being read."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import zip_longest
from typing import Any

from codexwire.sessions.lines import Notes
from codexwire.sessions.model import UNKNOWN, Context, Item, Place, Step, Turn, Usage, User
from codexwire.sessions.values import less

__all__ = ["ThreadDraft", "TurnDraft", "own_id"]


def own_id(line: int) -> str:
    """Return an id of ours for what begins in a line: it stays the same when the file grows."""
    return f"line-{line}"


class TurnDraft:
    """A turn so far; `is_told` when the source itself said that it began."""

    def __init__(self, id: str, place: Place, before: Usage | None, *, is_told: bool) -> None:
        self.id = id
        self.place = place
        self.is_told = is_told
        self.is_over = False
        self.own_id = not is_told
        self.status = UNKNOWN
        self.error: str | None = None
        self.started: str | None = None
        self.ended: str | None = None
        self.duration_ms: int | None = None
        self.before = before
        self.total: Usage | None = None
        self.plan: tuple[Step, ...] = ()
        self.continues: bool | None = False
        self.copied: bool | None = False
        self.rolled_back = False
        self.items: dict[str, Item] = {}

    @property
    def has_user(self) -> bool:
        """Whether the user says something in it."""
        return any(isinstance(item, User) for item in self.items.values())

    @property
    def last_item(self) -> Item | None:
        """The item that was put last."""
        return next(reversed(self.items.values()), None)

    def frozen(self, *, is_whole: bool) -> Turn:
        """Return the turn as a value; what it used is not known of one that may not be whole."""
        known = is_whole and self.total is not None and self.before is not None
        return Turn(
            id=self.id,
            own_id=self.own_id,
            place=self.place,
            status=self.status,
            error=self.error,
            started=self.started,
            ended=self.ended,
            duration_ms=self.duration_ms,
            usage=less(self.total, self.before) if known else None,  # type: ignore[arg-type]
            total_usage=self.total,
            plan=self.plan,
            continues=self.continues,
            copied=self.copied,
            rolled_back=self.rolled_back,
            items=tuple(self.items.values()),
        )


def _before(turn: TurnDraft, total: Usage, last: Usage | None) -> Usage | None:
    """Return what the thread had used before a turn, by the first report in it.

    Before the model has answered it is an earlier report, which comes again.
    """
    if last is None:
        return None
    is_asked_only = all(isinstance(item, User | Context) for item in turn.items.values())
    return total if is_asked_only else less(total, last)


class ThreadDraft:
    """A thread so far: its turns, the one that runs, and the latest total usage.

    `first_before` is what the thread had used before its first turn, None where that is not known.
    """

    def __init__(self, notes: Notes, first_before: Usage | None) -> None:
        self.notes = notes
        self.turns: list[TurnDraft] = []
        self.current: TurnDraft | None = None
        self.total: Usage | None = None
        self.first_before = first_before
        self._by_id: dict[str, TurnDraft] = {}

    def place(self, line: int) -> Place:
        """Return the place of a line in the thread's file."""
        return Place(self.notes.file, line)

    def known(self, turn_id: Any) -> TurnDraft | None:
        """Return the turn of an id, None when it has not begun."""
        return self._by_id.get(turn_id) if isinstance(turn_id, str) else None

    def begin(self, turn_id: str | None, line: int) -> TurnDraft:
        """Begin a turn, under an id of ours where there is none; one that has begun goes on."""
        found = self.known(turn_id)
        if found is None:
            before = self.total if self.total is not None else self.first_before
            name = turn_id or own_id(line)
            found = TurnDraft(name, self.place(line), before, is_told=turn_id is not None)
            self.turns.append(found)
            self._by_id[name] = found
        self.current = found
        return found

    def alias(self, turn_id: str | None, turn: TurnDraft) -> None:
        """Let another id mean a turn, too."""
        if turn_id is not None:
            self._by_id[turn_id] = turn

    def adopt(self, turn_id: str) -> TurnDraft | None:
        """Give the turn that runs the id that it turns out to have; None when it has one already."""
        turn = self.current
        if turn is None or not turn.own_id:
            return None
        turn.id, turn.own_id = turn_id, False
        self._by_id[turn_id] = turn
        return turn

    def rejoin(self) -> None:
        """Let the turn that runs be the end of the one before."""
        last = self.turns.pop()
        before = self.current = self.turns[-1]
        before.items.update(last.items)
        before.total = last.total

    def end(self, turn: TurnDraft) -> None:
        """Let a turn run no longer."""
        turn.is_over = True
        if self.current is turn:
            self.current = None

    @property
    def latest(self) -> TurnDraft | None:
        """The turn that runs, or else the one that ran last."""
        return self.current or (self.turns[-1] if self.turns else None)

    def use(self, total: Usage, last: Usage | None) -> None:
        """Take in a report of the total usage, and of the last model call's."""
        self.total = total
        turn = self.latest
        if turn is not None:
            if turn.before is None:
                turn.before = _before(turn, total, last)
            turn.total = total

    def frozen_turns(self) -> Iterator[Turn]:
        """Yield the turns as values."""
        for turn, following in zip_longest(self.turns, self.turns[1:]):
            goes_on = following.continues if following is not None else False
            yield turn.frozen(is_whole=turn.continues is False is goes_on)
