"""An enum value has another name in another release.

It is read by the name that the schema at hand has for it, in either direction. `reject` and `granular`
of the approval policy are no such pair: `reject` lists what is refused, `granular` what may be asked,
so that either stays an unknown variant where the other is known.
"""

from __future__ import annotations

from codexwire.runtime.tolerance.rename import renaming
from codexwire.runtime.tolerance.rule import Hook, ToleranceRule
from codexwire.version import VersionRange

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
    apply=renaming(
        both={
            "ApprovalsReviewer": {"guardian_subagent": "auto_review"},
            "AskForApproval": {"unlessTrusted": "untrusted"},
            "FileSystemAccessMode": {"none": "deny"},
            "NetworkUnixSocketPermission": {"none": "deny"},
            "ServiceTier": {"fast": "priority"},
        },
        onward={"AskForApproval": {"on-failure": "on-request", "onFailure": "on-request"}},
    ),
)
