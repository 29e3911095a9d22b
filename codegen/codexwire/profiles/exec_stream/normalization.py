"""The normalization rules of streams of events, in the order in which they run."""

from __future__ import annotations

from codexwire.model.normalization import NormalizationRules
from codexwire.profiles.exec_stream.rules import (
    n029_web_search_action,
    n030_collab_tool_call,
    n031_null_while_running,
    n032_file_change_in_progress,
    n033_usage_counts,
)
from codexwire.profiles.shared.rules import n014_branch_titles, n015_discriminators

__all__ = ["RULES"]

RULES = NormalizationRules(
    shapes=(
        n029_web_search_action.RULE,
        n030_collab_tool_call.RULE,
        n031_null_while_running.RULE,
        n032_file_change_in_progress.RULE,
        n033_usage_counts.RULE,
    ),
    knowledge=(n014_branch_titles.RULE, n015_discriminators.RULE),
)
