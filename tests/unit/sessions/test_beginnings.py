"""Whether a message of the user's begins a turn or was sent into a running one, on invented lines."""

from __future__ import annotations

from pathlib import Path

import pytest
from sessions import Lines, event, message, meta, response, rollout

from codexwire import session

ASKED = {"type": "turn_context", "payload": {"cwd": "/p"}}


def said(text: str) -> Lines:
    return [message("user", text), event("user_message", message=text), ASKED]


def used(total: int) -> dict[str, object]:
    counts = {"input_tokens": total, "total_tokens": total}
    return event("token_count", info={"total_token_usage": counts, "last_token_usage": counts})


FIRST = [*said("a"), event("agent_message", message="b"), used(10)]
AFTER = [*said("c"), event("agent_message", message="d"), used(30)]


def thread_of(tmp_path: Path, *between: dict[str, object], **members: object) -> session.Thread:
    lines = [meta(**members), *FIRST, *between, *AFTER]
    (thread,) = session.read(rollout(tmp_path / "r.jsonl", lines)).threads
    return thread


def test_a_message_after_the_answer_may_have_been_sent_into_the_turn(tmp_path: Path) -> None:
    thread = thread_of(tmp_path)
    assert [turn.continues for turn in thread.turns] == [False, None]
    assert [turn.usage for turn in thread.turns] == [None, None]
    assert [t.total_usage.input_tokens for t in thread.turns if t.total_usage] == [10, 30]
    (note,) = thread.notes
    assert (note.rule, note.place.line, note.count) == ("turn-without-beginning", 8, 1)


@pytest.mark.parametrize(
    "between",
    [
        event("turn_aborted", reason="interrupted"),
        event("thread_rolled_back", num_turns=0),
        message("developer", "<model_switch>\nAnother one."),
        message("user", "<environment_context>\n<cwd>/q</cwd>\n</environment_context>"),
        message("user", "# AGENTS.md instructions for /q\n\n<INSTRUCTIONS>\nBe brief."),
        ASKED,
    ],
)
def test_what_shows_that_a_turn_begins(tmp_path: Path, between: dict[str, object]) -> None:
    thread = thread_of(tmp_path, between)
    assert [turn.continues for turn in thread.turns] == [False, False]
    assert [t.usage.input_tokens for t in thread.turns if t.usage] == [10, 20]
    assert thread.notes == ()


@pytest.mark.parametrize(
    "between",
    [
        message("user", "<user_shell_command>\nls\n</user_shell_command>"),
        response("function_call_output", call_id="c", output="done"),
    ],
)
def test_what_does_not(tmp_path: Path, between: dict[str, object]) -> None:
    assert thread_of(tmp_path, between).turns[-1].continues is None


def test_the_prompt_of_a_process_begins_a_turn(tmp_path: Path) -> None:
    assert thread_of(tmp_path, source="exec").turns[-1].continues is False
    assert thread_of(tmp_path, source="cli").turns[-1].continues is None


@pytest.mark.parametrize(
    ("written", "continues"),
    [
        ("2026-01-02T03:04:11.000Z", False),
        ("2026-01-02T03:04:10.900Z", None),
        ("2026-01-02T03:04:59.000", None),
        ("soon", None),
    ],
)
def test_a_message_after_a_while_begins_a_turn(
    tmp_path: Path, written: str, continues: bool | None
) -> None:
    late = [{"timestamp": written, **line} for line in AFTER]
    path = rollout(tmp_path / "r.jsonl", [meta(), *FIRST, used(10), *late])
    (thread,) = session.read(path).threads
    assert thread.turns[-1].continues is continues


def test_a_compaction_after_a_stopped_turn_is_one_of_its_own(tmp_path: Path) -> None:
    stopped, packed = event("turn_aborted"), {"type": "compacted", "payload": {"message": "sum"}}
    thread = thread_of(tmp_path, stopped, ASKED, used(15), packed)
    told = [(type(turn.items[0]).__name__, turn.continues) for turn in thread.turns]
    assert told == [("User", False), ("Compaction", False), ("User", None)]
    assert [t.total_usage.input_tokens for t in thread.turns if t.total_usage] == [10, 15, 30]


def test_a_told_turn_is_certain(tmp_path: Path) -> None:
    thread = thread_of(tmp_path, event("task_started", turn_id="t"))
    assert [turn.continues for turn in thread.turns] == [False, False]
