"""A turn whose model starts another agent, waits for it and closes it; and hooks around it."""

from __future__ import annotations

from codexwire.probe.app_server.configs import FREE
from codexwire.probe.app_server.turn import turn
from codexwire.probe.scenario import Ask, Scenario

__all__ = ["SCENARIO"]

_MODEL = """
[[turn]]
when = "start an agent"
[[turn.step]]
[[turn.step.output]]
call = "spawn_agent"
namespace = "multi_agent_v1"
arguments = { message = "say hi", task_name = "child_one", agent_type = "default" }
[[turn.step]]
[[turn.step.output]]
call = "wait_agent"
namespace = "multi_agent_v1"
arguments = { targets = ["$agent"], ids = ["$agent"], timeout_ms = 10000 }
take = { agent = '(?:agent_id|task_name|agent_path)\\W+([\\w/-]{3,})' }
[[turn.step]]
[[turn.step.output]]
call = "close_agent"
namespace = "multi_agent_v1"
arguments = { target = "$agent", id = "$agent" }
take = { agent = '(?:agent_id|task_name|agent_path)\\W+([\\w/-]{3,})' }
[[turn.step]]
output = [{ message = "The child is done." }]

[[turn]]
text = "Hi!"
"""

_HOOK = {"hook": "data.0.hooks.0.key", "hash": "data.0.hooks.0.currentHash"}

SCENARIO = Scenario(
    "agents",
    (
        Ask(
            "hooks/list",
            {"cwds": ["$project"]},
            {"hook": "data.0.hooks.0.key", "hash": "data.0.hooks.0.currentHash"},
        ),
        Ask(
            "config/value/write",
            {
                "keyPath": "hooks.state",
                "value": {"$hook": {"trusted_hash": "$hash"}},
                "mergeStrategy": "upsert",
            },
        ),
        Ask("thread/start", {"cwd": "$project"}, {"thread": "thread.id"}),
        turn("hello"),
        turn("start an agent"),
    ),
    model=_MODEL,
    settings=FREE,
    tables="""
[features]
multi_agent = true
[[hooks.UserPromptSubmit]]
[[hooks.UserPromptSubmit.hooks]]
type = "command"
command = "cat > /dev/null"
""",
)
