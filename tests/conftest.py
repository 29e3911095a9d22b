"""What holds for every test."""

from __future__ import annotations

import os
import signal
from collections import defaultdict
from pathlib import Path

import pytest
from amount import ALL, sample_of
from hypothesis import HealthCheck, settings
from hypothesis.internal.conjecture import providers

_HANDLERS = {
    "SIGINT": signal.default_int_handler,
    "SIGHUP": signal.SIG_DFL,
    "SIGQUIT": signal.SIG_DFL,
}
for _name, _handler in _HANDLERS.items():
    # A run in the background has these ignored, and its children would inherit that.
    if hasattr(signal, _name) and signal.getsignal(getattr(signal, _name)) is signal.SIG_IGN:
        signal.signal(getattr(signal, _name), _handler)

# What was pulled on this machine is no part of a test.
os.environ.pop("CODEXWIRE_CACHE", None)
os.environ["CODEXWIRE_NO_CACHE"] = "1"  # nor is what was made of schemas; tests of that turn it on

# A busy machine is no failure: neither an example nor the making of one has to be quick. And the same
# examples on every machine and in every order of the tests: a run that fails elsewhere fails here.
# Hypothesis tries the constants of whatever modules happen to be loaded; "steady" does without.
settings.register_profile(
    "random", deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("steady", settings.get_profile("random"), derandomize=True)
settings.load_profile("steady")
providers._get_local_constants = lambda: providers._local_constants  # those of no module

_CASES = {"functional": 1, "live": 1, "property": 1}
"""Folder of tests → how many cases of each test are taken, unless all are asked for."""

_CASES_OF = {
    "test_a_detector_of_the_library": 12,
    "test_a_kind_decides_as_the_whole_schema_does": 1,
    "test_a_recording_says_the_same_before_and_after": 12,
    "test_an_end_is_told": 10,
    "test_an_end_is_told_to_who_blocks": 5,
    "test_no_odd_server_holds_anybody": 5,
    "test_nor_does_it_hold_who_blocks": 3,
    "test_no_claim_is_stale": 12,
    "test_the_committed_archive_is_mended_by_the_rules_as_they_are": 12,
    "test_trap": 12,
}
"""The same for single tests: those of the folder `unit` that are long. Of the others each case is quick,
and what it says of an entry of a table no other case says."""

_NIGHTLY = frozenset(
    {
        "test_a_response_that_the_table_does_not_know_is_learned",
        "test_a_link_that_leads_nowhere_fails",
        "test_a_comparison_does_not_depend_on_the_order",
        "test_check_compares_the_two_files_only",
        "test_compat_and_a_contract_of_it",
        "test_every_format_is_the_same_for_every_hash_seed",
        "test_extractors_agree_with_the_recordings",
        "test_history_and_show_agree_about_every_name_of_the_newest_release",
        "test_its_models_take_whatever_comes",
        "test_no_class_has_a_number_for_a_name_but_those_of_the_sdk",
        "test_same_models_under_other_hash_seeds",
        "test_texts_come_through",
        "test_the_layout_of_the_official_sdk",
        "test_the_schema_of_saved_sessions_is_that_of_the_archive",
        "test_the_server_is_asked_and_its_profile_is_kept",
        "test_two_runs_give_the_profile_that_is_kept",
        "test_what_comes_is_what_is_known",
    }
)
"""Tests that take so long that they run only where all is asked for."""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Take a sample of the cases of every test; all of them where all is asked for, or one is named."""
    if ALL or any("::" in argument for argument in config.args):
        return
    tests: dict[str, list[pytest.Item]] = defaultdict(list)
    for item in items:
        if _name(item) not in _NIGHTLY:
            tests[item.nodeid.partition("[")[0]].append(item)
    kept = {
        case
        for cases in tests.values()
        for case in sample_of(cases, _CASES_OF.get(_name(cases[0]), _of_folder(cases)))
    }
    config.hook.pytest_deselected(items=[item for item in items if item not in kept])
    items[:] = [item for item in items if item in kept]


def _name(item: pytest.Item) -> str:
    return item.name.partition("[")[0]


def _of_folder(cases: list[pytest.Item]) -> int:
    folder = cases[0].path.relative_to(Path(__file__).parent).parts[0]
    return _CASES.get(folder, len(cases))
