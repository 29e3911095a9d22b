"""An MCP server of its own, called by the client without a turn."""

from __future__ import annotations

from typing import Any

from codexwire.probe.scenario import Ask, Scenario, WaitFor

__all__ = ["SCENARIO"]

_DEMO = {"threadId": "$thread", "server": "demo"}


def _call(tool: str, **arguments: Any) -> Ask:
    return Ask("mcpServer/tool/call", {**_DEMO, "tool": tool, "arguments": arguments})


SCENARIO = Scenario(
    "mcp",
    (
        Ask(
            "thread/start",
            {"cwd": "$project"},
            {"thread": "thread.id"},
            WaitFor("mcpServer/startupStatus/updated", {"status": "ready"}),
        ),
        Ask("mcpServerStatus/list", {}),
        Ask("mcpServerStatus/list", {"detail": "full", "limit": 1}),
        Ask("mcpServer/resource/read", {**_DEMO, "uri": "demo://readme"}),
        _call("echo", text="direct"),
        _call("fail"),
        _call("elicit"),
        Ask("mcpServer/tool/call", {**_DEMO, "server": "none", "tool": "x"}),
        Ask("mcpServer/oauth/login", {"name": "demo"}),
        Ask("config/mcpServer/reload"),
        Ask(
            "mcpServer/event/stream/start",
            {**_DEMO, "name": "ev", "arguments": {}, "subscriptionId": "s1"},
        ),
        Ask("mcpServer/event/stream/stop", {"subscriptionId": "s1"}),
    ),
    tables="""
[mcp_servers.demo]
command = "$python"
args = ["$mcp_server"]
[mcp_servers.broken]
command = "/no/such/program"
""",
    answers={
        "mcpServer/elicitation/request": (
            {"action": "accept", "content": {"name": "Bob"}, "_meta": None},
        )
    },
)
