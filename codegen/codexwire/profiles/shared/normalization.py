"""The normalization rules that hold for every protocol, in the order in which they run."""

from __future__ import annotations

from codexwire.model.normalization import NormalizationRules
from codexwire.profiles.shared.rules import (
    n002_response_map,
    n010_string_enum_branches,
    n011_string_wrappers,
    n014_branch_titles,
    n015_discriminators,
    n016_open_unions,
    n017_time_units,
    n018_deprecated,
    n019_identities,
    n034_openapi_nullable,
)

__all__ = ["RULES"]

RULES = NormalizationRules(
    responses=n002_response_map.RULE,
    shapes=(n034_openapi_nullable.RULE,),
    knowledge=(
        n018_deprecated.RULE,
        n010_string_enum_branches.RULE,
        n011_string_wrappers.RULE,
        n014_branch_titles.RULE,
        n015_discriminators.RULE,
        n016_open_unions.RULE,
        n017_time_units.RULE,
        n019_identities.RULE,
    ),
)
