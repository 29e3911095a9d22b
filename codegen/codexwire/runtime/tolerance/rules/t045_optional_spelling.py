"""An optional property in snake_case: `codex_error_info` for `codexErrorInfo`.

v1 and some peers write snake_case where the schema has camelCase. An optional property that is absent is
taken from the one that differs in case and punctuation only; that one stays, as an unknown property.
"""

from __future__ import annotations

from codexwire.runtime.tolerance.rule import Hook, ToleranceRule
from codexwire.runtime.tolerance.spelling import member_respelled
from codexwire.version import VersionRange

RULE = ToleranceRule(
    id="t045-optional-spelling",
    title="An optional property is written in snake_case.",
    versions=VersionRange.parse("*"),
    evidence=(
        "schemas: v1 has snake_case where v2 has camelCase; aggregated_output up to 0.58.0",
        "codex_error_info, exit_code in clients: openclaw#71870, openai/codex#7611, hapi",
    ),
    hook=Hook.OPTIONAL_ELSEWHERE,
    apply=member_respelled,
)
