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

_LONG = tuple(str(Path(__file__).parent / name) for name in ("functional", "live", "property"))
_CASES = 6


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Take a sample of the cases of every long test; all of them where all is asked for, or one is named."""
    if ALL or any("::" in argument for argument in config.args):
        return
    cases: dict[str, list[pytest.Item]] = defaultdict(list)
    for item in items:
        cases[item.nodeid.partition("[")[0]].append(item)
    kept = {
        case
        for same in cases.values()
        for case in (sample_of(same, _CASES) if str(same[0].path).startswith(_LONG) else same)
    }
    config.hook.pytest_deselected(items=[item for item in items if item not in kept])
    items[:] = [item for item in items if item in kept]
