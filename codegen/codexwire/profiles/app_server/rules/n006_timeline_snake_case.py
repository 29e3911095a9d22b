"""Timeline entries are published in snake_case and sent in camelCase.

The variants `turnStarted` and `turnCompleted` of `ThreadTimelineEntry` ask for `turn_id`, `started_at`,
`completed_at` and `duration_ms`, `turn_id` required. The server sends `turnId`, `startedAt` and so on, and
the TypeScript that the same binaries write says so too: a validator of the published schema rejects
every answer of `thread/timeline/list` with a turn in it.
"""

from __future__ import annotations

from typing import Any

from codexwire.ir.model import Protocol, Schema, TypeDef
from codexwire.model.normalization import Compared, Effect, NormalizationRule
from codexwire.version import VersionRange

TYPE = "v2/ThreadTimelineEntry"
NAMES = {
    "turn_id": "turnId",
    "started_at": "startedAt",
    "completed_at": "completedAt",
    "duration_ms": "durationMs",
}


def apply(_: Protocol, typedef: TypeDef) -> Schema | None:
    """Return the entry type with its members named as they are sent."""
    schema = typedef.schema
    if typedef.name != TYPE or not isinstance(schema, dict) or "oneOf" not in schema:
        return None
    return {**schema, "oneOf": [_renamed(branch) for branch in schema["oneOf"]]}


def _renamed(branch: dict[str, Any]) -> dict[str, Any]:
    properties = {NAMES.get(k, k): v for k, v in branch.get("properties", {}).items()}
    required = [NAMES.get(k, k) for k in branch.get("required", ())]
    return {**branch, "properties": properties, "required": required}


RULE = NormalizationRule(
    id="n006-timeline-snake-case",
    title="Timeline entries are published in snake_case and sent in camelCase.",
    effect=Effect.PATCH,
    compared=Compared.ALWAYS,
    versions=VersionRange.parse("0.150.0.."),
    evidence=(
        "0.160.0, 0.163.0, 0.166.0, 0.169.0: every entry of a turn sent so, 4 each (recorded)",
        "0.169.0 TypeScript: ThreadTimelineEntry.ts",
        "0.150.0 publishes the type alike but does not serve the method yet (-32601)",
    ),
    typedef=apply,
)
