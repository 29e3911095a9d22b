"""Suggests a known method for an unknown one in a recording."""

from __future__ import annotations

from codexwire.direction import Side
from codexwire.ir.model import Protocol
from codexwire.near import ALIKE, did_you_mean

__all__ = ["Meant"]

_MOST = 1000
"""The unknown methods of one recording that are looked up: looking costs, and can be made to."""


class Meant:
    """Looks unknown methods up, each once."""

    def __init__(self, protocol: Protocol) -> None:
        self._known = {
            side: {m.name for m in protocol.methods if m.sender is side} for side in Side
        }
        self._told: dict[tuple[str, Side], str] = {}

    def method(self, name: str, sender: Side) -> str:
        """Return what to say after the finding that `sender` has no such method; nothing for many."""
        key = name, sender
        if key not in self._told and len(self._told) < _MOST:
            self._told[key] = self._of(name, sender)
        return self._told.get(key, "")

    def _of(self, name: str, sender: Side) -> str:
        if name in self._known[sender.other]:
            return f"; the {sender.other} has"
        meant = did_you_mean(name, self._known[sender], like=ALIKE)
        return f"; {meant}" if meant else ""
