"""Notifications and ends of turns that nobody follows (yet), kept within bounds.

Both are bounded: the notifications of at most 256 turns, 16,384 in all, and ends of 16 MiB of JSON, which
are those of some fifty thousand turns. The oldest go first, and a turn of which notifications went says so
(`LOST`).
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from msgspec import MsgspecError
from msgspec.json import encode

from codexwire.model.message import parse
from codexwire.runtime.client.messages import PLAIN, Codec, Notification
from codexwire.runtime.client.subscription import DEFAULT_BUFFER, Subscription

__all__ = ["LOST", "Ends", "Expectation", "TurnKey", "Untaken", "lost"]

TurnKey: TypeAlias = "tuple[str, str]"
"""Thread id and turn id: turn ids repeat across threads up to 0.99.0."""

LOST: Final = "codexwire/lost"
"""Not of the server: at least `notifications` of them are lost, of the turn that it names."""

_TURNS: Final = 256
_LOSSES: Final = 4096
_NOTIFICATIONS: Final = DEFAULT_BUFFER
_END_BYTES: Final = 16 * 1024 * 1024
_ODD: Final = bytes(1024)
"""What an end counts as that is kept as it is."""


def lost(key: TurnKey, count: int) -> Notification:
    """Return the notification that says that a turn's notifications are lost."""
    params = {"threadId": key[0], "turnId": key[1], "notifications": count}
    return Notification(LOST, {"method": LOST, "params": params}, *key, PLAIN)


@dataclass(slots=True)
class Expectation:
    """Turns being started on one thread: how many, and what has come for its turns meanwhile."""

    starts: int = 0
    buffer: int = 0
    early: dict[str, Subscription] = field(default_factory=dict)


class Untaken:
    """The subscriptions of turns that were started here and that nobody follows yet."""

    def __init__(self) -> None:
        self._kept: OrderedDict[TurnKey, Subscription] = OrderedDict()
        self._losses: OrderedDict[TurnKey, int] = OrderedDict()

    def __len__(self) -> int:
        return len(self._kept)

    def keep(self, key: TurnKey, subscription: Subscription) -> None:
        """Keep all that comes for a turn until somebody takes it."""
        subscription.bound(_NOTIFICATIONS, "drop_oldest")
        self._kept[key] = subscription
        self.trim()

    def take(self, key: TurnKey, buffer: int) -> Subscription | None:
        """Return what is kept of a turn and keep it no longer; None when nothing is."""
        subscription = self._kept.pop(key, None)
        if subscription is None:
            return None
        if subscription.dropped:
            subscription.waiting.appendleft(lost(key, subscription.dropped))
        subscription.bound(buffer, "error")
        return subscription

    def loss(self, key: TurnKey) -> Notification | None:
        """Return what says how much of a turn was kept and then dropped; None for nothing."""
        count = self._losses.pop(key, 0)
        return lost(key, count) if count else None

    def trim(self) -> None:
        """Drop the oldest turns beyond the bounds; to be called when a turn was started or ended."""
        total = sum(len(subscription.waiting) for subscription in self._kept.values())
        while len(self._kept) > _TURNS or (total > _NOTIFICATIONS and len(self._kept) > 1):
            key, subscription = self._kept.popitem(last=False)
            total -= len(subscription.waiting)
            self._losses[key] = len(subscription.waiting) + subscription.dropped
            if len(self._losses) > _LOSSES:
                self._losses.popitem(last=False)


class Ends:
    """The notifications that turns ended with, as text: there may be very many."""

    def __init__(self, most: int = _END_BYTES) -> None:
        self._most = most
        self._size = 0
        self._kept: OrderedDict[TurnKey, tuple[bytes, Notification | Codec]] = OrderedDict()

    def __contains__(self, key: TurnKey) -> bool:
        return key in self._kept

    def keep(self, key: TurnKey, notification: Notification) -> None:
        """Keep the end of a turn; a later one replaces it."""
        self._forget(key)
        try:
            kept: tuple[bytes, Notification | Codec] = encode(notification.raw), notification.codec
        except (MsgspecError, ValueError, OverflowError, RecursionError):  # Python reads more
            kept = _ODD, notification
        self._kept[key] = kept
        self._size += len(kept[0])
        while self._size > self._most:
            self._forget(next(iter(self._kept)))

    def get(self, key: TurnKey) -> Notification | None:
        """Return the end of a turn, None when it is not known (any more)."""
        text, rest = self._kept.get(key, (b"", None))
        if rest is None or isinstance(rest, Notification):
            return rest
        raw = parse(text)
        return Notification(raw["method"], raw, *key, rest)

    def _forget(self, key: TurnKey) -> None:
        text, _ = self._kept.pop(key, (b"", None))
        self._size -= len(text)
