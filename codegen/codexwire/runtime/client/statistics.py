"""What a connection has seen, in numbers."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Statistics"]


@dataclass(slots=True)
class Statistics:
    """What a connection has seen: counts of messages."""

    answers: int = 0
    stray_answers: int = 0
    notifications: int = 0
    server_requests: int = 0
    unreadable: int = 0
