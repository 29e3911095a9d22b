"""An enum value has another name in another release.

It is read by the name that the schema of the models has for it, in either direction. `reject` and `granular`
of the approval policy are no such pair: `reject` lists what is refused, `granular` what may be asked,
so that either stays an unknown variant where the other is known.
"""

from __future__ import annotations

from typing import Any

from codexwire.runtime.tolerance.rename import renamed
from codexwire.runtime.tolerance.rule import Hook, Spot, ToleranceRule
from codexwire.version import VersionRange

_BOTH = {
    "ApprovalsReviewer": {"guardian_subagent": "auto_review"},
    "AskForApproval": {"unlessTrusted": "untrusted"},
    "FileSystemAccessMode": {"none": "deny"},
    "NetworkUnixSocketPermission": {"none": "deny"},
    "ServiceTier": {"fast": "priority"},
}
_ONWARD = {"AskForApproval": {"on-failure": "on-request", "onFailure": "on-request"}}


def apply(spot: Spot, raw: Any) -> Any:
    """Return the name that the enum of the models has for a value."""
    return renamed(spot, raw, both=_BOTH, onward=_ONWARD)


RULE = ToleranceRule(
    id="t023-renamed-value",
    title="An enum value bears the name that another release gives it.",
    versions=VersionRange.parse("*"),
    evidence=(
        "schemas: AskForApproval unlessTrusted → untrusted (0.72.0), on-failure gone (0.145.0)",
        "schemas: FileSystemAccessMode none → deny (0.135.0), NetworkUnixSocketPermission (0.140.0)",
        "schemas: ApprovalsReviewer auto_review beside guardian_subagent (0.125.0); openclaw#102444",
        "ServiceTier fast → priority: openai/codex#21871",
    ),
    hook=Hook.MISFIT,
    apply=apply,
    words={"both": _BOTH, "onward": _ONWARD},
)
