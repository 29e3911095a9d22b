"""Rollouts: a table from line type to function, and what the lines of one thread have come to so far."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple, TypeAlias

from codexwire.sessions.calls import Made
from codexwire.sessions.context import is_the_users, origins, parts_of
from codexwire.sessions.draft import ThreadDraft, TurnDraft, own_id
from codexwire.sessions.lines import Json, Notes
from codexwire.sessions.model import Context, Item, Usage, User
from codexwire.sessions.values import ZERO, object_of

__all__ = ["Handler", "OpenCall", "Rollout", "RolloutLine", "type_of"]


class RolloutLine(NamedTuple):
    """A line: its number, when it was written, its place in the thread's history, and what it holds."""

    number: int
    written: str | None
    ordinal: int | None
    payload: Json


Handler: TypeAlias = "Callable[[Rollout, RolloutLine], None]"


class _Words(NamedTuple):
    """A message to the model that waits for the turn that it belongs to; when the line before was written."""

    turn_id: Any
    before: str | None
    texts: tuple[str, ...]
    item: Context


class OpenCall(NamedTuple):
    """A call that has been made, the turn that it was made in, and what its item begins with."""

    made: Made
    turn: TurnDraft
    head: Json


class Rollout:
    """What the lines of one file have come to so far.

    `metas` are its `session_meta` payloads, the first of which is the file's own; `calls` the calls that
    were made, by id. `answered` says whether the model has answered since it was asked last, `last_written`
    when the line before was written.
    """

    def __init__(self, notes: Notes) -> None:
        self.notes = notes
        self.draft = ThreadDraft(notes, ZERO)
        self.metas: list[Json] = []
        self.cwd: str | None = None
        self.name: str | None = None
        self.client_tools: frozenset[str] = frozenset()
        self.calls: dict[str, OpenCall] = {}
        self.running: dict[str, str] = {}
        self.told: set[str] = set()
        self.alone: TurnDraft | None = None  # a compaction of which no turn is told
        self.compacted: tuple[TurnDraft, str] | None = None
        self.reviewing: TurnDraft | None = None
        self.asked: Usage | None = None
        self.answered = True
        self.last_written: str | None = None
        self.thoughts: list[tuple[RolloutLine, str]] = []
        self.raw_thoughts: list[str] = []
        self.searched: list[str] = []
        self.ordinals: dict[str, int] = {}
        self._words: list[_Words] = []

    def head(self, line: RolloutLine, id: Any = None) -> Json:
        """Return what an item begins with; without an id it gets one of ours."""
        told = isinstance(id, str) and id != ""
        return {
            "id": id if told else own_id(line.number),
            "own_id": not told,
            "place": self.draft.place(line.number),
            "written": line.written,
        }

    def begin(self, turn_id: str | None, line: RolloutLine) -> TurnDraft:
        """Begin a turn, or go on with that of the id."""
        if self.reviewing is not None and self.draft.known(turn_id) is None:
            self.draft.alias(turn_id, self.reviewing)
            return self.reviewing
        turn = self.draft.begin(turn_id, line.number)
        if line.ordinal is not None:
            self.ordinals.setdefault(turn.id, line.ordinal)
        return turn

    def turn(self, line: RolloutLine) -> TurnDraft:
        """Return the turn that a line is about: the one that it names, or else the one that runs."""
        named = line.payload.get("turn_id")
        found = self.draft.known(named) or self.draft.known(_passed(line).get("turn_id"))
        if found is None and isinstance(named, str):
            return self.draft.adopt(named) or self.begin(named, line)
        if found is None and self.draft.current is self.alone is not None:
            self.draft.rejoin()
        return found or self.draft.latest or self.begin(None, line)

    def put(self, turn: TurnDraft, item: Item) -> None:
        """Put an item into a turn, in place of one of the same id."""
        self.settle_words(turn)
        turn.items[item.id] = item
        self.answered = self.answered or not isinstance(item, User)

    # Messages to the model

    def hear(self, line: RolloutLine) -> None:
        """Take in a message to the model, which is the user's or injected."""
        payload = line.payload
        texts = parts_of(payload)
        item = Context(
            **self.head(line, payload.get("id")),
            role=str(payload.get("role")),
            origin=origins(payload),
            text="".join(texts),
        )
        self._words.append(_Words(_passed(line).get("turn_id"), self.last_written, texts, item))

    def users_words(self, text: str) -> str | None:
        """Forget the message to the model that repeats what an event says that the user wrote.

        Returns when the line before both was written.
        """
        for at, words in enumerate(self._words):
            if words.item.role == "user" and (text == words.item.text or text in words.texts):
                del self._words[at]
                return words.before
        return self.last_written

    def waiting(self) -> Iterator[Context]:
        """Yield the messages that wait."""
        return (words.item for words in self._words)

    def settle_words(self, turn: TurnDraft) -> None:
        """Put the messages that wait into their turns, or else into this one."""
        waiting, self._words = self._words, []
        for words in waiting:
            place = self.draft.known(words.turn_id) or turn
            place.items[words.item.id] = _said(words.item)


def _passed(line: RolloutLine) -> Mapping[str, Any]:
    return object_of(line.payload.get("internal_chat_message_metadata_passthrough"))


def _said(item: Context) -> Item:
    """Return a message that no event repeats: the user's where Codex says so."""
    if item.role != "user" or not is_the_users(item.origin):
        return item
    head = {name: getattr(item, name) for name in ("id", "own_id", "place", "written")}
    return User(**head, text=item.text)


def type_of(line: Json) -> str:
    """Return the type of a line, with that of its payload: `event_msg/task_started`."""
    outer, inner = line.get("type"), object_of(line.get("payload")).get("type")
    inside = outer in ("event_msg", "response_item", "realtime_item") and isinstance(inner, str)
    return f"{outer}/{inner}" if inside else str(outer)
