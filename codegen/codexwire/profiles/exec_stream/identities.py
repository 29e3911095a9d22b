"""Where the ids of events stand. No turn has one, and items are numbered anew in every process."""

from __future__ import annotations

from codexwire.model.identity import Identities, Place

__all__ = ["IDENTITIES"]

IDENTITIES = Identities(
    {
        "thread": (Place("thread_id"),),
        "item": (Place("item.id"),),
    }
)
