"""A method moved between stable and experimental.

A client without `experimentalApi` loses what leaves the stable schema, though no message changes: that
is an error for an old client on a new server, whoever sends the method.
"""

from __future__ import annotations

from collections.abc import Iterator

from codexwire.diff.match import StabilityMatch
from codexwire.diff.rule import SILENT, Change, Effect, Rule
from codexwire.direction import Stability
from codexwire.finding import Level

__all__ = ["RULE"]


def _check(match: StabilityMatch) -> Iterator[Change]:
    if match.what != "method":
        return
    lost = match.old is Stability.STABLE
    yield Change(
        Effect.NONE,
        match.old,
        match.new,
        key=match.name,
        note="a client without experimentalApi loses it" if lost else "",
        level=Level.ERROR if lost else Level.INFO,
    )


RULE = Rule(
    id="method-moved-channel",
    title="A method that moved between the stable and the experimental schema.",
    words="{method} was {old}, is {new}",
    on=StabilityMatch,
    levels=SILENT,
    check=_check,
)
