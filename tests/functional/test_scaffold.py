"""`docs/scaffold.py` in a copy of the tree: what it writes is found by the tests until it is filled in."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest

TOP = Path(__file__).parents[2]
COPIED = ("codegen", "docs", "generated", "schema", "templates", "tests")
KINDS = ("rule", "diff-rule", "check", "tolerance", "format")
TESTS = (
    "normalize/test_table.py",
    "normalize/test_cases.py",
    "diff/test_cases.py",
    "transcript/test_checks.py",
    "runtime/test_tolerance_cases.py",
    "transcript/test_formats.py",
)
GUARDS = "made-up or table or exercised"
RED = {
    "normalize/test_table.py::test_a_rule_says_what_a_reader_needs[made-up]",
    "normalize/test_cases.py::test_case[made-up/match]",
    "diff/test_cases.py::test_the_rule_sees_its_change[made-up-client]",
    "diff/test_cases.py::test_the_table_has_one_rule_for_every_file",
    "transcript/test_checks.py::test_case[made-up-noticed-expected",
    "transcript/test_checks.py::test_the_table_is_complete",
    "runtime/test_tolerance_cases.py::test_case[made-up/match]",
    "runtime/test_tolerance_cases.py::test_a_rule_says_what_it_is_and_where_it_was_seen[made-up",
    "transcript/test_formats.py::test_every_format_is_exercised",
}


_NUMBER = re.compile(r"\[[nt]\d+-")
"""How the id of a new rule begins: with the next free number."""


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the tree with a skeleton of every kind, each called `made-up`."""
    tree = tmp_path_factory.mktemp("scaffold")
    for name in COPIED:
        shutil.copytree(TOP / name, tree / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(TOP / "pyproject.toml", tree)
    for kind in KINDS:
        assert scaffold(tree, kind, "made-up").returncode == 0
    return tree


def scaffold(tree: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "docs/scaffold.py", *arguments]
    return subprocess.run(command, cwd=tree, capture_output=True, text=True)


def red(tree: Path, tests: Iterable[str]) -> set[str]:
    """The tests about what was written that fail."""
    sources = os.pathsep.join(str(tree / folder) for folder in ("codegen", "generated"))
    files = [f"tests/unit/{test}" for test in tests]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-k", GUARDS, *files],
        cwd=tree,
        env={**os.environ, "PYTHONPATH": sources, "CODEXWIRE_TESTS": "all"},
        capture_output=True,
        text=True,
    )
    assert done.returncode in (0, 1), done.stdout
    lines = (line for line in done.stdout.splitlines() if line.startswith("FAILED"))
    return {_NUMBER.sub("[", line.split()[1]).removeprefix("tests/unit/") for line in lines}


def test_every_skeleton_is_red_in_the_tests_of_its_family(tree: Path) -> None:
    found = red(tree, TESTS)
    assert [name for name in RED if not any(test.startswith(name) for test in found)] == []


def test_a_skeleton_that_is_filled_in_is_green(tree: Path) -> None:
    """A normalization rule: a colour is written as a number in the schema, and as a string on the wire."""
    (path,) = (tree / "codegen/codexwire/profiles/app_server/rules").glob("n*_made_up.py")
    text = path.read_text("utf-8")
    for empty, filled in (
        (
            "What is wrong with the schema",
            "Colours are numbers in the schema and strings on the wire: that",
        ),
        ('title=""', 'title="A colour is a string."'),
        ("evidence=()", 'evidence=("made up",)'),
        ("    del protocol, node\n    return None", "    del protocol\n    return colour(node)"),
        (
            "def apply",
            "def colour(node):\n    return {} if 'colour' in node else None\n\n\ndef apply",
        ),
    ):
        assert text.count(empty) == 1
        text = text.replace(empty, filled)
    path.write_text(text, "utf-8")
    red_paint = {"type": "Paint", "value": "red", "before": False, "after": True}
    for name, schema, changed, values in (
        ("match", {"type": "number", "colour": 1}, ["Paint"], [red_paint]),
        ("leave", {}, [], []),
    ):
        case = {
            "from": "made up",
            "before": {"Paint": schema},
            "changed": changed,
            "values": values,
        }
        file = tree / f"tests/cases/normalize/{path.stem.replace('_', '-')}/{name}.json"
        file.write_text(json.dumps(case), "utf-8")
    assert red(tree, TESTS[:2]) == set()


@pytest.mark.parametrize(
    ("kind", "name", "problem"),
    [
        ("rule", "made-up", "profiles/app_server/rules has made-up already"),
        ("check", "Made Up", "a name is small letters and digits with hyphens between: 'Made Up'"),
        ("page", "made-up", "invalid choice: 'page'"),
    ],
)
def test_what_cannot_be_begun_is_an_error_of_one_line(
    tree: Path, kind: str, name: str, problem: str
) -> None:
    done = scaffold(tree, kind, name)
    assert done.returncode == 2
    assert problem in done.stderr.splitlines()[-1]
