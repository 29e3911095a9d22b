"""The page of a rule has what its family says, and its cases."""

from __future__ import annotations

import json

import pytest

from codexwire.resources import cases_root
from codexwire.usecases.rule_index import find, rule_entries
from codexwire.usecases.rule_page import FAMILIES, page

KNOWN = tuple(rule_entries())


def test_every_family_is_told_apart() -> None:
    assert {entry.family for entry in KNOWN} == FAMILIES.keys()
    assert len({family.title for family in FAMILIES.values()}) == len(FAMILIES)


@pytest.mark.parametrize(
    ("id", "folder"),
    [
        ("n006-timeline-snake-case", "normalize/n006-timeline-snake-case"),
        ("t004-id-alias", "tolerance/t004-id-alias"),
        ("session/phantom-turn", "transcript/phantom-turn"),
        ("variant-added", "diff/variant-added"),
    ],
)
def test_a_rule_shows_its_cases(id: str, folder: str) -> None:
    entry = find(id, KNOWN)
    assert entry is not None
    cases = [path for path in (cases_root() / folder).iterdir() if path.suffix != ".toml"]
    assert cases
    assert all(f"\n### {case.stem}\n" in page(entry) for case in cases)


@pytest.mark.parametrize(
    ("id", "case", "key"),
    [
        ("variant-added", "diff/variant-added/fires.json", "why"),
        ("n006", "normalize/n006-timeline-snake-case/match.json", "from"),
    ],
)
def test_what_a_case_says_of_itself_is_a_paragraph(id: str, case: str, key: str) -> None:
    entry = find(id, KNOWN)
    assert entry is not None
    about = json.loads((cases_root() / case).read_text("utf-8"))[key]
    assert f"\n\n{about}\n\n" in page(entry)
