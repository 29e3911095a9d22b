"""Approval decisions of v1 and v2 are the same four under two sets of names.

`approved`, `approved_for_session`, `denied` and `abort` answer v1 requests; `accept`,
`acceptForSession`, `decline` and `cancel` v2 ones. Clients that speak to both send either.
"""

from __future__ import annotations

from typing import Any

from codexwire.runtime.tolerance.rename import renamed
from codexwire.runtime.tolerance.rule import Hook, Spot, ToleranceRule
from codexwire.version import VersionRange

_DECISIONS = {
    "abort": "cancel",
    "approved": "accept",
    "approved_for_session": "acceptForSession",
    "denied": "decline",
}
_ENUMS = (
    "ApprovalDecision",
    "CommandExecutionApprovalDecision",
    "FileChangeApprovalDecision",
    "ReviewDecision",
)
_BOTH = dict.fromkeys(_ENUMS, _DECISIONS)


def apply(spot: Spot, raw: Any) -> Any:
    """Return the decision under the name of the API generation that is decoded."""
    return renamed(spot, raw, both=_BOTH, onward={})


RULE = ToleranceRule(
    id="t026-approval-decision",
    title="An approval decision bears the name of the other API generation.",
    versions=VersionRange.parse("*"),
    evidence=(
        "schemas: ReviewDecision (v1) and ApprovalDecision, CommandExecutionApprovalDecision (v2)",
        "clients that mix them: openai/codex#7755, openai/codex#7747, cmux#7258, ex_mcp#12",
    ),
    hook=Hook.MISFIT,
    apply=apply,
    words={"both": _BOTH},
)
