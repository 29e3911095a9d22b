"""Two protocols compared: what changed, and which of the two upgrades it breaks.

`diff(old, new)` gives the `Diff`: findings in a fixed order, each with the type that owns it, its
verdict for both skews, and a message that proves every break.
"""

from codexwire.diff.finding import Diff, DiffFinding, Witness
from codexwire.diff.run import diff

__all__ = ["Diff", "DiffFinding", "Witness", "diff"]
