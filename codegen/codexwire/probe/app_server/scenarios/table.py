"""The scenarios, in the order in which they are played."""

from __future__ import annotations

from codexwire.probe.app_server.scenarios import (
    accounts,
    agents,
    approvals,
    failures,
    files,
    interrupts,
    looking,
    mcp,
    opening,
    plugins,
    processes,
    questions,
    realtime,
    settings,
    threads,
    turns,
)
from codexwire.probe.scenario import Scenario

__all__ = ["LOOKING", "OPENING", "SCENARIOS"]

OPENING = opening.SCENARIO
"""Before the requests that no scenario sends."""

LOOKING = looking.SCENARIO
"""Before the requests to a server that is not ours."""

SCENARIOS: tuple[Scenario, ...] = (
    settings.SCENARIO,
    turns.SCENARIO,
    approvals.SCENARIO,
    questions.SCENARIO,
    interrupts.SCENARIO,
    threads.SCENARIO,
    agents.SCENARIO,
    failures.SCENARIO,
    plugins.SCENARIO,
    files.SCENARIO,
    processes.SCENARIO,
    mcp.SCENARIO,
    accounts.SCENARIO,
    realtime.SCENARIO,
)
