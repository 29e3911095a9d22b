"""What `mutate_tables.py` changes, and which tests should notice."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

__all__ = ["CLAIMS", "LINES", "PAIRS", "TESTS", "Line"]

TESTS: Mapping[str, str] = {
    "profiles/*/domains.py": "unit/emit/test_models_modules.py::"
    "test_no_type_moves_to_another_domain unit/emit/test_models_modules.py::"
    "test_no_two_modules_say_the_same_of_themselves unit/emit/test_models_modules.py",
    "__init__.py": "meta/test_exports.py",
    "*/__init__.py": "meta/test_exports.py",
    "archive/columns.py": "functional/test_archive.py::"
    "test_every_column_is_told_and_what_is_told_has_a_column functional/test_archive.py::"
    "test_a_column_of_tokens_says_what_it_counts functional/test_archive.py::"
    "test_findings_are_those_of_validate functional/test_archive.py",
    "archive/masking.py": "unit/archive/test_masking.py functional/test_archive.py",
    "archive/listing.py": "unit/archive/test_listing.py functional/test_archive.py",
    "archive/judges.py": "functional/test_archive.py::test_usage_adds_up_to_what_show_says"
    " functional/test_archive.py",
    "archive/*.py": "unit/archive functional/test_archive.py",
    "cli/app.py": "unit/cli",
    "cli/compat.py": "functional/test_diff_history.py::test_compat_of_one_client"
    " functional/test_diff_history.py::test_a_number_of_the_heat_map_leads_to_what_changed",
    "cli/history.py": "functional/test_diff_history.py::test_history_as_json"
    " functional/test_diff_history.py::test_the_history_of_a_method",
    "cli/launching.py": "unit/cli/test_launching.py",
    "cli/replay.py": "functional/test_replay.py::test_the_pauses_of_the_recording"
    " functional/test_replay.py::test_what_cannot_be_replayed_is_one_line",
    "cli/*.py": "unit/cli meta/test_help.py",
    "explorer/*.py": "functional/test_explore.py",
    "probe/app_server/requests.py": "unit/probe/test_requests.py unit/probe",
    "probe/app_server/mcp_server.py": "unit/probe/test_mcp_server.py",
    "probe/room.py": "unit/probe/test_room.py unit/probe",
    "probe/session.py": "unit/probe/test_room.py unit/probe",
    "probe/app_server/*.py": "live/test_probe.py::test_a_probe_gives_the_profile_that_is_kept",
    "probe/rules.py": "unit/probe/test_reports.py functional/test_rules.py unit/probe",
    "probe/*.py": "unit/probe",
    "stub/*.py": "unit/stub",
    "testing.py": "functional/test_pytest_plugin.py",
    "timeline/*.py": "unit/timeline functional/test_timeline.py",
    "toml.py": "unit/base/test_toml.py",
    "version.py": "unit/test_version.py",
    "profiles/rollout/identities.py": "functional/test_rollout_lines.py::test_an_id_is_found_in_its_place"
    " functional/test_rollout_lines.py::test_a_member_of_that_name_is_no_id_elsewhere"
    " functional/test_rollout_lines.py::test_ids_are_found_in_lines functional/test_rollout_schema.py",
    "profiles/rollout/strips.py": "functional/test_rollout_redaction.py::"
    "test_parts_of_a_session_can_be_left_out functional/test_rollout_redaction.py::"
    "test_members_are_left_out_wherever_they_stand functional/test_rollout_redaction.py::"
    "test_images_can_be_left_out functional/test_rollout_redaction.py",
    "emit/sdk_names.py": "functional/test_sdk_layout.py::test_what_the_sdk_imports_is_known"
    " functional/test_sdk_layout.py",
    "emit/sdk_schema.py": "unit/emit/test_sdk_schema.py functional/test_sdk_layout.py",
    "emit/sdk_*.py": "functional/test_sdk_layout.py",
    "emit/names.py": "unit/emit/test_models_names.py functional/test_models_styles.py::"
    "test_no_name_that_a_module_imports_can_be_a_class_or_field",
    "profiles/rollout/rules/*.py": "unit/normalize/test_cases.py unit/normalize/test_table.py"
    " unit/normalize/test_releases.py functional/test_rollouts.py",
    "profiles/exec_stream/rules/*.py": "unit/normalize/test_cases.py unit/normalize/test_table.py"
    " unit/normalize/test_releases.py functional/test_exec_stream.py",
    "profiles/rollout/checks/*.py": "unit/transcript/test_checks.py::"
    "test_the_level_of_a_check_of_lines_is_the_gravest_in_its_functions"
    " functional/test_rollout_checks.py::"
    "test_an_event_of_legacy_history_in_paginated_history functional/test_rollout_checks.py::"
    "test_an_item_of_paginated_history_in_legacy_history functional/test_rollout_checks.py"
    " functional/test_rollouts.py",
    "profiles/exec_stream/checks/*.py": "unit/transcript/test_checks.py::"
    "test_the_level_of_a_check_of_lines_is_the_gravest_in_its_functions"
    " functional/test_exec_stream.py::"
    "test_an_item_that_is_open_when_its_turn_ends_is_told_once functional/test_exec_stream.py",
    "profiles/ids.py": "unit/model/test_identity.py functional/test_exec_stream.py"
    " functional/test_rollout_lines.py::test_ids_are_found_in_lines",
    "profiles/rollout/lines.py": "unit/transcript/test_line_files.py functional/test_rollout_checks.py"
    " functional/test_rollouts.py",
    "profiles/exec_stream/lines.py": "unit/transcript/test_line_files.py functional/test_exec_stream.py",
    "profiles/rollout/profile.py": "functional/test_rollout_checks.py"
    " unit/ingest/fetch/test_binary.py unit/wire/test_line_kinds.py functional/test_rollouts.py",
    "profiles/rollout/*.py": "functional/test_rollout_schema.py functional/test_rollouts.py"
    " functional/test_rollout_checks.py"
    " functional/test_line_packages.py functional/test_rules.py",
    "profiles/exec_stream/*.py": "functional/test_exec_stream.py functional/test_line_packages.py"
    " functional/test_rules.py",
    "profiles/*/normalization.py": "unit/normalize/test_cases.py unit/normalize/test_table.py"
    " functional/test_rules.py",
    "profiles/*/rules/*.py": "unit/normalize/test_cases.py unit/normalize/test_table.py"
    " unit/normalize/test_releases.py unit/normalize/test_pipeline.py unit/normalize/test_wire.py"
    " functional/test_validate_schema.py::test_as_published_says_what_it_still_restores",
    "profiles/*/responses.py": "unit/normalize/test_responses.py",
    "profiles/*/session.py": "unit/transcript/test_checks.py unit/proxy/test_replay_player.py"
    " functional/test_replay.py",
    "profiles/*/checks/*.py": "unit/transcript/test_checks.py::"
    "test_the_level_that_is_listed_is_the_gravest_that_a_case_expects"
    " unit/transcript/test_checks.py::"
    "test_the_level_of_a_check_of_lines_is_the_gravest_in_its_functions"
    " unit/transcript/test_checks.py",
    "profiles/*/identities.py": "unit/model/test_identity.py::"
    "test_the_first_place_that_holds_an_id_decides unit/model/test_identity.py",
    "profiles/*/names.py": "unit/normalize/test_cases.py",
    "profiles/*/signs.py": "unit/transcript/test_server_guess.py functional/test_exec_server.py",
    "profiles/app_server/turns.py": "unit/model/test_turns.py unit/runtime/test_router.py"
    " unit/runtime/test_client_core.py unit/model/test_turns_recorded.py",
    "profiles/*/turn*.py": "unit/model/test_turns.py unit/model/test_turn_content.py"
    " unit/model/test_turns_recorded.py"
    " unit/transcript/test_checks.py unit/runtime/test_router.py"
    " functional/test_typescript_turns.py",
    "profiles/exec_server/profile.py": "functional/test_exec_server.py unit/ingest",
    "profiles/app_server/profile.py": "unit/ingest functional/test_diff_contract.py::"
    "test_a_contract_has_the_legacy_events_that_a_client_reads unit/emit",
    "profiles/*/profile.py": "unit/ingest unit/emit functional/test_third_profile.py",
    "profiles/app_server/answers.py": "unit/runtime/test_safe_answers.py",
    "profiles/errors.py": "unit/runtime/test_rpc_errors.py",
    "profiles/table.py": "unit/normalize/test_table.py functional/test_rules.py"
    " functional/test_exec_server.py functional/test_rollouts.py functional/test_exec_stream.py",
    "profiles/*.py": "unit/model/test_identity.py unit/normalize/test_table.py",
    "model/turn_*.py": "unit/model/test_turns.py unit/model/test_turn_content.py"
    " unit/model/test_turns_recorded.py",
    "model/session_check.py": "unit/transcript/test_checks.py",
    "model/normalization.py": "functional/test_validate_schema.py",
    "model/read.py": "unit/model/test_types.py unit/wire/test_keywords.py unit/diff/test_cases.py",
    "model/kinds.py": "unit/wire/test_fast_path.py::test_formats_assert_only_when_asked"
    " unit/wire/test_violation_words.py::test_a_value_of_another_type_is_told_by_its_own"
    " unit/model/test_types.py unit/wire/test_keywords.py unit/diff/test_cases.py",
    "model/message.py": "functional/test_one_answer_lines.py::"
    "test_the_release_of_a_server_is_the_same_for_everybody unit/model/test_message.py",
    "model/*.py": "unit/model unit/wire unit/diff/test_cases.py",
    "diff/levels.py": "functional/test_diff_levels.py unit/diff",
    "diff/refusal.py": "functional/test_compat.py::"
    "test_what_is_experimental_is_for_who_asked functional/test_compat.py",
    "diff/contract*.py": "unit/diff/test_contract.py unit/diff functional/test_compat.py"
    " functional/test_diff_contract.py",
    "diff/rules/*.py": "unit/diff/test_told.py unit/usecases/test_changelog.py"
    " functional/test_diff_levels.py::test_the_page_of_levels_is_that_of_the_table"
    " unit/diff/test_cases.py unit/diff/test_traps.py functional/test_rules.py"
    " functional/test_diff_levels.py unit/diff",
    "diff/table.py": "unit/diff/test_cases.py functional/test_rules.py unit/diff",
    "diff/verdict.py": "unit/diff/test_unread.py unit/diff functional/test_diff.py",
    "diff/scalars.py": "unit/diff/test_kinds.py unit/diff",
    "diff/*.py": "unit/diff functional/test_rules.py functional/test_diff.py",
    "transcript/formats/wrapped.py": "unit/transcript/test_wrapped.py unit/transcript/test_formats.py"
    " unit/transcript",
    "transcript/formats/har.py": "unit/usecases/test_recordings.py unit/transcript/test_formats.py"
    " unit/transcript functional/test_redact_command.py::test_a_damaged_document_is_said_to_be_one",
    "transcript/formats/*.py": "unit/transcript/test_formats.py unit/transcript functional/test_rollouts.py::"
    "test_a_file_is_told_by_any_type_of_line_that_a_release_declares",
    "transcript/rules.py": "functional/test_rules.py::test_ids_and_titles_are_unique"
    " functional/test_rules.py::test_every_id_in_the_code_is_in_the_list"
    " functional/test_rules.py::test_every_table_is_in_the_list",
    "transcript/coverage.py": "unit/transcript/test_coverage.py",
    "transcript/judge.py": "unit/transcript/test_file_issues.py unit/transcript/test_checks.py",
    "transcript/line_judge.py": "functional/test_rollouts.py::"
    "test_the_unknown_is_noted_and_fails_nothing",
    "transcript/quiet.py": "property/test_judge_shortcuts.py",
    "transcript/server_guess.py": "unit/transcript/test_server_guess.py",
    "transcript/source.py": "unit/transcript/test_source.py functional/test_damaged_files.py",
    "transcript/stand_in.py": "unit/transcript/test_stand_in.py functional/test_other_release.py",
    "sessions/calls.py": "unit/sessions/test_rollout_calls.py unit/sessions",
    "sessions/values.py": "unit/sessions/test_rollout_calls.py unit/sessions",
    "sessions/rollout_lines.py": "unit/sessions/test_rollouts.py unit/sessions",
    "sessions/*.py": "unit/sessions functional/test_session_trees.py functional/test_show.py"
    " functional/test_session_views.py",
    "transcript/session/*.py": "unit/transcript/test_checks.py",
    "transcript/*.py": "unit/transcript functional/test_validate.py functional/test_validate_schema.py",
    "report/*.py": "unit/report functional/test_diff.py functional/test_compat.py",
    "runtime/tolerance/*.py": "unit/runtime/test_tolerance_cases.py unit/runtime/test_tolerance_words.py"
    " functional/test_golden.py unit/runtime/test_tolerance_omitted.py"
    " unit/runtime/test_tolerant_decode.py functional/test_decode_matrix.py",
    "runtime/gates.py": "unit/wire/test_lines.py unit/wire",
    "runtime/client/connection.py": "unit/runtime/test_client_connection.py"
    " unit/runtime/test_client_silence.py unit/runtime",
    "runtime/client/handlers.py": "unit/runtime/test_client_words.py",
    "runtime/client/jsonrpc.py": "unit/runtime/test_client_words.py unit/runtime/test_jsonrpc.py",
    "runtime/client/backfill.py": "unit/runtime/test_client_backfill.py unit/runtime",
    "runtime/client/complaint.py": "unit/runtime/test_client_watch.py unit/runtime",
    "runtime/client/reconnect.py": "unit/runtime/test_client_threads.py unit/runtime",
    "runtime/client/legacy.py": "unit/runtime/test_client_dialects.py unit/runtime",
    "runtime/client/*.py": "unit/runtime",
    "runtime/exec_client/*.py": "unit/runtime/test_exec_process.py unit/runtime",
    "runtime/transport/frames.py": "unit/runtime/test_transport_websocket.py unit/runtime",
    "runtime/unknown.py": "functional/test_decode.py functional/test_rollout_lines.py::"
    "test_json_that_is_nothing_like_a_line_is_given_back",
    "runtime/*.py": "unit/runtime functional/test_decode.py functional/test_decode_matrix.py",
    "wire/explain_rules.py": "unit/wire/test_explain_rules.py functional/test_rules.py",
    "wire/annotations.py": "unit/wire/test_fast_path.py unit/wire/test_keywords.py unit/wire",
    "wire/fast_path.py": "unit/wire/test_fast_path.py unit/wire/test_keywords.py unit/wire",
    "wire/validators.py": "unit/wire/test_cases.py unit/wire",
    "wire/expressions.py": "unit/wire/test_keywords.py unit/wire/test_violation_words.py unit/wire",
    "wire/assertions.py": "unit/wire/test_keywords.py unit/wire/test_violation_words.py unit/wire",
    "wire/[ae]*.py": "unit/wire/test_keywords.py unit/wire",
    "wire/*.py": "unit/wire functional/test_golden.py",
    "ir/closed.py": "unit/wire/test_line_kinds.py",
    "ir/content.py": "unit/normalize/test_content.py",
    "ir/*.py": "unit/ir unit/ingest/test_read.py unit/wire unit/normalize/test_cases.py",
    "normalize/plain.py": "unit/normalize/test_plain.py unit/emit functional/test_generate_shapes.py",
    "normalize/*.py": "unit/normalize",
    "proxy/redact/*.py": "unit/proxy/test_redact_tokens.py::"
    "test_every_provider_and_form_is_in_the_table unit/proxy/test_redact_texts.py"
    " unit/proxy/test_redact_members.py unit/proxy/test_redact_assignments.py"
    " unit/proxy/test_redact_opaque.py unit/proxy/test_redact_signs.py"
    " unit/proxy/test_redact_names.py unit/proxy/test_redact.py unit/proxy/test_redact_placeholders.py"
    " unit/proxy/test_redact_tokens.py"
    " unit/proxy functional/test_redact_command.py",
    "proxy/mock/approvals.py": "unit/proxy/test_mock_turns.py unit/proxy/test_mock_turns_v1.py",
    "proxy/mock/faults.py": "unit/proxy/test_mock_parts.py unit/proxy/test_mock_script.py"
    " unit/proxy/test_mock_refusals.py functional/test_mock_faults.py",
    "proxy/mock/injector.py": "unit/proxy/test_mock_parts.py unit/proxy/test_mock_refusals.py"
    " functional/test_mock_faults.py",
    "proxy/mock/processes.py": "functional/test_mock_exec_server.py::"
    "test_a_process_ended_as_soon_as_it_began functional/test_mock_exec_server.py",
    "proxy/mock/handlers.py": "unit/proxy/test_mock_threads.py unit/proxy/test_mock_turns.py"
    " unit/proxy/test_mock_turns_v1.py"
    " unit/proxy/test_mock_refusals.py functional/test_mock_session.py"
    " functional/test_mock_exec_server.py functional/test_mock_requests.py",
    "proxy/mock/turn*.py": "unit/proxy/test_mock_turns.py unit/proxy/test_mock_turns_v1.py"
    " functional/test_mock_session.py"
    " functional/test_mock_faults.py",
    "proxy/mock/*.py": "unit/proxy/test_mock_script.py unit/proxy/test_mock_parts.py"
    " unit/proxy/test_mock_threads.py unit/proxy/test_mock_refusals.py unit/proxy/test_mock_turns.py"
    " functional/test_mock_session.py"
    " functional/test_mock_exec_server.py functional/test_mock_faults.py functional/test_mock_requests.py",
    "proxy/json_text.py": "unit/proxy/test_redact.py unit/proxy",
    "proxy/record.py": "functional/test_record.py::test_packed_recordings_are_ordinary_archives"
    " unit/proxy/test_record.py functional/test_record.py",
    "proxy/recorded.py": "unit/proxy/test_replay_player.py functional/test_replay.py",
    "proxy/stdio.py": "functional/test_record.py::test_signals_are_passed_on functional/test_record.py",
    "proxy/websocket.py": "functional/test_record_websocket.py::test_a_server_behind_tls"
    " functional/test_record_websocket.py",
    "proxy/listen.py": "functional/test_mock_command.py",
    "proxy/*.py": "unit/proxy functional/test_replay.py",
    "emit/header.py": "unit/emit/test_header.py",
    "emit/kept.py": "unit/emit/test_kept.py",
    "emit/emitters.py": "functional/test_emitters.py",
    "emit/notifications.py": "functional/test_exec_server.py::"
    "test_extractors_find_what_a_person_finds functional/test_golden.py",
    "emit/styles.py": "unit/emit/test_styles.py functional/test_models_styles.py"
    " functional/test_generate_shapes.py",
    "emit/python.py": "functional/test_line_packages.py functional/test_golden.py unit/emit",
    "emit/typescript/types.py": "functional/test_golden.py functional/test_typescript.py::"
    "test_what_must_compile_does_and_what_must_not_does_not functional/test_typescript.py",
    "emit/typescript/*.py": "functional/test_golden.py functional/test_typescript.py::"
    "test_a_member_that_every_object_of_javascript_has_is_not_there_by_itself"
    " functional/test_typescript.py::test_every_keyword_is_judged"
    " functional/test_typescript.py::test_any_schema_is_judged_as_python_does_and_compiles"
    " functional/test_typescript.py",
    "emit/testdata/*.py": "functional/test_golden.py unit/emit/test_damage.py functional/test_testdata.py",
    "emit/lines.py": "functional/test_line_packages.py",
    "emit/*.py": "functional/test_golden.py unit/emit functional/test_models_styles.py"
    " functional/test_generate_shapes.py",
    "ingest/channel.py": "unit/ingest/test_archive.py",
    "ingest/drafts.py": "unit/ingest/test_drafts.py",
    "ingest/made.py": "unit/ingest/test_made.py",
    "ingest/fetch/binary.py": "unit/ingest/fetch/test_binary.py",
    "ingest/fetch/archive.py": "unit/ingest/fetch/test_archive.py",
    "ingest/fetch/*.py": "unit/ingest/fetch/test_registries.py functional/test_schema_pull.py",
    "ingest/cache.py": "unit/ingest/test_cache.py functional/test_schema_pull_at_hand.py",
    "ingest/vendor.py": "functional/test_schema_pull_at_hand.py",
    "ingest/*.py": "unit/ingest",
    "usecases/comparable.py": "unit/usecases/test_comparable.py functional/test_library.py",
    "usecases/contract.py": "functional/test_compat.py::test_a_request_that_failed_was_taken"
    " unit/usecases/test_contract.py",
    "usecases/diff.py": "functional/test_diff_levels.py::"
    "test_what_fails_is_what_breaks_the_clients_that_count",
    "usecases/diff_report.py": "unit/usecases/test_diff_report.py functional/test_diff_formats.py::"
    "test_json_has_the_published_shape functional/test_diff_formats.py::"
    "test_text_says_the_counts_first",
    "usecases/observed.py": "functional/test_rules.py::test_ids_and_titles_are_unique"
    " unit/usecases/test_observed.py",
    "usecases/probe_report.py": "unit/probe/test_reports.py",
    "usecases/show.py": "functional/test_show.py",
    "usecases/*.py": "unit/usecases functional/test_library.py",
}
"""Files below `codegen/codexwire` → tests below `tests`, the quick ones first; the first pattern counts."""

CLAIMS = frozenset(
    {"about", "compared", "exact", "experimental", "harmless", "loose", "part", "standing"}
)
"""Keywords of a rule or row that have a default: leaving one out is a change of the claim."""

PAIRS = frozenset({"client", "server"})
"""Keywords whose tuples have a length that the type checker knows: none of their elements can go."""


@dataclass(frozen=True, slots=True)
class Line:
    """A change of a line that is no entry of a table."""

    file: str
    old: str
    new: str
    tests: str


LINES = (
    Line(
        "diff/contract_filter.py",
        'unasked = (finding.type, finding.rule) == ("ServerRequest", "request-added")',
        "unasked = False",
        "unit/diff/test_contract_filter.py",
    ),
    Line(
        "diff/contract_filter.py",
        'everybody = finding.methods == ("*",)',
        "everybody = False",
        "unit/diff/test_contract_filter.py",
    ),
    Line(
        "runtime/tolerant_decode.py",
        'extra = len(getattr(reading.value, "__pydantic_extra__", None) or ())',
        "extra = 0",
        "unit/runtime/test_tolerant_decode.py",
    ),
    Line(
        "profiles/shared/rules/n002_response_map.py",
        "if len(found) == 1 else method",
        "if found else method",
        "unit/normalize/test_cases.py",
    ),
    Line(
        "model/exchange.py",
        "self._answered.move_to_end(key)",
        "pass",
        "unit/model/test_exchange.py",
    ),
    Line(
        "diff/pairing.py",
        "if (old.key is not None and new.tags) or (new.key is not None and old.tags):",
        "if False:",
        "unit/diff/test_pairing.py",
    ),
)
"""Changes that no test noticed once."""
