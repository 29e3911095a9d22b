"""Turns with every kind of item that the stub's model can cause."""

from __future__ import annotations

from codexwire.probe.app_server.configs import FREE
from codexwire.probe.app_server.turn import turn
from codexwire.probe.scenario import Ask, Scenario

__all__ = ["SCENARIO"]

_MODEL = '''
[[turn]]
when = "read"
[[turn.step]]
headers = { x-codex-primary-used-percent = "12.5", x-codex-primary-window-minutes = "300" }
output = [{ reasoning = "I look first." }, { shell = "cat hello.txt" }, { shell = "ls" }]
[[turn.step]]
output = [{ message = "Read it." }]

[[turn]]
when = "failing command"
[[turn.step]]
output = [{ shell = "echo bad; exit 3" }]
[[turn.step]]
output = [{ message = "It failed." }]

[[turn]]
when = "slow command"
[[turn.step]]
output = [{ shell = "for i in 1 2 3; do echo tick $i; sleep 0.3; done" }]
[[turn.step]]
output = [{ message = "Ticked." }]

[[turn]]
when = "interactive"
[[turn.step]]
[[turn.step.output]]
shell = "read -p 'name? ' x; echo got $x; sleep 20"
options = { tty = true, yield_time_ms = 500 }
[[turn.step]]
[[turn.step.output]]
call = "write_stdin"
arguments = { session_id = "$session", chars = "bob\\n", yield_time_ms = 500 }
take = { session = "session ID (\\\\d+)" }
[[turn.step]]
output = [{ message = "It still runs." }]

[[turn]]
when = "edit"
[[turn.step]]
output = [{ patch = "*** Begin Patch\\n*** Add File: notes.txt\\n+one\\n+two\\n*** End Patch" }]
[[turn.step]]
[[turn.step.output]]
patch = """
*** Begin Patch
*** Update File: notes.txt
*** Move to: moved.txt
@@
-one
+uno
*** End Patch"""
[[turn.step]]
output = [{ patch = "*** Begin Patch\\n*** Delete File: moved.txt\\n*** End Patch" }]
[[turn.step]]
output = [{ patch = "*** Begin Patch\\n*** Update File: no.txt\\n@@\\n-x\\n+y\\n*** End Patch" }]
[[turn.step]]
output = [{ message = "Edited." }]

[[turn]]
when = "make a plan"
[[turn.step]]
[[turn.step.output]]
call = "update_plan"
[turn.step.output.arguments]
explanation = "two steps"
plan = [{ step = "look", status = "in_progress" }, { step = "answer", status = "pending" }]
[[turn.step]]
output = [{ message = "Planned." }]

[[turn]]
when = "think"
[[turn.step]]
output = [{ reasoning = "One step, then the answer.", raw = true }, { message = "Thought." }]

[[turn]]
when = "web"
[[turn.step]]
[[turn.step.output]]
[turn.step.output.item]
type = "web_search_call"
id = "ws_1"
status = "completed"
action = { type = "search", query = "codex" }
[[turn.step.output]]
[turn.step.output.item]
type = "web_search_call"
id = "ws_2"
status = "completed"
action = { type = "open_page", url = "http://127.0.0.1:9/" }
[[turn.step.output]]
message = "Searched."

[[turn]]
when = "weather"
[[turn.step]]
output = [{ call = "weather", arguments = { city = "Paris" } }]
[[turn.step]]
output = [{ message = "Sunny." }]

[[turn]]
when = "picture"
[[turn.step]]
output = [{ call = "view_image", arguments = { path = "$project/dot.png" } }]
[[turn.step]]
[[turn.step.output]]
[turn.step.output.item]
type = "image_generation_call"
id = "ig_1"
status = "completed"
revised_prompt = "a dot"
result = "$dot"
[[turn.step.output]]
message = "Saw a dot."

[[turn]]
when = "unknown tool"
[[turn.step]]
output = [{ call = "no_such_tool" }]
[[turn.step]]
output = [{ message = "No such tool." }]

[[turn]]
when = "nap"
[[turn.step]]
output = [{ call = "sleep", arguments = { duration_ms = 200, seconds = 1 } }]
[[turn.step]]
output = [{ message = "Awake." }]

[[turn]]
when = "time"
[[turn.step]]
output = [{ call = "curr_time" }]
[[turn.step]]
output = [{ message = "Now." }]

[[turn]]
text = "Hello, world!"
'''

_WEATHER = {
    "type": "function",
    "name": "weather",
    "description": "the weather of a city",
    "inputSchema": {"type": "object", "properties": {"city": {"type": "string"}}},
}
_THREAD = {"cwd": "$project", "dynamicTools": [_WEATHER], "experimentalRawEvents": True}

SCENARIO = Scenario(
    "turns",
    (
        Ask("thread/start", _THREAD, {"thread": "thread.id"}),
        turn("hello"),
        turn("read a file"),
        turn("a failing command"),
        turn("a slow command"),
        turn("an interactive command"),
        Ask(
            "thread/backgroundTerminals/list",
            {"threadId": "$thread"},
            {"terminal": "data.0.processId"},
        ),
        Ask(
            "thread/backgroundTerminals/terminate",
            {"threadId": "$thread", "processId": "$terminal"},
        ),
        Ask("thread/backgroundTerminals/clean", {"threadId": "$thread"}),
        turn("edit files"),
        turn("make a plan"),
        turn("think"),
        turn("search the web"),
        turn("ask for the weather"),
        turn("look at the picture"),
        turn("call an unknown tool"),
        turn("take a nap"),
        turn("what time is it"),
        turn("hello", model="$other_model", effort="low"),
    ),
    model=_MODEL,
    settings=FREE,
    tables="[features]\napply_patch_streaming_events = true\n",
    answers={
        "item/tool/call": (
            {"contentItems": [{"type": "inputText", "text": "sunny"}], "success": True},
        ),
    },
)
