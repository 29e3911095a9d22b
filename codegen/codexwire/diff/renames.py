"""Which removed and added methods look like one under a new name."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from codexwire.diff.entry_points import Root
from codexwire.diff.match import MethodMatch, RenameMatch
from codexwire.ir.model import Method

__all__ = ["renames"]


def renames(roots: Sequence[Root]) -> Iterator[tuple[Root, RenameMatch]]:
    """Yield (root of the added method, match) for every likely rename of one union's methods.

    Likely: params of the same type, the same response, and names that share half of their words.
    """
    changed = [(r, m) for r in roots for _, m in r.delta.matches if isinstance(m, MethodMatch)]
    for root, match in changed:
        if match.new is None:
            continue
        for other, before in changed:
            if before.old is None or other.owner != root.owner:
                continue
            if _alike(before.old, match.new):
                yield root, RenameMatch(before.old, match.new)


def _alike(old: Method, new: Method) -> bool:
    if old.result != new.result or old.params_type is None or old.params_type != new.params_type:
        return False
    a, b = _words(old.name), _words(new.name)
    return 2 * len(a & b) >= max(len(a), len(b))


def _words(name: str) -> set[str]:
    return {w.lower() for w in re.findall(r"[A-Z]?[a-z0-9]+|[A-Z]+(?![a-z])", name)}
