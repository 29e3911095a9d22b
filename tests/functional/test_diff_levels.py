"""How serious a break is: by its rule, by the project, and by an ignore file that `diff` writes."""

from __future__ import annotations

import json
import runpy
import tomllib
from pathlib import Path

import pytest
from command import Document, Run

import codexwire as library
from codexwire.diff.table import RULES
from codexwire.usecases.diff import FAIL_ON

TOP = Path(__file__).parents[2]
PAIR = "0.163.0", "0.166.0"
SET = "[tool.codexwire.diff.levels]\n"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project's folder, as the working directory."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def new_value(folder: Path) -> tuple[str, str]:
    """The embedded schema, and one in which a value was added to what the server sends."""
    bundle = json.loads((TOP / "schema" / "0.171.0" / "experimental.json").read_text("utf-8"))
    old, new = folder / "old.json", folder / "new.json"
    old.write_text(json.dumps(bundle), "utf-8")
    bundle["definitions"]["v2"]["TurnStatus"]["enum"].append("paused")
    new.write_text(json.dumps(bundle), "utf-8")
    return str(old), str(new)


@pytest.mark.parametrize(
    ("fail_on", "code"),
    [("breaking", 0), ("breaking:i", 0), ("minor", 1), ("minor:i", 1), ("minor:ii", 0)],
)
def test_what_a_tolerant_client_survives_is_minor(
    codexwire: Run, project: Path, fail_on: str, code: int
) -> None:
    found = codexwire("diff", *new_value(project), "--fail-on", fail_on)
    assert found[0] == code
    assert "old client ↔ new server: 1 break (1 of them minor)" in found[1]


def test_what_fails_is_what_breaks_the_clients_that_count(project: Path) -> None:
    """A value that is sent now breaks old clients in a minor way; one that is sent no more, new clients."""
    without, with_it = new_value(project)
    for old, new, failing in (
        (without, with_it, {"minor", "minor:i"}),
        (with_it, without, {"breaking", "breaking:ii", "minor", "minor:ii"}),
    ):
        found = library.diff(old, new)
        assert {word for word in FAIL_ON if found.breaks(word)} == failing


@pytest.mark.parametrize("rule", ["enum-value-added", "variant-added", "notification-added"])
def test_the_default_of_additions_is_minor(document: Document, rule: str) -> None:
    found = [f for f in document("0.140.0", "0.163.0")["findings"] if f["rule"] == rule]
    broken = [f for f in found if f["breaks"]["old_client_new_server"] == "breaks"]
    assert broken
    assert {f["levels"]["old_client_new_server"] for f in broken} == {"warning"}


def test_a_project_sets_the_level_of_a_rule(codexwire: Run, project: Path) -> None:
    pair = new_value(project)
    toml = project / "pyproject.toml"
    for level, breaking, minor in (("breaking", 1, 1), ("minor", 0, 1), ("info", 0, 0)):
        toml.write_text(f'{SET}enum-value-added = "{level}"\n', "utf-8")
        assert codexwire("diff", *pair, "--fail-on", "breaking")[0] == breaking
        assert codexwire("diff", *pair, "--fail-on", "minor")[0] == minor
    assert codexwire("diff", *pair, "--fail-on", "minor", "--no-project-rules")[0] == 1


def test_a_level_changes_no_verdict_and_no_conditional_break(
    document: Document, project: Path
) -> None:
    before = document(*PAIR)["findings"]
    levels = "".join(f'{rule.id} = "breaking"\n' for rule in RULES)
    (project / "pyproject.toml").write_text(SET + levels, "utf-8")
    after = document(*PAIR)["findings"]
    assert before != after
    for old, new in zip(before, after, strict=True):
        assert {**old, "levels": None} == {**new, "levels": None}
        for skew, verdict in new["breaks"].items():
            if verdict == "breaks":
                assert new["levels"][skew] == "error"
            else:
                assert new["levels"][skew] == old["levels"][skew]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (
            'enum-value-add = "minor"',
            ":2: no diff rule 'enum-value-add' (did you mean 'enum-value-added'?)",
        ),
        ('x = "minor"', ":2: no diff rule 'x' (`codexwire rules list` has them)"),
        (
            'enum-value-added = "major"',
            ":2: enum-value-added must be one of breaking, minor, info, got 'major'",
        ),
        ("enum-value-added = 1", ":2: enum-value-added must be "),
    ],
)
def test_wrong_levels_are_an_error(codexwire: Run, project: Path, text: str, problem: str) -> None:
    (project / "pyproject.toml").write_text(f"{SET}{text}\n", "utf-8")
    code, out, err = codexwire("diff", *PAIR)
    assert (code, out) == (2, "")
    assert problem in err
    assert err.count("\n") == 1


def test_an_ignore_file_is_written_and_read(codexwire: Run, project: Path) -> None:
    path = project / "ignores.toml"
    fail_on = "--fail-on", "breaking"
    assert codexwire("diff", *PAIR, *fail_on)[0] == 1
    code, out, err = codexwire("diff", *PAIR, *fail_on, "--write-ignores", path)
    assert (code, err) == (0, "")
    assert "64 changes" in out
    entries = tomllib.loads(path.read_text("utf-8"))["ignore"]
    assert len(entries) == 2
    assert {e["reason"] for e in entries} == {"accepted as it was between 0.163.0 and 0.166.0"}
    assert "# enum-value-removed: v2/ReviewDelivery" in path.read_text("utf-8")
    assert codexwire("diff", *PAIR, *fail_on, "--ignore", path)[::2] == (0, "")
    assert codexwire("diff", *PAIR, "--fail-on", "minor", "--ignore", path)[0] == 1


def test_an_ignore_file_that_is_there_keeps_its_reasons(codexwire: Run, project: Path) -> None:
    path = project / "ignores.toml"
    codexwire("diff", *PAIR, "--write-ignores", path)
    text = path.read_text("utf-8").replace("accepted as", 'we \\"know\\"\\u0007', 1)
    path.write_text(text.replace('0.166.0"\n', '0.166.0"\nexpires = 2999-01-31\n', 1), "utf-8")
    again = path.read_bytes()
    code, out, err = codexwire("diff", *PAIR, "--write-ignores", path)
    assert (code, out) == (2, "")
    assert "is there already" in err
    assert path.read_bytes() == again
    options = "--ignore", path, "--write-ignores", path, "--fail-on"
    assert codexwire("diff", *PAIR, *options, "breaking")[0] == 0
    assert path.read_bytes() == again
    assert codexwire("diff", *PAIR, *options, "minor")[0] == 0
    entries = tomllib.loads(path.read_text("utf-8"))["ignore"]
    assert len(entries) == 7
    assert [e["reason"][:10] for e in entries if "expires" in e] == ['we "know"\x07']


def test_the_page_of_levels_is_that_of_the_table() -> None:
    """Else `python docs/write_levels.py` has to be run again."""
    page = runpy.run_path(str(TOP / "docs" / "write_levels.py"))["page"]()
    assert (TOP / "docs" / "levels.md").read_text("utf-8") == page
    assert all(f"| `{rule.id}` |" in page for rule in RULES)
