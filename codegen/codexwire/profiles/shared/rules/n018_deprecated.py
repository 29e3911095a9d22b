"""What is deprecated is said in descriptions only: `x-deprecated: true`.

A description says so when a line of it begins with `Deprecated` or `@deprecated`, in any case. Mentions
further in ("the deprecated personality setting is also not reloaded") are about something else.
"""

from __future__ import annotations

import re

from codexwire.ir.model import Protocol, Schema
from codexwire.model.normalization import Compared, Effect, NormalizationRule
from codexwire.version import VersionRange

_SAYS_SO = re.compile(r"^\s*@?deprecated\b", re.IGNORECASE | re.MULTILINE)


def apply(_: Protocol, node: Schema) -> Schema | None:
    """Return a node marked as deprecated, when its description says that it is."""
    if not isinstance(node, dict) or not isinstance(node.get("description"), str):
        return None
    return {**node, "x-deprecated": True} if _SAYS_SO.search(node["description"]) else None


RULE = NormalizationRule(
    id="n018-deprecated",
    title="What its description calls deprecated is marked.",
    effect=Effect.ANNOTATE,
    compared=Compared.NEVER,
    versions=VersionRange(),
    evidence=(
        "0.58.0–0.99.0: loginChatGptComplete, AuthStatusChangeNotification",
        "0.99.0: thread/compacted; 0.145.0: @deprecated multiAgentMode; 0.160.0: Personality",
    ),
    node=apply,
)
