"""What the protocol of saved sessions is called."""

from __future__ import annotations

from typing import Final

__all__ = ["NAME", "ROOT", "SOURCE"]

NAME: Final = "codex-rollout"
SOURCE: Final = "rollout"
"""What it is called on a command line; codex itself calls its saved sessions so."""

ROOT: Final = "RolloutLine"
"""The type of every line."""
