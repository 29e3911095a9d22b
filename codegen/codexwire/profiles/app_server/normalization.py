"""The normalization rules of the app-server, in the order in which they run.

Deprecation is read off single branches before enums are merged; titles need to know which types of v1 and
v2 are the same.
"""

from __future__ import annotations

from codexwire.model.normalization import NormalizationRules
from codexwire.profiles.app_server.rules import (
    n001_sandbox_policy_undefined,
    n003_hidden_client_methods,
    n004_hidden_notifications,
    n005_codex_event_notifications,
    n006_timeline_snake_case,
    n007_function_call_output,
    n008_reasoning_id_required,
    n012_v1_v2_twins,
    n013_emitted_at,
    n021_root_types_undefined,
    n022_event_msg_names_v2_types,
    n023_web_search_action_overwritten,
    n024_null_params_empty_object,
    n025_experimental_notifications,
)
from codexwire.profiles.shared.normalization import RULES as SHARED

__all__ = ["RETIRED", "RULES"]

RULES = NormalizationRules(
    completions=(n001_sandbox_policy_undefined.RULE, n021_root_types_undefined.RULE),
    corrections=(
        n022_event_msg_names_v2_types.RULE,
        n023_web_search_action_overwritten.RULE,
        n003_hidden_client_methods.RULE,
        n004_hidden_notifications.RULE,
        n005_codex_event_notifications.RULE,
    ),
    responses=SHARED.responses,
    shapes=(
        *SHARED.shapes,
        n006_timeline_snake_case.RULE,
        n007_function_call_output.RULE,
        n008_reasoning_id_required.RULE,
        n024_null_params_empty_object.RULE,
    ),
    knowledge=(
        n025_experimental_notifications.RULE,
        n012_v1_v2_twins.RULE,
        n013_emitted_at.RULE,
        *SHARED.knowledge,
    ),
)

RETIRED = {
    "n009-gateway-oauth-params": "n024-null-params-empty-object",
    "n020-remote-control-params": "n024-null-params-empty-object",
}
"""Ids of rules that are gone → the rule that says what they said. No new rule takes such a number."""
