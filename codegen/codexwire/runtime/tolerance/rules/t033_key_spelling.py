"""A required property in another spelling: `turn_id` for `turnId`.

Timeline entries are published in snake_case and sent in camelCase; v1 has snake_case where v2 has
camelCase. A property that is missing is taken from the one that differs in case and punctuation only.
"""

from __future__ import annotations

from codexwire.runtime.tolerance.rule import Hook, ToleranceRule
from codexwire.runtime.tolerance.spelling import member_respelled
from codexwire.version import VersionRange

RULE = ToleranceRule(
    id="t033-key-spelling",
    title="A required property bears a name that differs in case or punctuation only.",
    versions=VersionRange.parse("*"),
    evidence=(
        "0.160.0–0.169.0: thread/timeline/list sends turnId where the schema has turn_id (recorded)",
        "schemas: commandExecution aggregated_output (0.58.0) became aggregatedOutput (0.63.0)",
    ),
    hook=Hook.MISSING,
    apply=member_respelled,
)
