"""Two protocols compared: what changed, and which of the two upgrades it breaks.

`diff(old, new)` gives the `Diff`: findings in a fixed order, each with the type that owns it, its
verdict for both skews, and a message that proves every break.

Nothing is imported before it is used: who only reads the archive of releases does not need the rules.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from codexwire.lazy import lazy_exports

if TYPE_CHECKING:
    from codexwire.diff.finding import Diff, DiffFinding, Witness
    from codexwire.diff.run import diff

__all__ = ["Diff", "DiffFinding", "Witness", "diff"]

_EXPORTS = {"Diff": "finding", "DiffFinding": "finding", "Witness": "finding", "diff": "run"}


def __getattr__(name: str) -> Any:
    return lazy_exports(__name__, name, _EXPORTS)
