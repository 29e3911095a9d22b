"""Every tolerance rule, in the order in which they are asked."""

from __future__ import annotations

from codexwire.runtime.tolerance.rule import ToleranceRule
from codexwire.runtime.tolerance.rules import (
    t001_integral_number,
    t003_params_absent,
    t004_id_alias,
    t006_thread_session,
    t010_legacy_event,
    t011_method_alias,
    t019_field_omitted,
    t020_null_container,
    t023_renamed_value,
    t025_tagged_object,
    t026_approval_decision,
    t027_error_shape,
    t028_error_beside,
    t032_value_spelling,
    t033_key_spelling,
    t034_token_usage,
    t035_model_rerouted,
    t037_tag_absent,
    t043_turn_status,
    t044_flat_usage,
    t045_optional_spelling,
)

__all__ = ["RULES"]

RULES: tuple[ToleranceRule, ...] = (
    t001_integral_number.RULE,
    t003_params_absent.RULE,
    t010_legacy_event.RULE,
    t011_method_alias.RULE,
    t023_renamed_value.RULE,
    t026_approval_decision.RULE,
    t043_turn_status.RULE,
    t032_value_spelling.RULE,
    t025_tagged_object.RULE,
    t037_tag_absent.RULE,
    t027_error_shape.RULE,
    t044_flat_usage.RULE,
    t020_null_container.RULE,
    # A property that is missing: ids as everybody reads them, then other spellings, then neutral values.
    t004_id_alias.RULE,
    t033_key_spelling.RULE,
    t045_optional_spelling.RULE,
    t034_token_usage.RULE,
    t035_model_rerouted.RULE,
    t028_error_beside.RULE,
    t006_thread_session.RULE,
    t019_field_omitted.RULE,
)
