"""Which upgrade a change breaks: the one formula, for every rule.

Old client ↔ new server breaks where the client writes and the change narrows, or the server writes and
it widens; new client ↔ old server the other way round. What a new client may send to an old server is
its own choice, so that break is conditional, unless the new version can send nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from codexwire.diff.rule import Effect, Levels, Skew
from codexwire.direction import Side
from codexwire.finding import Level

__all__ = ["BROKEN", "SENDS", "Verdict", "level_of", "verdict"]


class Verdict(StrEnum):
    """What a change does to one pairing of versions.

    `conditional`: only if the new client sends it; `unproven`: should break, but no message shows it.
    """

    BREAKS = "breaks"
    CONDITIONAL = "conditional"
    SAFE = "safe"
    UNPROVEN = "unproven"


BROKEN = (Verdict.BREAKS, Verdict.UNPROVEN)
"""The verdicts that count as a break; nothing could prove the second one harmless."""

SENDS = {
    (Skew.OLD_CLIENT, Side.CLIENT): "old",
    (Skew.OLD_CLIENT, Side.SERVER): "new",
    (Skew.NEW_CLIENT, Side.CLIENT): "new",
    (Skew.NEW_CLIENT, Side.SERVER): "old",
}
"""Which version a sender has in a skew; what the old one sends breaks when the change narrows."""


def breaks_when(effect: Effect, skew: Skew, sender: Side) -> bool:
    """Whether a change of this effect in what `sender` writes breaks the skew."""
    return effect.narrows if SENDS[skew, sender] == "old" else effect.widens


def verdict(effect: Effect, total: bool, skew: Skew, senders: Iterable[Side]) -> Verdict:
    """Return the verdict for one skew; no senders (nobody writes it) is safe.

    `total` says that the new version can send nothing that the old one takes.
    """
    broken = [s for s in senders if breaks_when(effect, skew, s)]
    if not broken:
        return Verdict.SAFE
    chosen = skew is Skew.NEW_CLIENT and broken == [Side.CLIENT] and not total
    return Verdict.CONDITIONAL if chosen else Verdict.BREAKS


def level_of(effect: Effect, levels: Levels, skew: Skew, senders: Iterable[Side]) -> Level:
    """Return how serious the change is for one skew: the worst over those who write it."""
    found = [levels.of(s, skew, breaks=breaks_when(effect, skew, s)) for s in senders]
    return min(found, key=lambda level: level.rank, default=Level.INFO)
