"""Which part of a version a package that follows the protocol would have to raise."""

from __future__ import annotations

from collections.abc import Iterable

from codexwire.diff.finding import DiffFinding
from codexwire.finding import Level

__all__ = ["suggested_bump"]


def suggested_bump(findings: Iterable[DiffFinding]) -> str:
    """Return `major`, `minor`, `patch` or `none`.

    Major for a break of level error, minor for other breaks and for anything new, patch for the rest.
    """
    listed = list(findings)
    if any(f.level is Level.ERROR for f in listed):
        return "major"
    if any(f.level is Level.WARNING or f.old is None for f in listed):
        return "minor"
    return "patch" if listed else "none"
