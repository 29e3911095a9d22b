"""What the app-server's protocol, its generations and its legacy events are called."""

from __future__ import annotations

from typing import Final

__all__ = ["ARCHIVE", "EVENT", "NAME", "PREFIX", "SOURCE", "V1", "V2"]

NAME: Final = "codex-app-server"
SOURCE: Final = "app-server"
"""What it is called on a command line, codex's own included."""

V1: Final = "v1"
V2: Final = "v2"
"""The generations of the API, which are namespaces of its schema: v1 is its root."""

PREFIX: Final = "codex/event/"
"""What the methods of the legacy events (v1) begin with; the type of the event follows."""

EVENT: Final = "EventMsg"
"""The type that has a variant for every legacy event."""

ARCHIVE: Final = "history.json.gz"
"""The archive of its releases, a file of the schema folder."""
