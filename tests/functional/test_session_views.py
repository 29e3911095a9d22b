"""The same session told by several sources reads the same; what one does not tell is unknown."""

from __future__ import annotations

from collections import Counter

import pytest
from session_compare import EQUAL, LOST, WRONG, Figures, figures
from sessions import SESSIONS

from codexwire import session

RECORDED, SAVED = SESSIONS / "recorded", SESSIONS / "saved"


def told(found: Figures, *verdicts: str) -> Counter[str]:
    """How often which value came out in one of these ways."""
    counts: Counter[str] = Counter()
    for (what, verdict), count in found.counts.items():
        if verdict in verdicts and count:
            counts[what] += count
    return counts


def test_a_paginated_rollout_tells_what_the_recording_tells() -> None:
    found = figures(str(RECORDED / "0.163.0"), str(SAVED / "0.163.0"))
    assert found.turns == {"turns": 111, "all items equal": 101}
    assert not told(found, WRONG), found.told
    equal, lost = told(found, EQUAL), told(found, LOST)
    assert (equal["id"], lost["id"]) == (111, 0)
    assert (equal["status"], lost["status"]) == (
        110,
        1,
    )  # a review fails, and its rollout keeps silent
    assert lost["usage"] <= 1
    assert lost["User"] == 0
    assert equal["User.text"] == 103


def test_a_legacy_rollout_without_ids_tells_what_was_said_and_done() -> None:
    found = figures(str(RECORDED / "0.99.0"), str(SAVED / "0.99.0"))
    assert found.turns == {"turns": 83, "all items equal": 75}
    assert not told(found, WRONG), found.told
    # The recorder sent most messages within milliseconds: whether they began turns, nothing tells.
    assert told(found, LOST)["beginning"] == 50
    assert (told(found, EQUAL)["usage"], told(found, LOST)["usage"]) == (73, 0)
    assert told(found, EQUAL)["status"] == 5  # interrupted
    assert told(found, LOST)["status"] >= 70


def test_a_message_that_was_sent_into_a_running_turn_is_said_to_be_none_for_certain() -> None:
    (thread,) = session.walk(SAVED / "0.99.0" / "s04_interrupt_steer-1.jsonl.gz")
    first = [next(i.text for i in t.items if isinstance(i, session.User)) for t in thread.turns]
    unsure = [text for text, t in zip(first, thread.turns, strict=True) if t.continues is None]
    assert {"also do this", "and a second turn while running"} <= {*unsure}
    assert [turn.continues for turn in thread.turns[:2]] == [False, False]


@pytest.mark.parametrize("release", ["0.99.0", "0.163.0"])
def test_the_usage_of_a_thread_is_its_final_total(release: str) -> None:
    saved = {thread.id: thread for thread in session.walk(SAVED / release)}
    checked = 0
    for thread in session.walk(RECORDED / release):
        other = saved.get(thread.id)
        if other is None or thread.usage is None or thread.place.file.endswith("_resume.jsonl.gz"):
            continue
        if thread.id.endswith("5180d") or thread.id.endswith("a21f52"):
            continue  # resumed in another recording
        assert (other.usage, thread.id) == (thread.usage, thread.id)
        checked += 1
    assert checked > 15


@pytest.mark.parametrize("release", ["0.125.0", "0.150.0", "0.163.0"])
def test_an_exec_stream_tells_what_its_rollout_tells(release: str) -> None:
    saved, streams = SESSIONS / "exec-saved" / release, SESSIONS / "exec" / release
    found = figures(str(saved), str(streams), leave_out=(session.User,))
    assert not told(found, WRONG), found.told
    assert told(found, LOST).keys() == {"id", "Image"}  # exec tells neither
    assert found.turns["turns"] >= 24
    assert told(found, EQUAL)["usage"] == found.turns["turns"] - 4  # four runs fail before any


def test_before_0_145_0_the_end_of_a_failed_turn_is_unknown() -> None:
    saved = {t.id: t for t in session.walk(SESSIONS / "exec-saved" / "0.125.0")}
    ends = Counter(
        (stream.turns[0].status, saved[stream.id].turns[0].status)
        for stream in session.walk(SESSIONS / "exec" / "0.125.0")
    )
    assert ends[("failed", "unknown")] == 4
    assert set(ends) == {("failed", "unknown"), ("completed", "completed")}


def test_a_migrated_rollout_reads_as_it_did_before() -> None:
    before, after = (
        SAVED / "0.150.0" / "s01_basic.jsonl.gz",
        SESSIONS / "migrated-0.150.0-by-0.171.0.jsonl",
    )
    found = figures(str(before), str(after))
    assert found.turns == {"turns": 5, "all items equal": 5}
    assert not told(found, WRONG, LOST), found.told
    modes = {next(session.walk(path)).history_mode for path in (before, after)}
    assert modes == {"legacy", "paginated"}


def test_a_thread_that_two_releases_wrote_is_read_to_its_end() -> None:
    (thread,) = session.walk(SESSIONS / "mixed-0.99.0-by-0.171.0.jsonl")
    assert [turn.own_id for turn in thread.turns] == [True] * 5 + [False]
    assert [turn.status for turn in thread.turns] == ["unknown"] * 5 + ["completed"]
    assert [
        type(item) for item in thread.turns[-1].items if not isinstance(item, session.Context)
    ] == [
        session.User,
        session.Command,
        session.Agent,
    ]


def test_nothing_is_unknown_in_what_real_releases_wrote() -> None:
    files: list[session.File] = []
    for thread in session.walk(SESSIONS, seen=files.append):
        others = [i for t in thread.turns for i in t.items if isinstance(i, session.Other)]
        assert not others, thread.place
        for turn in thread.turns:
            assert turn.own_id == turn.id.startswith("line-")
    assert not [file for file in files if file.unknown]
    rules = {note.rule for file in files for note in file.notes}
    assert rules == {"key-twice", "warning", "no-turns", "no-message"}


def test_no_injected_text_is_taken_for_the_users() -> None:
    for thread in session.walk(SESSIONS / "saved", SESSIONS / "exec-saved"):
        for turn in thread.turns:
            said = [item.text for item in turn.items if isinstance(item, session.User)]
            assert not [text for text in said if text.startswith(("<", "# AGENTS.md", "Warning:"))]
            assert len(set(said)) == len(said), thread.place  # no text twice


def test_every_part_knows_its_line() -> None:
    for thread in session.walk(SAVED / "0.99.0"):
        places = [turn.place for turn in thread.turns] + [
            i.place for t in thread.turns for i in t.items
        ]
        assert {place.file for place in places} <= set(thread.files)
        assert all(place.line > 0 for place in places)
