"""Plan mode, and questions that the model asks the user."""

from __future__ import annotations

from codexwire.probe.app_server.turn import turn
from codexwire.probe.scenario import Ask, Scenario

__all__ = ["SCENARIO"]

_MODEL = """
[[turn]]
when = "ask"
[[turn.step]]
[[turn.step.output]]
call = "request_user_input"
[[turn.step.output.arguments.questions]]
id = "color"
header = "Color"
question = "Which color?"
options = [
    { label = "Red (Recommended)", description = "red" },
    { label = "Blue", description = "blue" },
]
[[turn.step]]
output = [{ message = "Thanks." }]

[[turn]]
when = "plan"
[[turn.step]]
[[turn.step.output]]
message = "Here it is.\\n<proposed_plan>\\n# Plan\\n- one\\n- two\\n</proposed_plan>\\nThat is all."

[[turn]]
text = "Hello, world!"
"""

_PLAN = {
    "mode": "plan",
    "settings": {"model": "$model", "reasoning_effort": "low", "developer_instructions": None},
}

SCENARIO = Scenario(
    "questions",
    (
        Ask("collaborationMode/list", {}),
        Ask("thread/start", {"cwd": "$project"}, {"thread": "thread.id"}),
        turn("propose a plan", collaborationMode=_PLAN),
        turn("ask the user", collaborationMode=_PLAN),
        Ask("thread/items/list", {"threadId": "$thread"}, {"item": "data.0.item.id"}),
        Ask("thread/prepareApprovedPlan", {"threadId": "$thread", "markdown": "# Plan"}),
    ),
    model=_MODEL,
    answers={
        "item/tool/requestUserInput": ({"answers": {"color": {"answers": ["Red (Recommended)"]}}},),
    },
)
