"""The comparison as one call."""

from __future__ import annotations

from codexwire.diff.engine import analyse
from codexwire.diff.finding import Diff
from codexwire.ir.model import Protocol

__all__ = ["diff"]


def diff(old: Protocol, new: Protocol) -> Diff:
    """Return the findings of a comparison.

    Changes of prose are counted and not listed.
    """
    findings = [finding for finding, _ in analyse(old, new).findings]
    listed = tuple(f for f in findings if f.rule != "text-changed")
    return Diff(listed, len(findings) - len(listed))
