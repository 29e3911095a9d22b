"""Who speaks, what kind of message it is, and which of the published schemas has it."""

from __future__ import annotations

from enum import StrEnum

__all__ = ["Kind", "Side", "Stability"]


class Side(StrEnum):
    """The sender of a message."""

    CLIENT = "client"
    SERVER = "server"

    @property
    def other(self) -> Side:
        """The receiver of what this side sends."""
        return Side.SERVER if self is Side.CLIENT else Side.CLIENT


class Kind(StrEnum):
    """A JSON-RPC message that carries a method."""

    REQUEST = "request"
    NOTIFICATION = "notification"


class Stability(StrEnum):
    """Which of a release's two published schemas has it.

    `stable`: both; `experimental`: only the one written with `--experimental`;
    `unknown`: only one of the two was available.
    """

    STABLE = "stable"
    EXPERIMENTAL = "experimental"
    UNKNOWN = "unknown"
