"""The same enum value or tag in another spelling: `on-request`, `onRequest`, `on_request`.

The wire mixes camelCase, kebab-case and snake_case, and releases have changed their minds
(`AskForApproval`, `SandboxMode` at 0.72.0; sandbox policies are kebab in v1 and camel in v2; items are
snake in `codex exec`). Where exactly one known spelling differs in case and punctuation only, it is
that one.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from codexwire.runtime.tolerance.rule import Hook, Spot, ToleranceRule
from codexwire.runtime.tolerance.spelling import respelled
from codexwire.runtime.unknown import ABSENT
from codexwire.version import VersionRange


def apply(spot: Spot, raw: Any) -> Any:
    """Return the value, or the object with its tag, as the schema spells it."""
    facts = spot.facts
    if isinstance(raw, str):
        return respelled(raw, facts.values)
    if not isinstance(raw, dict) or facts.variants is None:
        return ABSENT
    if facts.tag is None:
        return _with_key(raw, facts.variants)
    tag = respelled(raw.get(facts.tag), facts.variants)
    return ABSENT if tag is ABSENT else {**raw, facts.tag: tag}


def _with_key(raw: dict[str, Any], known: Iterable[str]) -> Any:
    if len(raw) != 1:
        return ABSENT
    ((key, value),) = raw.items()
    name = respelled(key, known)
    return ABSENT if name is ABSENT else {name: value}


RULE = ToleranceRule(
    id="t032-value-spelling",
    title="An enum value or a tag differs from the schema in case or punctuation only.",
    versions=VersionRange.parse("*"),
    evidence=(
        "schemas: AskForApproval onRequest → on-request, SandboxMode readOnly → read-only (0.72.0)",
        "0.58.0: turn/start sent with the kebab policy (recorded); happy#1258",
        "file_change and fileChange, exit_code and exitCode: hapi, codex-codes",
    ),
    hook=Hook.MISFIT,
    apply=apply,
)
