"""Rollouts line by line, on invented lines: what is told, what is unknown, what is noted."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sessions import SESSIONS, Lines, event, message, meta, response, rollout

from codexwire import session
from codexwire.ingest.archive import archive
from codexwire.profiles.rollout.profile import ROLLOUT
from codexwire.transcript.coverage import everything
from codexwire.version import Version

STARTED, ENDED = event("task_started", turn_id="t1"), event("task_complete", turn_id="t1")


def read(tmp_path: Path, lines: Lines, **options: Any) -> session.Session:
    return session.read(rollout(tmp_path / "r.jsonl", lines, **options))


def turn_of(tmp_path: Path, *lines: dict[str, Any]) -> session.Turn:
    (thread,) = read(tmp_path, [meta(), STARTED, *lines]).threads
    return thread.turns[0]


def test_a_torn_last_line_is_a_note_and_the_rest_is_read(tmp_path: Path) -> None:
    found = read(tmp_path, [meta(), STARTED, event("agent_message", message="x")], end='\n{"timest')
    (file,) = found.files
    assert [(note.rule, note.place.line) for note in file.notes] == [("torn", 4)]
    assert [note.rule for note in found.threads[0].notes] == ["turn-without-end"]
    assert found.threads[0].turns[0].status == session.UNKNOWN


def test_a_broken_line_is_passed_over(tmp_path: Path) -> None:
    path = rollout(tmp_path / "r.jsonl", [meta(), STARTED], end="\nnot json\n")
    path.write_text(path.read_text() + json.dumps({"timestamp": "", **ENDED}) + "\n")
    (file,) = session.read(path).files
    assert [(note.rule, note.place.line, note.count) for note in file.notes] == [("unread", 3, 1)]
    assert (file.lines, file.turns) == (4, 1)


def test_a_line_with_a_number_that_is_not_read_is_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "r.jsonl"
    path.write_text(f'{{"timestamp":"t","type":"session_meta","payload":{"1" * 30_000}}}\n')
    (file,) = session.read(path).files
    assert [note.rule for note in file.notes] == ["unread", "no-turns"]


def test_unknown_lines_are_counted_by_their_type(tmp_path: Path) -> None:
    lines = [
        meta(),
        STARTED,
        event("brand_new"),
        event("brand_new"),
        {"type": "novel", "payload": 1},
        {"type": "realtime_item", "payload": {"type": "new"}},
    ]
    (file,) = read(tmp_path, [*lines, response("strange")]).files
    told = {"novel": 1, "realtime_item/new": 1, "response_item/strange": 1}
    assert file.unknown == {"event_msg/brand_new": 2, **told}


def test_a_file_without_turns_says_so(tmp_path: Path) -> None:
    (file,) = read(tmp_path, [meta()]).files
    assert [note.text for note in file.notes] == ["no turn was found in 1 line"]


def test_an_unknown_item_is_kept_as_it_was_written(tmp_path: Path) -> None:
    item = {"type": "Extension", "id": "e", "data": {"a": [1]}}
    turn = turn_of(tmp_path, event("item_completed", turn_id="t1", item=item))
    (found,) = turn.items
    assert isinstance(found, session.Other)
    assert (found.id, found.type, found.value) == ("e", "Extension", item)


@pytest.mark.parametrize(
    ("members", "status"),
    [
        ({"started_at": 1, "last_agent_message": None}, "completed"),
        ({"error": {"message": "broken"}}, "failed"),
        ({"last_agent_message": "Done."}, "completed"),
        ({"last_agent_message": "Other."}, "unknown"),
        ({"last_agent_message": None}, "unknown"),
    ],
)
def test_the_end_of_a_turn_is_what_its_writer_could_tell(
    tmp_path: Path, members: dict[str, Any], status: str
) -> None:
    end = event("task_complete", turn_id="t1", **members)
    assert turn_of(tmp_path, event("agent_message", message="Done."), end).status == status


def test_a_request_after_the_answer_leaves_the_end_open(tmp_path: Path) -> None:
    steered = event("user_message", message="And this?")
    end = event("task_complete", turn_id="t1", last_agent_message="Done.")
    turn = turn_of(tmp_path, event("agent_message", message="Done."), steered, end)
    assert turn.status == session.UNKNOWN


def test_a_compaction_is_where_the_agent_goes_on(tmp_path: Path) -> None:
    asked = [meta(), event("user_message", message="a"), event("agent_message", message="b")]
    packed = [{"type": "compacted", "payload": {"message": "so far"}}, event("context_compacted")]
    (alone,) = read(tmp_path, [*asked, *packed, event("user_message", message="c")]).threads
    (inside,) = read(tmp_path, [*asked, *packed, event("agent_message", message="c")]).threads
    kinds = [[type(item).__name__ for item in turn.items] for turn in alone.turns]
    assert kinds == [["User", "Agent"], ["Compaction"], ["User"]]
    kinds = [[type(item).__name__ for item in turn.items] for turn in inside.turns]
    assert kinds == [["User", "Agent", "Compaction", "Agent"]]
    (summary,) = (i.summary for i in inside.turns[0].items if isinstance(i, session.Compaction))
    assert summary == "so far"


def test_items_that_only_the_schema_shows(tmp_path: Path) -> None:
    wires = [
        {"type": "Extension", "id": "1", "kind": "web.search", "query": "q", "action": None},
        {
            "type": "Extension",
            "id": "2",
            "kind": "image_gen.generation",
            "revisedPrompt": "a dot",
            "status": "completed",
        },
        {
            "type": "SubAgentActivity",
            "id": "3",
            "kind": "completed",
            "agent_thread_id": "T2",
            "agent_path": "/a",
        },
        {"type": "HookPrompt", "id": "4", "fragments": [{"text": "stop", "hookRunId": "h"}]},
    ]
    turn = turn_of(tmp_path, *(event("item_completed", turn_id="t1", item=wire) for wire in wires))
    place = turn.items[0].place.file
    told = [
        (type(i).__name__, i.id, i.place == session.Place(place, n))
        for n, i in enumerate(turn.items, 3)
    ]
    assert told == [
        ("Search", "1", True),
        ("Image", "2", True),
        ("SubAgent", "3", True),
        ("Context", "4", True),
    ]


def test_the_users_words_are_told_from_what_is_injected(tmp_path: Path) -> None:
    turn = turn_of(
        tmp_path,
        message("user", "# AGENTS.md instructions for /p\n\nBe kind."),
        message("user", "<environment_context>\n</environment_context>"),
        message("user", "<environment_context> is what I ask about"),
        event("user_message", message="<environment_context> is what I ask about"),
        message("user", "who knows"),
        event("agent_message", message="Well."),
    )
    assert [(item.kind_of, item.text) for item in map(Kind, turn.items)][-3:] == [
        ("User", "<environment_context> is what I ask about"),
        ("Context", "who knows"),
        ("Agent", "Well."),
    ]
    origins = [item.origin for item in turn.items if isinstance(item, session.Context)]
    assert origins == [
        ("agents_md.instructions",),
        ("environments.environment_context",),
        ("unknown",),
    ]


class Kind:
    """An item, by the name of its type."""

    def __init__(self, item: Any) -> None:
        self.kind_of = type(item).__name__
        self.text = item.text


def test_what_codex_calls_the_users_is_the_users_without_an_event(tmp_path: Path) -> None:
    turn = turn_of(
        tmp_path,
        message("user", "hello", kinds=["user.text"]),
        message("user", "hello", kinds=["goal.internal_context"]),
        event("agent_message", message="Hi."),
    )
    assert [type(item) for item in turn.items] == [session.User, session.Context, session.Agent]
    assert (turn.items[0].own_id, turn.items[0].written) == (True, "2026-01-02T03:04:02.000Z")


def test_usage_is_the_last_total_whatever_comes_again(tmp_path: Path) -> None:
    def count(total: int, last: int) -> dict[str, Any]:
        usage = {
            "total_token_usage": {"total_tokens": total},
            "last_token_usage": {"total_tokens": last},
        }
        return event("token_count", info=usage)

    more = [
        event("task_started", turn_id="t2"),
        count(30, 10),
        count(50, 20),
        event("token_count", info=None),
    ]
    (thread,) = read(
        tmp_path, [meta(), STARTED, count(30, 30), count(30, 30), ENDED, *more]
    ).threads
    assert thread.usage == thread.own_usage == session.Usage(total_tokens=50)
    assert [turn.usage for turn in thread.turns] == [
        session.Usage(total_tokens=30),
        session.Usage(total_tokens=20),
    ]


def test_names_steps_and_lost_turns(tmp_path: Path) -> None:
    steps = {"plan": [{"step": "a", "status": "in_progress"}]}
    (thread,) = read(
        tmp_path,
        [
            meta(),
            event("turn_started", turn_id="t1", started_at=1),
            event("user_message", message="x"),
            response("function_call", name="update_plan", call_id="c", arguments=json.dumps(steps)),
            response("function_call_output", call_id="c", output="Plan updated"),
            event("error", message="broken"),
            event("turn_complete", turn_id="t1"),
            event("thread_name_updated", thread_name="Mine"),
            event("thread_rolled_back", num_turns=1),
            {"type": "turn_context", "payload": {"cwd": "/q"}},
            response(
                "local_shell_call", call_id="d", action={"type": "exec", "command": ["ls", "a b"]}
            ),
        ],
    ).threads
    (turn,) = thread.turns
    assert (turn.status, turn.error, turn.rolled_back) == ("failed", "broken", True)
    assert (turn.id, turn.started) == ("t1", "1970-01-01T00:00:01Z")
    assert turn.plan == (session.Step("a", "inProgress"),)
    assert not any(isinstance(item, session.Call) for item in turn.items)
    assert thread.name == "Mine"
    command = turn.items[-1]
    assert isinstance(command, session.Command)
    assert (command.command, command.cwd, command.status) == ("ls 'a b'", "/q", "unknown")


def test_the_turn_of_a_review_is_a_part_of_the_one_that_asked_for_it(tmp_path: Path) -> None:
    def item(type: str, turn: str) -> dict[str, Any]:
        wire = {"type": type, "id": type, "review": "x", "content": [{"text": "fine"}]}
        return event("item_completed", turn_id=turn, item=wire)

    begun, said = event("task_started", turn_id="t2"), item("AgentMessage", "t2")
    lines = [STARTED, item("EnteredReviewMode", "t1"), begun, said, item("ExitedReviewMode", "t1")]
    (thread,) = read(tmp_path, [meta(history_mode="paginated"), *lines]).threads
    assert [turn.id for turn in thread.turns] == ["t1"]


def test_a_turn_after_a_review_is_no_part_of_it(tmp_path: Path) -> None:
    def item(type: str) -> dict[str, Any]:
        return event("item_completed", turn_id="t1", item={"type": type, "id": type, "review": "x"})

    begun = event("task_started", turn_id="t2")
    lines = [STARTED, item("EnteredReviewMode"), item("ExitedReviewMode"), begun]
    (thread,) = read(tmp_path, [meta(history_mode="paginated"), *lines]).threads
    assert [turn.id for turn in thread.turns] == ["t1", "t2"]


NOT_TOLD = {"realtime_item", "response_item/other"}
NOT_TOLD |= {"response_item/tool_search_call", "response_item/tool_search_output"}
"""What releases declare and this view counts as unknown: nobody has seen what it looks like."""

READ_TOO = {"response_item/compaction_summary"}
"""Other names that releases read."""


def declared(*releases: str) -> Iterator[str]:
    """Every type of line but of events, most of which are not written to files."""
    for release in releases:
        protocol = archive(ROLLOUT).protocol(Version.parse(release))
        assert protocol is not None
        for _, place, value in everything(protocol):
            if place == "RolloutLine" and value and value not in ("event_msg", "response_item"):
                yield value
            elif place == "ResponseItem" and value:
                yield f"response_item/{value}"


@pytest.mark.parametrize("mode", ["legacy", "paginated"])
def test_every_line_that_a_release_declares_is_known(mode: str, tmp_path: Path) -> None:
    known = {*declared("0.116.0", "0.123.0", "0.145.0", "0.171.0")}
    assert known > NOT_TOLD
    lines = [
        {"type": type, "payload": {"type": item} if item else {}}
        for type, _, item in (name.partition("/") for name in sorted(known - NOT_TOLD | READ_TOO))
        if type != "session_meta"
    ]
    lines += [
        event(type) for type in ("thread_goal_updated", "thread_settings_applied", "undo_completed")
    ]
    (file,) = read(tmp_path, [meta(history_mode=mode), STARTED, *lines]).files
    assert file.unknown == {}


def test_a_patch_names_its_files(tmp_path: Path) -> None:
    patch = (
        "*** Begin Patch\n*** Add File: new.txt\n+a\n*** Update File: old.txt\n*** Move to: /q/moved.txt\n"
        "@@\n-a\n+b\n*** Delete File: gone.txt\n*** End Patch"
    )
    call = response("custom_tool_call", name="apply_patch", call_id="c", input=patch)
    (item,) = turn_of(tmp_path, call).items
    assert isinstance(item, session.FileChange)
    assert [(c.path, c.kind, c.moved_to, c.diff) for c in item.changes] == [
        ("/p/new.txt", "add", None, "a\n"),
        ("/p/old.txt", "update", "/q/moved.txt", "@@\n-a\n+b"),
        ("/p/gone.txt", "delete", None, None),
    ]


def test_a_second_session_meta_does_not_replace_the_first(tmp_path: Path) -> None:
    (thread,) = read(
        tmp_path, [meta("own", forked_from_id="old"), meta("old", cwd="/other"), STARTED]
    ).threads
    assert (thread.id, thread.cwd) == ("own", "/p")


def test_both_ids_of_a_search_are_kept() -> None:
    found = session.read(SESSIONS / "exec" / "0.163.0" / "plan_web-2.jsonl.gz")
    searches = [i for i in found.threads[0].turns[0].items if isinstance(i, session.Search)]
    assert [(s.id, s.call_id) for s in searches] == [
        ("item_1", "ws_resp_1839"),
        ("item_2", "ws2_resp_1839"),
    ]
    assert ("key-twice", 4) in [(note.rule, note.count) for note in found.files[0].notes]


def test_ids_of_ours_stay_when_the_file_grows(tmp_path: Path) -> None:
    lines: Lines = [meta(), event("user_message", message="a"), event("agent_message", message="b")]
    (before,) = read(tmp_path, lines).threads
    (after,) = read(tmp_path, [*lines, event("user_message", message="c")]).threads
    assert after.turns[0] == before.turns[0]
    assert [(item.id, item.own_id) for item in before.turns[0].items] == [
        ("line-2", True),
        ("line-3", True),
    ]


def test_thoughts_are_told_by_events_and_once_more_by_a_line(tmp_path: Path) -> None:
    events = event("agent_reasoning", text="a"), event("agent_reasoning_raw_content", text="b")
    parts = [{"type": "summary_text", "text": "a"}]
    line = response("reasoning", id="r", summary=parts, content=None)
    for lines in (events, (*events, line)):
        (thought,) = turn_of(tmp_path, *lines).items
        assert isinstance(thought, session.Reasoning)
        assert (thought.text, thought.raw) == ("a", "b")


def test_a_review_begins_and_ends(tmp_path: Path) -> None:
    output = {"overall_explanation": "fine"}
    entered, exited = turn_of(
        tmp_path,
        event("entered_review_mode", user_facing_hint="the diff"),
        event("exited_review_mode", review_output=output),
    ).items
    assert isinstance(entered, session.Review)
    assert isinstance(exited, session.Review)
    assert (entered.phase, entered.text) == ("entered", "the diff")
    assert (exited.phase, exited.text) == ("exited", "fine")
