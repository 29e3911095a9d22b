"""What a file is, is told in one place: by its transcript format."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from codexwire.profiles.table import PROFILES
from codexwire.sessions.files import KINDS, look_at

DATA = Path(__file__).parents[2] / "data"


def test_every_protocol_of_lines_has_its_place_in_the_view() -> None:
    assert {profile.source for profile in PROFILES if profile.lines} == KINDS.keys()


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("recordings/0.163.0/s06_lifecycle_resume.jsonl", "recording"),
        ("rollouts/sessions/0.163.0/exec_plain.jsonl", "rollout"),
        ("rollouts/exec/0.163.0/plain.jsonl", "exec"),
    ],
)
def test_the_first_lines_tell_what_a_file_is_and_of_which_thread(path: str, source: str) -> None:
    first = json.loads((DATA / path).read_text("utf-8").partition("\n")[0])
    thread = first.get("thread_id") or first.get("payload", {}).get("id", "")
    sight = look_at(str(DATA / path))
    assert (sight.source, sight.thread_id) == (source, thread)
