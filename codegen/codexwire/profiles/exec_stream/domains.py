"""Which module of the models of events a type belongs to, in import order."""

from __future__ import annotations

from codexwire.model.profile import Domain

__all__ = ["DOMAINS"]

DOMAINS: tuple[Domain, ...] = (
    Domain("item", "What a turn consists of.", (), ("Item",)),
    Domain("event", "Events.", ("Thread", "Usage"), ("Event",)),
)
