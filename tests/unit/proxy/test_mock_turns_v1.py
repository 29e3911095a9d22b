"""Turns of the mock in the first API, of servers up to 0.107.0."""

from __future__ import annotations

import pytest
from mocked import live, mock_of, talking

ASKING = """
[[turn]]
[[turn.step]]
command = "rm -r x"
ask = true
"""
HANGING = "[[turn]]\nstep = [{ message = 'before' }, { hang = true }]"


@pytest.mark.parametrize(
    ("decision", "event", "fact"),
    [
        ("approved", "exec_command_end", ("exit_code", 0)),
        ("approved_for_session", "exec_command_end", ("exit_code", 0)),
        ("abort", "turn_aborted", ("reason", "interrupted")),
    ],
)
def test_a_turn_of_the_first_api_asks_as_that_api_does(
    decision: str, event: str, fact: tuple[str, object]
) -> None:
    async def scenario() -> None:
        async with talking(mock_of("0.72.0", ASKING)) as client:
            started = await client.ask("newConversation", {})
            conversation = {"conversationId": started["conversationId"]}
            await client.ask("addConversationListener", conversation)
            text = {"type": "text", "data": {"text": "go"}}
            await client.ask("sendUserMessage", {**conversation, "items": [text]})
            asked = await client.hear("execCommandApproval")
            assert asked["params"]["command"] == ["rm", "-r", "x"]
            assert asked["params"]["conversationId"] == started["conversationId"]
            await client.say({"id": asked["id"], "result": {"decision": decision}})
            told = await client.hear(f"codex/event/{event}")
            assert fact in told["params"]["msg"].items()

    live(scenario)


def test_a_turn_of_the_first_api_can_be_interrupted() -> None:
    async def scenario() -> None:
        async with talking(mock_of("0.72.0", HANGING)) as client:
            started = await client.ask("newConversation", {})
            conversation = {"conversationId": started["conversationId"]}
            await client.ask("addConversationListener", conversation)
            settings = {
                "cwd": "/x",
                "approvalPolicy": "never",
                "sandboxPolicy": {"type": "read-only"},
                "model": "m",
                "summary": "auto",
            }
            await client.ask("sendUserTurn", {**conversation, **settings, "items": []})
            await client.hear("codex/event/agent_message")
            answer = await client.ask("interruptConversation", conversation)
            assert answer == {"abortReason": "interrupted"}
            aborted = await client.hear("codex/event/turn_aborted")
            assert aborted["params"]["msg"]["reason"] == "interrupted"

    live(scenario)
