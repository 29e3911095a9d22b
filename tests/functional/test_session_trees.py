"""Forks, reverts and sub-agents: what hangs below what, and what was used once."""

from __future__ import annotations

from pathlib import Path

import pytest
from sessions import SESSIONS, event, meta, rollout

from codexwire import session

SAVED = SESSIONS / "saved"
FORK = "01a221ee-12ae-7ae2-91c5-624ae802f832"


def test_forks_and_sub_agents_follow_their_parent() -> None:
    threads = list(session.walk(SAVED / "0.163.0"))
    at = {thread.id: number for number, thread in enumerate(threads)}
    below = [thread for thread in threads if thread.depth]
    assert {thread.parent.relation for thread in below if thread.parent} == {
        "fork",
        "sub_agent",
        "review",
    }
    for thread in below:
        assert thread.parent is not None
        parent = threads[at[thread.parent.thread_id]]
        assert thread.parent.given
        assert thread.id in parent.children
        assert at[parent.id] < at[thread.id]
        assert parent.depth == thread.depth - 1


def test_a_paginated_fork_goes_on_from_lines_that_its_file_does_not_have() -> None:
    parent, fork = (SAVED / "0.163.0" / f"s06_lifecycle-{n}.jsonl.gz" for n in (1, 2))
    (alone,) = session.walk(fork)
    assert alone.history == (session.History(alone.parent.thread_id, 101),)  # type: ignore[union-attr]
    (_, given) = session.walk(parent, fork)
    (history,) = given.history
    assert history.given
    assert history.end == session.Place(str(parent), 102)
    assert len(history.turns) == 11
    assert alone.own_usage == given.own_usage
    assert (given.usage.total_tokens, given.own_usage.total_tokens) == (13750, 1250)  # type: ignore[union-attr]


def test_a_reverted_thread_is_one_of_two_files() -> None:
    paths = [SAVED / "0.163.0" / f"s06_lifecycle-{n}.jsonl.gz" for n in (3, 2)]
    (thread,) = session.walk(*paths)
    assert thread.id == FORK
    assert thread.files == (str(paths[1]), str(paths[0]))
    assert [turn.rolled_back for turn in thread.turns] == [True]
    assert [(h.thread_id == FORK, h.given) for h in thread.history] == [
        (False, False),
        (True, True),
    ]


@pytest.mark.parametrize("release", ["0.99.0", "0.125.0"])
def test_a_legacy_fork_repeats_its_parent_and_counts_once(release: str) -> None:
    parent, fork = (SAVED / release / f"s06_lifecycle-{n}.jsonl.gz" for n in (1, 2))
    found = session.read(parent, fork)
    first, second = found.threads
    copied = [turn for turn in second.turns if turn.copied]
    assert copied
    assert [t.copied for t in second.turns] == [True] * len(copied) + [False]
    assert second.own_usage is not None
    assert second.own_usage.total_tokens == 1250
    assert found.usage.total_tokens == 6250 + 1250
    assert first.own_usage == first.usage
    (alone,) = session.walk(fork)
    knows = release != "0.99.0"  # there, no id tells whose turn it is
    assert [turn.copied for turn in alone.turns] == [
        turn.copied if knows else None for turn in second.turns
    ]
    assert (alone.own_usage is not None) is knows


@pytest.mark.parametrize("release", ["0.99.0", "0.163.0"])
def test_a_recording_tells_forks_too(release: str) -> None:
    path = SESSIONS / "recorded" / release / "s06_lifecycle.jsonl.gz"
    (fork,) = (thread for thread in session.walk(path) if thread.depth)
    assert fork.parent is not None
    assert (fork.parent.relation, fork.parent.given) == ("fork", True)
    assert fork.own_usage is not None
    assert fork.own_usage.total_tokens == 1250 < fork.usage.total_tokens  # type: ignore[union-attr]


def test_a_thread_that_is_given_twice_counts_once(tmp_path: Path) -> None:
    path = SAVED / "0.163.0" / "s01_basic.jsonl.gz"
    copy = tmp_path / "copy.jsonl.gz"
    copy.write_bytes(path.read_bytes())
    found = session.read(path, copy)
    (thread,) = found.threads
    assert len(thread.turns) == 5
    assert [note.rule for note in thread.notes] == ["copy"]
    assert found.usage == thread.usage
    recording = SESSIONS / "recorded" / "0.163.0" / "s01_basic.jsonl.gz"
    assert session.read(path, recording).usage.input_tokens == thread.usage.input_tokens  # type: ignore[union-attr]


def test_exec_streams_of_one_thread_are_one_thread() -> None:
    first, second = (SESSIONS / "exec" / "0.163.0" / f"resume-{n}.jsonl.gz" for n in (1, 2))
    (thread,) = session.walk(second, first)
    assert thread.files == (str(first), str(second))
    assert [turn.total_usage.input_tokens for turn in thread.turns] == [1200, 3600]  # type: ignore[union-attr]
    assert [turn.usage and turn.usage.input_tokens for turn in thread.turns] == [None, 2400]
    assert thread.usage.input_tokens == 3600  # type: ignore[union-attr]
    assert thread.own_usage is None  # a fork's stream looks the same


def test_threads_that_name_each_other_are_all_read(tmp_path: Path) -> None:
    one = rollout(
        tmp_path / "a.jsonl", [meta("A", forked_from_id="B"), event("task_started", turn_id="1")]
    )
    two = rollout(
        tmp_path / "b.jsonl", [meta("B", forked_from_id="A"), event("task_started", turn_id="2")]
    )
    assert sorted(thread.id for thread in session.walk(one, two)) == ["A", "B"]
