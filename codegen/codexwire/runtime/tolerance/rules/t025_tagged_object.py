"""A bare string in one release is a tagged object in another.

`PatchChangeKind` was `"add"` and became `{"type": "add"}`; the review decision `"denied"` became
`{"denied": {…}}`. Either form is read as the one that the schema asks for. What else the object must have
is missing then, with a note of its own: the layer `"user"` became `{"type": "user", "file": …}`.
"""

from __future__ import annotations

from typing import Any

from codexwire.runtime.tolerance.rule import TAGS, Hook, Spot, ToleranceRule
from codexwire.runtime.unknown import ABSENT
from codexwire.version import VersionRange


def apply(spot: Spot, raw: Any) -> Any:
    """Return a string as the object that it tags, or such an object as its string."""
    facts = spot.facts
    if isinstance(raw, str) and facts.variants is not None and raw in facts.variants:
        return {raw: {}} if facts.tag is None else {facts.tag: raw}
    if isinstance(raw, dict) and facts.values:
        names = [raw.get(tag) for tag in TAGS] + (list(raw) if len(raw) == 1 else [])
        return next((n for n in names if isinstance(n, str) and n in facts.values), ABSENT)
    return ABSENT


RULE = ToleranceRule(
    id="t025-tagged-object",
    title="A string stands for a tagged object, or a tagged object for a string.",
    versions=VersionRange.parse("*"),
    evidence=(
        "schemas: PatchChangeKind string → object (0.63.0), ReviewDecision denied (0.145.0)",
        "0.72.0: config/read has layers named `user`, later ones `{type: user, file}` (recorded)",
        "ThreadStatus and TurnError.codexErrorInfo in codex-codes 0.128",
    ),
    hook=Hook.MISFIT,
    apply=apply,
    loose=True,
)
