"""The table of normalization rules, in the order in which they run.

What completes or corrects the published schema comes first, so that what adds knowledge sees the
schema as it should be. Deprecation is read off single branches before enums are merged; titles need
the twins told apart.
"""

from __future__ import annotations

from codexwire.normalize.rule import Rule
from codexwire.normalize.rules import (
    n001_sandbox_policy_undefined,
    n002_response_map,
    n003_hidden_client_methods,
    n004_hidden_notifications,
    n005_codex_event_notifications,
    n006_timeline_snake_case,
    n007_function_call_output,
    n008_reasoning_id_required,
    n010_string_enum_branches,
    n011_string_wrappers,
    n012_v1_v2_twins,
    n013_emitted_at,
    n014_branch_titles,
    n015_discriminators,
    n016_open_unions,
    n017_time_units,
    n018_deprecated,
    n019_identities,
    n021_root_types_undefined,
    n022_event_msg_names_v2_types,
    n023_web_search_action_overwritten,
    n024_null_params_empty_object,
    n025_experimental_notifications,
)

__all__ = ["COMPLETIONS", "KNOWLEDGE", "RESPONSE_MAP", "RETIRED", "RULES"]

COMPLETIONS: tuple[Rule, ...] = (
    n001_sandbox_policy_undefined.RULE,
    n021_root_types_undefined.RULE,
)
"""The rules that define what a published schema refers to and leaves out; after them nothing dangles."""

RESPONSE_MAP = n002_response_map.RULE
"""The rule that finds the response type of each request."""

KNOWLEDGE: tuple[Rule, ...] = (
    n025_experimental_notifications.RULE,
    n012_v1_v2_twins.RULE,
    n018_deprecated.RULE,
    n010_string_enum_branches.RULE,
    n011_string_wrappers.RULE,
    n013_emitted_at.RULE,
    n014_branch_titles.RULE,
    n015_discriminators.RULE,
    n016_open_unions.RULE,
    n017_time_units.RULE,
    n019_identities.RULE,
)
"""The rules that add knowledge to a schema that is as it should be."""

RULES: tuple[Rule, ...] = (
    *COMPLETIONS,
    # methods that are missing
    n022_event_msg_names_v2_types.RULE,
    n023_web_search_action_overwritten.RULE,
    n003_hidden_client_methods.RULE,
    n004_hidden_notifications.RULE,
    n005_codex_event_notifications.RULE,
    RESPONSE_MAP,
    # shapes that the wire contradicts
    n006_timeline_snake_case.RULE,
    n007_function_call_output.RULE,
    n008_reasoning_id_required.RULE,
    n024_null_params_empty_object.RULE,
    # knowledge that the schema does not state
    *KNOWLEDGE,
)

RETIRED = {
    "n009-gateway-oauth-params": "n024-null-params-empty-object",
    "n020-remote-control-params": "n024-null-params-empty-object",
}
"""Ids of rules that are gone → the rule that says what they said. No new rule takes such a number."""
