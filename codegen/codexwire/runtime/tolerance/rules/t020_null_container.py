"""Null stands where the schema asks for a list or a map.

Rust servers that hold an optional list write null for none; the schema of another release has the list
without the option. Null reads as empty there. Where a scalar is asked for, null stays None (note
`null-value`).
"""

from __future__ import annotations

from typing import Any

from codexwire.runtime.tolerance.rule import EMPTY, Hook, Spot, ToleranceRule
from codexwire.runtime.unknown import ABSENT
from codexwire.version import VersionRange


def apply(spot: Spot, raw: Any) -> Any:
    """Return the empty container for null."""
    return EMPTY[spot.facts.kind]() if raw is None and spot.facts.kind in EMPTY else ABSENT


RULE = ToleranceRule(
    id="t020-null-container",
    title="Null where the schema asks for a list or a map; it reads as empty.",
    versions=VersionRange.parse("*"),
    evidence=(
        "reasoning.content, hook.command seen null: openai/codex#39478, codex-codes, repoprompt-ce",
    ),
    hook=Hook.MISFIT,
    apply=apply,
)
