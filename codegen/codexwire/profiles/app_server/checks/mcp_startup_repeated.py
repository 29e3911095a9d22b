"""The status of an MCP server's startup came twice, or one that looked like its end was none.

A client that shows a server as ready, or gives it up, by each of them does so twice or too early.
"""

from __future__ import annotations

from collections.abc import Iterator

from codexwire.finding import Level
from codexwire.model.message import MessageKind
from codexwire.model.session import NO_REPORT, SessionStep
from codexwire.model.session_check import CheckNote, SessionCheck, at_step

METHOD = "mcpServer/startupStatus/updated"


def on_step(step: SessionStep) -> Iterator[CheckNote]:
    """Notice a status that was the last one already, and a startup that goes on."""
    before, now = step.reported, step.says
    if before is NO_REPORT:
        return
    if before == now:
        yield at_step(step, Level.INFO, "the status of this MCP server is the same as before")
    elif before == "cancelled":
        yield at_step(step, Level.INFO, "this MCP server was said to be cancelled, and goes on")
    elif now == "cancelled" and before == "ready":
        yield at_step(step, Level.INFO, "this MCP server was ready, and is said to be cancelled")


def status(params: object) -> object:
    """Return what a report says."""
    return params.get("status") if isinstance(params, dict) else None


CHECK = SessionCheck(
    "mcp-startup-repeated",
    "A status of an MCP server's startup comes twice, or does not last.",
    Level.INFO,
    (
        "recordings 0.163.0: `ready` up to eleven times for one server, each after the configuration was"
        " read again; 0.140.0 says `starting` in between",
        "openai/codex#36682: each end twice and `cancelled` in between, of servers that started once",
    ),
    on_step=on_step,
    about={MessageKind.NOTIFICATION: frozenset({METHOD})},
)
