"""Where the ids of events stand. No turn has one, and items are numbered anew in every process."""

from __future__ import annotations

from codexwire.model.identity import Identities, IdPlace

__all__ = ["IDENTITIES"]

IDENTITIES = Identities(
    {
        "thread": (IdPlace("thread_id"),),
        "item": (IdPlace("item.id"),),
    }
)
