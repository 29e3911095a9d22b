"""Times and durations are numbers without a unit: `createdAt` in seconds, `startedAtMs` in milliseconds.

`x-unit` is `"s"` or `"ms"`. It comes from the member's name where the name says it, from the table where
values on the wire told (Unix times of 10 digits or of 13), else from the description. A member that
none of the three covers is left alone: `lastSeenAt`, `lastUsedAt`, `retirementAt`, `ts`.
"""

from __future__ import annotations

import re

from codexwire.ir.model import Protocol, Schema
from codexwire.model.normalization import Compared, Effect, NormalizationRule
from codexwire.version import VersionRange

# The name says it, in camelCase and in snake_case.
SUFFIXES = {
    "Ms": "ms",
    "_ms": "ms",
    "Sec": "s",
    "Secs": "s",
    "Seconds": "s",
    "_seconds": "s",
}

# Measured: name → unit. Every value recorded in 0.58.0–0.169.0 had the magnitude that goes with it.
MEASURED = {
    "completedAt": "s",  # 409 values, Turn, HookRunSummary, ThreadTimelineEntry
    "completed_at": "s",  # the same of ThreadTimelineEntry, as published
    "createdAt": "s",  # 392 values, Thread, ThreadGoal, ThreadAttachment
    "recencyAt": "s",  # 80 values, Thread, Project
    "resetsAt": "s",  # 2571 values, RateLimitWindow
    "resets_at": "s",  # 1838 values, the same in events
    "secs": "s",  # 62 values, Duration
    "startedAt": "s",  # 671 values, Turn, HookRunSummary, ThreadTimelineEntry
    "started_at": "s",  # the same of ThreadTimelineEntry, as published
    "updatedAt": "s",  # 337 values, Thread, ThreadGoal, Project
}

_DESCRIBED = re.compile(r"\bunix\b.{0,20}?\b(?P<milli>milli)?seconds\b", re.IGNORECASE | re.DOTALL)


def apply(_: Protocol, node: Schema) -> Schema | None:
    """Return an object with the unit of each member that is a time or a duration."""
    if not isinstance(node, dict) or not isinstance(node.get("properties"), dict):
        return None
    properties = {name: _marked(name, sub) for name, sub in node["properties"].items()}
    return {**node, "properties": properties}


def _marked(name: str, schema: Schema) -> Schema:
    if not isinstance(schema, dict) or not _is_number(schema):
        return schema
    unit = unit_of(name, schema.get("description", ""))
    return schema if unit is None else {**schema, "x-unit": unit}


def unit_of(name: str, description: str) -> str | None:
    """Return `"s"` or `"ms"` for a numeric member, or None when nothing tells."""
    for suffix, unit in SUFFIXES.items():
        if name.endswith(suffix):
            return unit
    if name in MEASURED:
        return MEASURED[name]
    said = _DESCRIBED.search(description)
    return None if said is None else "ms" if said["milli"] else "s"


def _is_number(schema: dict[str, object]) -> bool:
    kinds = schema.get("type")
    return bool({"integer", "number"} & set(kinds if isinstance(kinds, list) else [kinds]))


RULE = NormalizationRule(
    id="n017-time-units",
    title="Times and durations state their unit.",
    effect=Effect.ANNOTATE,
    compared=Compared.NEVER,
    versions=VersionRange(),
    evidence=(
        "recordings of 0.58.0–0.169.0: values by name, counts in the table of this module",
        "*Ms: completedAtMs 518, startedAtMs 572, durationMs 564 values, all in milliseconds",
        "descriptions: archivedAt, grantedAt, installedAt, sectionEnteredAt in Unix seconds",
    ),
    node=apply,
)
