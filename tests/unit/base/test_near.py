"""An unknown name finds the known one that it was meant to be, however its words are put together."""

from __future__ import annotations

import pytest

from codexwire.near import ALIKE, did_you_mean, near_names

KNOWN = (
    "turn/start",
    "turn/started",
    "thread/list",
    "threadId",
    "item/agentMessage/delta",
    "Thread",
)


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("turn_start", "turn/start"),
        ("TURN-START", "turn/start"),
        ("turnStart", "turn/start"),
        ("trun/start", "turn/start"),
        ("thread_id", "threadId"),
        ("item/agent_message/delta", "item/agentMessage/delta"),
        ("Thred", "Thread"),
    ],
)
def test_a_name_of_another_spelling(name: str, meant: str) -> None:
    assert near_names(name, KNOWN, like=ALIKE) == [meant]


@pytest.mark.parametrize("name", ["", "zzz", "no/such/method", "x" * 100_000, "\ud800\x00"])
def test_what_is_like_nothing(name: str) -> None:
    assert near_names(name, KNOWN) == []
    assert did_you_mean(name, KNOWN) == ""


def test_the_question_names_the_most_alike_first() -> None:
    assert did_you_mean("turn_started", KNOWN, 2) == "did you mean 'turn/started', 'turn/start'?"
    assert did_you_mean(".updatedat", {".updatedAt"}, before="Thread") == (
        "did you mean 'Thread.updatedAt'?"
    )
