"""The normalization rules of rollouts, in the order in which they run."""

from __future__ import annotations

from codexwire.model.normalization import NormalizationRules
from codexwire.profiles.rollout.rules import (
    n026_thread_source_case,
    n027_reader_needs_less,
    n028_written_undeclared,
)
from codexwire.profiles.shared.rules import (
    n010_string_enum_branches,
    n011_string_wrappers,
    n014_branch_titles,
    n015_discriminators,
    n016_open_unions,
    n017_time_units,
)

__all__ = ["RULES"]

RULES = NormalizationRules(
    shapes=(
        n026_thread_source_case.RULE,
        n027_reader_needs_less.RULE,
        n028_written_undeclared.RULE,
    ),
    knowledge=(
        n010_string_enum_branches.RULE,
        n011_string_wrappers.RULE,
        n014_branch_titles.RULE,
        n015_discriminators.RULE,
        n016_open_unions.RULE,
        n017_time_units.RULE,
    ),
)
