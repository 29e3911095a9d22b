"""What a release still has of the first generation of the API."""

from __future__ import annotations

from codexwire.direction import Kind, Side
from codexwire.ir.model import Protocol
from codexwire.profiles.app_server.names import EVENT

__all__ = ["answers_v1", "sends_legacy_events"]

_SUCCESSOR = "thread/metadata/update"


def sends_legacy_events(protocol: Protocol) -> bool:
    """Whether the server sends `codex/event/<type>`: it does as long as it defines `EventMsg`.

    Probed: 0.105.0, 0.110.0 and 0.114.0 send them; 0.115.0 neither sends nor defines them.
    """
    return EVENT in protocol.types


def answers_v1(protocol: Protocol) -> bool:
    """Whether the server answers all requests of v1 and sends its notifications.

    It stopped in the release that brought `thread/metadata/update`, before the events went. Probed by the
    list of methods in the error for an unknown one: 0.105.0 and 0.107.0 have 22 of v1, 0.110.0 and
    0.114.0 have three.
    """
    successor = protocol.method(_SUCCESSOR, Side.CLIENT, Kind.REQUEST)
    return sends_legacy_events(protocol) and successor is None
