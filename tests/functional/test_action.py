"""The GitHub action: each of its steps' commands, run in a repository of its own.

GitHub itself cannot run here: what `uses:` another action is left out, and `gh` is a stand-in.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

TOP = Path(__file__).parents[2]
ACTION: dict[str, Any] = yaml.safe_load((TOP / "action.yml").read_text("utf-8"))
STEPS = {step["name"]: step for step in ACTION["runs"]["steps"] if "name" in step}


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    shutil.copytree(TOP / "examples" / "sessions", tmp_path / "sessions")
    (tmp_path / "pyproject.toml").write_text('[tool.codexwire]\nschema = "0.171.0"\n')
    return tmp_path


def step(name: str, folder: Path, **env: str) -> subprocess.CompletedProcess[str]:
    """Run the commands of a step as GitHub does: bash -e -o pipefail, with the inputs' variables."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{folder}{os.pathsep}{os.environ['PATH']}"
    given = {
        **os.environ,
        "PATH": path,
        "OUT": str(folder / "out"),
        "GITHUB_OUTPUT": str(folder / "output"),
        "GITHUB_STEP_SUMMARY": str(folder / "step_summary"),
        **{key: "" for key in STEPS[name].get("env", {}) if key not in ("OUT", "GH_TOKEN")},
        **env,
    }
    script = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", STEPS[name]["run"]]
    return subprocess.run(script, cwd=folder, env=given, capture_output=True, text=True)


def test_wrong_recordings_and_breaks_are_told_and_fail(repository: Path) -> None:
    done = step("Check", repository, RECORDINGS="sessions\n", OLD="0.160.0", FAIL_ON="breaking")
    assert done.returncode == 0, done.stderr
    assert (repository / "output").read_text() == "code=1\n"
    summary = (repository / "step_summary").read_text("utf-8")
    assert "schema/enum" in summary
    assert "Protocol changes from 0.160.0 to 0.171.0" in summary
    for name in ("validate", "diff"):
        log = json.loads((repository / "out" / "sarif" / f"{name}.sarif").read_text("utf-8"))
        assert log["runs"][0]["results"]
    assert step("Result", repository, CODE="1").returncode == 1


def test_a_clean_repository_passes(repository: Path) -> None:
    done = step("Check", repository, RECORDINGS="sessions/hello.jsonl")
    assert done.returncode == 0, done.stderr
    assert (repository / "output").read_text() == "code=0\n"
    assert step("Result", repository, CODE="0").returncode == 0


def test_what_cannot_be_checked_is_no_success(repository: Path) -> None:
    (repository / "broken.jsonl").write_text("no recording\n")
    step("Check", repository, RECORDINGS="broken.jsonl")
    assert (repository / "output").read_text() == "code=2\n"


def test_packages_that_are_not_fresh_fail(repository: Path) -> None:
    step("Check", repository, GENERATE="true")
    assert (repository / "output").read_text() == "code=1\n"


@pytest.mark.parametrize(("known", "method"), [("", "POST"), ("42", "PATCH")])
def test_one_comment_is_made_and_then_updated(known: str, method: str, repository: Path) -> None:
    out = repository / "out"
    out.mkdir()
    (out / "summary").write_text("<!-- codexwire -->\nfindings\n")
    gh = repository / "gh"
    gh.write_text(
        f'#!/usr/bin/env bash\necho "$@" >> calls\ncase "$*" in *paginate*) echo "{known}";; esac\n'
    )
    gh.chmod(0o755)
    done = step("Comment", repository, PULL="7", GITHUB_REPOSITORY="me/mine")
    assert done.returncode == 0, done.stderr
    asked, sent = (repository / "calls").read_text().splitlines()
    assert asked.startswith("api repos/me/mine/issues/7/comments --paginate")
    assert f"--method {method}" in sent
    place = "issues/comments/42" if known else "issues/7/comments"
    assert f"repos/me/mine/{place}" in sent


def test_every_input_is_used() -> None:
    text = (TOP / "action.yml").read_text("utf-8")
    for name in ACTION["inputs"]:
        assert f"inputs.{name}" in text


def test_the_hooks_are_commands_that_there_are() -> None:
    hooks = yaml.safe_load((TOP / ".pre-commit-hooks.yaml").read_text("utf-8"))
    for hook in hooks:
        command = [sys.executable, "-m", "codexwire", *hook["entry"].split()[1:], "--help"]
        assert subprocess.run(command, capture_output=True).returncode == 0
