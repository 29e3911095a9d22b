"""A required property is missing that an older or newer server does not send.

Most required properties were once absent, and some have gone again. Where the type admits null, nothing
reads as null; where it is a list or a map, as an empty one. A scalar has no such neutral value: it reads
as None (note `missing-field`), but for the few whose value follows from what the older server was.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from codexwire.runtime.tolerance.rule import EMPTY, Hook, Spot, ToleranceRule
from codexwire.runtime.unknown import ABSENT
from codexwire.version import VersionRange

_KNOWN: Mapping[str, Mapping[str, Any]] = {
    # Up to 0.99.0 every thread was kept, and no hidden model was listed.
    "Thread": {"ephemeral": False},
    "Model": {"hidden": False},
    # Up to 0.107.0 nobody but the user reviewed.
    "ThreadStartResponse": {"approvalsReviewer": "user"},
    "ThreadResumeResponse": {"approvalsReviewer": "user"},
    "ThreadForkResponse": {"approvalsReviewer": "user"},
    # A plan item that has just started has no text yet.
    "PlanThreadItem": {"text": ""},
}


def apply(spot: Spot, raw: Any) -> Any:
    """Return the value that says nothing: null, an empty list or map, or a known one."""
    del raw
    facts = spot.facts
    if facts.nullable:
        return None
    if facts.kind in EMPTY:
        return EMPTY[facts.kind]()
    return _KNOWN.get(spot.owner, {}).get(spot.name, ABSENT)


RULE = ToleranceRule(
    id="t019-field-omitted",
    title="A required property is absent and reads as null, empty, or what older servers meant.",
    versions=VersionRange.parse("*"),
    evidence=(
        "schemas 0.58.0–0.169.0: 120 properties of results and notifications are required in some "
        "releases and unknown in others (Thread.ephemeral from 0.107.0, Model.hidden from 0.107.0, "
        "approvalsReviewer from 0.115.0, PluginDetail.hooks from 0.130.0, Thread.projectId from 0.150.0)",
        "plan.text: validators of openclaw, murph#2408",
    ),
    hook=Hook.MISSING,
    apply=apply,
    words=_KNOWN,
)
