"""What a follower of a turn missed while the connection was broken, and what it must not get twice.

When a client has connected again, `codexwire/reconnected` comes into the stream of every turn that is
followed, with the turn as the server tells it now. The follower knows what it has seen, so it is the
follower that gets what it has not: the missed items, each once, as `item/completed`.

Two things make that more than a comparison of ids. Servers that keep no ids number the items that they
tell (`item-1`): such an item is the one that says the same. And what streams on of an item whose
beginning was missed is left out: its pieces would make a text with a hole. Its end brings all of it.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, Final

from codexwire.model.message import Json
from codexwire.model.turn_items import TEXTS, Item, kind_of_item, said
from codexwire.model.turn_state import TurnState
from codexwire.profiles.app_server import turns
from codexwire.profiles.ids import id_of
from codexwire.runtime.client.messages import Codec, Notification

__all__ = ["RECONNECTED", "TurnGap", "missed"]

RECONNECTED: Final = "codexwire/reconnected"
"""Not of the server: the connection had broken, and this is the turn (`turn`) as the server tells it."""

_END: Final = "turn/completed"
_ITEMS: Final = frozenset({"item/started", "item/completed"})
_NUMBERED: Final = re.compile(r"item-\d+\Z")
_PIECE: Final = re.compile(r"[dD]elta\Z")
_CHANGING: Final = frozenset(
    {"id", "source", "status", "processId", "exitCode", "durationMs"}
).union(*TEXTS.values())
"""Members of an item that change while it runs, or that are compared as its text."""


class TurnGap:
    """What lies between a follower's last notification of one connection and the first of the next.

    `fill` is what was missed, to be read first. `held` is a notification that waits until `go_on` is told
    the turn once more: the first that tells of an item, and the end of the turn. A server may
    not have written down yet what it had done when the thread was resumed.
    """

    def __init__(self, state: TurnState, codec: Codec) -> None:
        self.fill: deque[Notification] = deque()
        self.held: Notification | None = None
        self._key = state.thread_id, state.turn_id
        self._codec = codec
        self._asked = False
        self._begun: set[str] = set()
        known = (item for item in state.items if item.completed is not None)
        self._had: dict[str, Mapping[str, Any]] = {item.id: item.wire for item in known}

    def open(self, state: TurnState, turn: Json, waiting: Iterable[Notification]) -> None:
        """Fill in what the state lacks of a turn, and what waits to be read does not bring."""
        begun = set(self._begun)
        for notification in waiting:
            if not self._is_past(notification, begun):
                state = turns.advance(state, notification.raw)
        self._fill(state, turn)

    def go_on(self, state: TurnState, turn: Json, waiting: Iterable[Notification]) -> None:
        """Fill in what the state still lacks, then what is held."""
        held, self.held = self.held, None
        assert held is not None
        if held.method == _END:
            self._fill(state, turn)
            self.fill.append(self._without_had(held))
            return
        self.open(state, turn, (held, *waiting))
        if not self._is_past(held, self._begun):
            self.fill.append(held)

    def let_through(self, notification: Notification) -> Notification | None:
        """Return a notification that came after the gap, None for one that the follower does not get.

        Or not yet: see `held`.
        """
        method = notification.method
        if method == _END or (method in _ITEMS and not self._asked):
            self._asked = True
            self.held = notification
            return None
        return None if self._is_past(notification, self._begun) else notification

    def _fill(self, state: TurnState, turn: Json) -> None:
        thread_id, turn_id = self._key
        for method, item in missed(state, turn):
            self._had[item["id"]] = item
            params = {"threadId": thread_id, "turnId": turn_id, "item": item}
            raw = {"method": method, "params": params}
            self.fill.append(Notification(method, raw, thread_id, turn_id, self._codec))

    def _is_past(self, notification: Notification, begun: set[str]) -> bool:
        """Whether a notification is about what the follower has, or a piece of what began in the gap.

        `begun` has the items that began since.
        """
        method, params = notification.method, notification.wire_params
        item_id = id_of("item", method, params, "params")
        if item_id is None:
            return False
        if method == "item/completed":
            return self._is_had(params.get("item"), begun)
        if method == "item/started":
            had = self._had.get(item_id)
            if had is None or _runs(had):
                begun.add(item_id)
            return had is not None
        return item_id not in begun and _PIECE.search(method) is not None

    def _is_had(self, item: Any, begun: Collection[str] = ()) -> bool:
        """Whether the follower has a completed item, under its id or a number."""
        if not isinstance(item, dict) or not isinstance(item.get("id"), str):
            return False
        if item["id"] in self._had:
            known = self._had[item["id"]]
            return not _runs(known) and _agree(known, item)
        numbered = (wire for number, wire in self._had.items() if _NUMBERED.match(number))
        return item["id"] not in begun and any(_agree(wire, item) for wire in numbered)

    def _without_had(self, notification: Notification) -> Notification:
        """Return the end of the turn without the items in it that the follower has."""
        turn = notification.wire_params.get("turn")
        items = turn.get("items") if isinstance(turn, dict) else None
        if not self._had or not isinstance(turn, dict) or not isinstance(items, list):
            return notification
        rest = [item for item in items if not self._is_had(item)]
        params = {**notification.wire_params, "turn": {**turn, "items": rest}}
        raw = {**notification.raw, "params": params}
        return Notification(
            notification.method,
            raw,
            notification.thread_id,
            notification.turn_id,
            notification.codec,
        )


def missed(state: TurnState, turn: Json) -> Iterator[tuple[str, Json]]:
    """Yield the items of a turn, as the server tells it, that the state of the turn lacks.

    Each with the notification that would have told it: `item/completed`, or `item/started` for one that
    runs. An item that the state knows under another id is told under that.
    """
    items = turn.get("items")
    told = [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []
    known = {item.id: item for item in state.items}
    ids = {item.get("id") for item in told}
    nameless = [item for item in state.items if item.id not in ids]
    for wire in told:
        item_id = wire.get("id")
        if not isinstance(item_id, str):
            continue
        seen = known.get(item_id)
        if seen is None:
            seen = _likeness([i for i in nameless if _is_numbered(i.id, item_id)], wire)
            nameless = [item for item in nameless if item is not seen]
        if _runs(wire):
            if seen is None:
                yield "item/started", wire
        elif seen is None or seen.completed is None:
            yield "item/completed", wire if seen is None else {**wire, "id": seen.id}


def _runs(wire: Mapping[str, Any]) -> bool:
    return wire.get("status") == "inProgress"


def _is_numbered(*ids: str) -> bool:
    return any(map(_NUMBERED.match, ids))


def _likeness(items: list[Item], wire: Json) -> Item | None:
    """Return the item that says the same, or else one that has begun to say it."""
    kind = kind_of_item(wire)
    text = said(kind, wire) or ""
    alike = [item for item in items if item.kind == kind and _same_rest(item.wire, wire)]
    whole = (item for item in alike if item.completed is not None and item.text == text)
    begun = (item for item in alike if item.completed is None and text.startswith(item.text))
    return next(whole, None) or next(begun, None)


def _agree(one: Mapping[str, Any], other: Json) -> bool:
    """Whether two wires of a completed item say the same."""
    kind = kind_of_item(one)
    return (
        kind == kind_of_item(other)
        and said(kind, one) == said(kind, other)
        and _same_rest(one, other)
    )


def _same_rest(one: Any, other: Json) -> bool:
    """Whether members that neither change nor are the text are equal where both have a value."""
    return all(
        not value or not one.get(name) or one[name] == value
        for name, value in other.items()
        if name not in _CHANGING
    )
