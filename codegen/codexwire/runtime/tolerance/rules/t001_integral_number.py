"""An integer may be written with a fraction of zero: `1.0`.

JSON Schema draft 7 calls every number without a fractional part an integer, and some writers have
only one kind of number. The value reads as an int and comes back as it was written.
"""

from __future__ import annotations

from typing import Any

from codexwire.runtime.tolerance.rule import Hook, Spot, ToleranceRule
from codexwire.runtime.unknown import ABSENT
from codexwire.version import VersionRange


def apply(spot: Spot, raw: Any) -> Any:
    """Return a float without a fraction as an int."""
    kinds = ("integer", "choice", "enum")
    if spot.facts.kind in kinds and isinstance(raw, float) and raw.is_integer():
        return int(raw)
    return ABSENT


RULE = ToleranceRule(
    id="t001-integral-number",
    title="An integer is written with a fraction of zero.",
    versions=VersionRange.parse("*"),
    evidence=(
        "JSON Schema draft 7, 6.1.1: integer matches any number with a zero fractional part",
    ),
    hook=Hook.MISFIT,
    apply=apply,
    exact=True,
)
