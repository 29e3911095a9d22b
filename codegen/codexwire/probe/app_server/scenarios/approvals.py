"""Questions of the server, accepted and declined: commands, patches, permissions, tools of MCP servers."""

from __future__ import annotations

from codexwire.probe.app_server.turn import turn
from codexwire.probe.scenario import Ask, Scenario

__all__ = ["SCENARIO"]

_MODEL = """
[[turn]]
when = "escalate"
[[turn.step]]
output = [{ shell = "echo escalated", escalate = true }]
[[turn.step]]
output = [{ message = "Done." }]

[[turn]]
when = "add a file"
[[turn.step]]
output = [{ patch = "*** Begin Patch\\n*** Add File: notes.txt\\n+one\\n*** End Patch" }]
[[turn.step]]
output = [{ message = "Added." }]

[[turn]]
when = "permissions"
[[turn.step]]
[[turn.step.output]]
call = "request_permissions"
[turn.step.output.arguments]
reason = "to write"
permissions = { file_system = { write = ["$other"] }, network = { enabled = true } }
[[turn.step]]
output = [{ message = "Asked." }]

[[turn]]
when = "elicit"
[[turn.step]]
output = [{ call = "elicit", namespace = "mcp__demo" }]
[[turn.step]]
output = [{ message = "Asked." }]

[[turn]]
when = "danger"
[[turn.step]]
output = [{ call = "danger", namespace = "mcp__demo" }]
[[turn.step]]
output = [{ message = "Survived." }]

[[turn]]
when = "echo"
[[turn.step]]
output = [{ call = "echo", namespace = "mcp__demo", arguments = { text = "hi" } }]
[[turn.step]]
output = [{ call = "fail", namespace = "mcp__demo" }]
[[turn.step]]
output = [{ call = "progress", namespace = "mcp__demo" }]
[[turn.step]]
output = [{ message = "Echoed." }]

[[turn]]
text = "Hello, world!"
"""

SCENARIO = Scenario(
    "approvals",
    (
        Ask("thread/start", {"cwd": "$project"}, {"thread": "thread.id"}),
        turn("escalate, accepted"),
        turn("escalate, for the session"),
        turn("escalate, declined"),
        turn("add a file, accepted"),
        turn("add a file, declined"),
        turn("permissions, granted"),
        turn("permissions, declined"),
        turn("elicit, accepted"),
        turn("elicit, declined"),
        turn("danger, accepted"),
        turn("danger, declined"),
        turn("echo"),
        Ask("thread/start", {"cwd": "$project"}, {"thread": "thread.id"}),
        turn("escalate, cancelled"),
    ),
    model=_MODEL,
    settings='approval_policy = "on-request"\nsandbox_mode = "read-only"\n',
    tables="""
[features]
request_permissions_tool = true
[mcp_servers.demo]
command = "$python"
args = ["$mcp_server"]
""",
    answers={
        "item/commandExecution/requestApproval": (
            {"decision": "accept"},
            {"decision": "acceptForSession"},
            {"decision": "decline"},
            {"decision": "cancel"},
        ),
        "item/fileChange/requestApproval": ({"decision": "accept"}, {"decision": "decline"}),
        "item/permissions/requestApproval": (
            {"permissions": "$params.permissions", "scope": "turn"},
            {"permissions": {}},
        ),
        "mcpServer/elicitation/request": (
            {"action": "accept", "content": {"name": "Bob"}, "_meta": None},
            {"action": "decline", "content": None, "_meta": None},
            {"action": "accept", "content": {}, "_meta": None},
            {"action": "decline", "content": None, "_meta": None},
        ),
    },
    twice=True,
)
