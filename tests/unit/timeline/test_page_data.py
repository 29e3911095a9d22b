"""The scripts of the page read all of the data that it has, and nothing else."""

from __future__ import annotations

import re
from typing import Any

import pytest
from timelines import APPROVALS, unpacked

from codexwire.resources import templates_root
from codexwire.usecases.timeline import timeline

SCRIPTS = "\n".join(path.read_text("utf-8") for path in templates_root().glob("timeline/*.js"))


@pytest.fixture(scope="module")
def index() -> dict[str, Any]:
    return unpacked(timeline(APPROVALS).page)[0]


def read_of(name: str) -> set[str]:
    """The members of a variable that scripts read but do not set themselves."""
    found = {*re.findall(rf"\b{name}\.(\w+)", SCRIPTS)}
    return found - {*re.findall(rf"\b{name}\.(\w+) = ", SCRIPTS)}


def test_what_is_read_of_the_session(index: dict[str, Any]) -> None:
    assert read_of("session") == index.keys() | index["rows"].keys()


def test_what_is_read_of_a_turn(index: dict[str, Any]) -> None:
    assert [turn for turn in index["turns"] if turn.keys() != read_of("turn")] == []


def test_what_is_read_of_a_lane(index: dict[str, Any]) -> None:
    taken = re.findall(r"const \{([^}]*)\} = session\.lanes\[", SCRIPTS)
    read = {name.strip() for names in taken for name in names.split(",")}
    assert [lane for lane in index["lanes"] if lane.keys() != read] == []
