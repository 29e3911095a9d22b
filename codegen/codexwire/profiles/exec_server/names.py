"""What the exec-server's protocol is called."""

from __future__ import annotations

from typing import Final

__all__ = ["NAME", "SOURCE"]

NAME: Final = "codex-exec-server"
SOURCE: Final = "exec-server"
"""What it is called on a command line, codex's own included."""
