"""The tests that `conftest.py` names exist: one that is renamed would run by day, and whole."""

from __future__ import annotations

import re
from pathlib import Path

TESTS = Path(__file__).parents[1]


def test_every_test_that_is_named_exists() -> None:
    named = set(re.findall(r'"(test_\w+)"', (TESTS / "conftest.py").read_text()))
    text = "\n".join(path.read_text() for path in TESTS.rglob("test_*.py"))
    assert len(named) > 20
    assert named - set(re.findall(r"^\s*(?:async )?def (test_\w+)", text, re.MULTILINE)) == set()
