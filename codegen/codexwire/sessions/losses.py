"""What each kind of source does not say, or not always."""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["lost_by"]

_LOST: Mapping[str, tuple[str, ...]] = {
    "exec": (
        "what the user wrote",
        "ids of turns, times, the usage of single turns",
        "what stood in the thread before this process",
        "the content of changed files, and where a moved file went",
        "how a command ended that was still open when its turn ended",
        "declined patches, images that were viewed, calls of the client's tools",
        "in releases up to 0.115.0: which parts of a summary are one reasoning",
    ),
    "legacy": (
        "ids of messages and reasoning (own ids stand for them)",
        "in releases before 0.100.0: ids, times and ends of turns; often whether a message began one",
        "before 0.145.0: whether a turn failed, unless its last word shows that it did not",
        "the status and duration of commands; their output as the model got it, which may be cut",
        "how a client's tools and MCP servers answered, in releases before 0.130.0",
    ),
    "paginated": (
        "commands that were declined or never ended, but for the model's call",
        "what began and did not end: approvals, pieces of text, progress",
    ),
    "recording": (
        "texts that were injected for the model",
        "turns before the recording began, and after it ended",
    ),
}


def lost_by(source: str) -> tuple[str, ...]:
    """Return what a kind of source does not say: `exec`, `legacy`, `paginated` or `recording`."""
    return _LOST[source]
