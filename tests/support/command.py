"""What tests of the command line share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

__all__ = ["Document", "Run"]

Run: TypeAlias = Callable[..., tuple[int, str, str]]
"""Runs a command; returns exit code, standard output, standard error."""

Document: TypeAlias = Callable[..., dict[str, Any]]
"""Runs `diff` with JSON output; returns the document."""
