"""What holds for every test."""

from __future__ import annotations

import signal
from collections import defaultdict
from pathlib import Path

import pytest
from amount import ALL, sample_of
from hypothesis import HealthCheck, settings

for _name in ("SIGINT", "SIGHUP", "SIGQUIT"):
    # A run in the background has these ignored, and its children would inherit that.
    if hasattr(signal, _name) and signal.getsignal(getattr(signal, _name)) is signal.SIG_IGN:
        signal.signal(getattr(signal, _name), signal.SIG_DFL)

# A busy machine is no failure: neither an example nor the making of one has to be quick. And the same
# examples on every machine: a run that fails elsewhere fails here.
settings.register_profile(
    "steady",
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("steady")

_CASES = {"functional": 2, "live": 2, "property": 2, "unit": 12}
"""Folder of tests → how many cases of each test are taken, unless all are asked for."""

_NIGHTLY = frozenset(
    {
        "test_a_response_that_the_table_does_not_know_is_learned",
        "test_a_comparison_does_not_depend_on_the_order",
        "test_every_format_is_the_same_for_every_hash_seed",
        "test_history_and_show_agree_about_every_name_of_the_newest_release",
        "test_same_models_under_other_hash_seeds",
        "test_texts_come_through",
        "test_two_runs_give_the_same_profile",
    }
)
"""Tests that take so long that they run only where all is asked for."""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Take a sample of the cases of every test; all of them where all is asked for, or one is named."""
    if ALL or any("::" in argument for argument in config.args):
        return
    here = Path(__file__).parent
    tests: dict[str, list[pytest.Item]] = defaultdict(list)
    for item in items:
        if item.name.partition("[")[0] not in _NIGHTLY:
            tests[item.nodeid.partition("[")[0]].append(item)
    kept = {
        case
        for cases in tests.values()
        for case in sample_of(
            cases, _CASES.get(cases[0].path.relative_to(here).parts[0], len(cases))
        )
    }
    config.hook.pytest_deselected(items=[item for item in items if item not in kept])
    items[:] = [item for item in items if item in kept]
