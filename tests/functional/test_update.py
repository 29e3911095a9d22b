"""`codexwire update` in a project: one step from a pinned release to another, or nothing at all."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from fake_world import Done, World

from codexwire.ingest import DEFAULT_VERSION, load
from fake_release import golden_bundles, put_binary

PROJECT = """\
[project]
name = "mine"

[tool.codexwire]
# which protocol we speak
schema = '9.9.1' # pinned
out = "src"
package = "protocol"

[tool.other]
schema = "0.1.0"
"""
PACKAGE = Path("src/protocol")
UPDATE_SH = Path(__file__).parents[2] / "examples" / "ci" / "update.sh"


def changed_bundles() -> dict[str, str]:
    """The golden protocol with one more notification and one more required property."""
    bundles = {}
    for channel, text in golden_bundles().items():
        value = json.loads(text)
        definitions = value["definitions"]
        branch = {
            "title": "Thread/paintedNotification",
            "type": "object",
            "required": ["method", "params"],
            "properties": {
                "method": {"type": "string", "enum": ["thread/painted"]},
                "params": {"$ref": "#/definitions/v2/ThreadPaintedNotification"},
            },
        }
        definitions["ServerNotification"]["oneOf"].append(branch)
        definitions["v2"]["ThreadPaintedNotification"] = {
            "title": "ThreadPaintedNotification",
            "type": "object",
            "required": ["threadId"],
            "properties": {"threadId": {"type": "string"}},
        }
        bundles[channel] = json.dumps(value)
    return bundles


@pytest.fixture
def project(world: World) -> World:
    """A project pinned to 9.9.1, with 9.9.2 published."""
    Path("pyproject.toml").write_text(PROJECT)
    world.release("9.9.1")
    world.release("9.9.2", bundles=changed_bundles())
    return world


def update(world: World, *arguments: str) -> Done:
    return world.command("update", "--source", "pypi", *arguments)


def tree(folder: Path) -> dict[str, bytes]:
    return {
        p.relative_to(folder).as_posix(): p.read_bytes()
        for p in sorted(folder.rglob("*"))
        if p.is_file()
    }


def test_one_step_to_the_newest_release(project: World) -> None:
    assert project.command("schema", "pull", "9.9.1", "--source", "pypi").code == 0
    assert project.command("generate").code == 0
    before = tree(Path())
    done = update(project)
    assert done.code == 0, done.err
    assert Path("pyproject.toml").read_text() == PROJECT.replace("'9.9.1'", '"9.9.2"')
    lock = tomllib.loads(Path("codexwire.lock").read_text("utf-8"))
    assert lock["package"]["protocol"]["version"] == "9.9.2"
    assert b"thread/painted" in b"".join(tree(PACKAGE).values())
    assert project.command("generate", "--check").code == 0
    assert {p.partition("/")[0] for p in tree(Path())} == {p.partition("/")[0] for p in before}
    head, _, facts, *_ = done.out.splitlines()
    assert head == "codexwire update: codex 9.9.1 → 9.9.2"
    assert facts.startswith("- wrote src/protocol: codex 9.9.2, ")
    assert "# Protocol changes from 9.9.1 to 9.9.2" in done.out
    assert "## Breaks old clients on a new server" in done.out
    assert "new notification `thread/painted`" in done.out
    assert update(project).out == "already at codex 9.9.2\n"


def test_a_dry_run_tells_and_changes_nothing(project: World) -> None:
    before = tree(Path())
    done = update(project, "--to", "9.9.2", "--dry-run")
    assert done.code == 1
    assert "- would write src/protocol: codex 9.9.2, " in done.out
    assert "new notification `thread/painted`" in done.out
    assert tree(Path()) == before
    assert update(project, "--to", "9.9.1", "--dry-run").code == 0


def test_a_kept_schema_needs_no_cache_afterwards(
    project: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert update(project, "--vendor").code == 0
    assert Path("schema/9.9.2/stable.json").is_file()
    monkeypatch.setenv("CODEXWIRE_CACHE", str(project.folder / "another cache"))
    monkeypatch.setenv("PATH", "")
    assert project.command("generate", "--check").code == 0
    Path("below").mkdir()
    monkeypatch.chdir("below")
    assert str(load("9.9.2").version) == "9.9.2"


def test_the_server_is_asked_and_its_profile_is_kept(project: World) -> None:
    done = update(project, "--probe")
    assert done.code == 0, done.err
    assert "# codexwire probe" in done.out
    profile = json.loads(Path("schema/observed/9.9.2.json").read_text("utf-8"))
    assert profile["release"] == "9.9.2"
    assert {r["outcome"] for r in profile["requests"].values()} <= {"answered", "refused"}
    assert project.command("generate", "--check").code == 0


def test_further_packages_keep_their_schema_and_the_report_says_so(project: World) -> None:
    more = """
[[tool.codexwire.packages]]
schema = "0.163.0"
package = "settled"
style = "typeddict"
"""
    Path("pyproject.toml").write_text(PROJECT + more)
    done = update(project)
    assert done.code == 0, done.err
    assert done.out.splitlines()[3] == "- src/settled keeps its schema, 0.163.0."
    assert Path("pyproject.toml").read_text() == PROJECT.replace("'9.9.1'", '"9.9.2"') + more
    assert not Path("src/settled").exists()


def test_without_a_project_the_lock_file_pins(project: World) -> None:
    Path("pyproject.toml").unlink()
    assert project.command("schema", "pull", "9.9.1", "--source", "pypi").code == 0
    assert project.command("generate", "--schema", "9.9.1").code == 0
    done = update(project)
    assert done.code == 0, done.err
    assert done.out.startswith("codexwire update: codex 9.9.1 → 9.9.2\n")
    assert not Path("pyproject.toml").exists()


def test_a_table_without_a_version_gets_one_and_the_summary_may_go_to_a_file(
    project: World,
) -> None:
    Path("pyproject.toml").write_text('[tool.codexwire]\r\nout = "src"\r\n')
    done = update(project, "--to", "9.9.2", "--summary", "notes/update.md")
    assert done.out.startswith(
        f"codex {DEFAULT_VERSION} → 9.9.2: wrote src/codex_app_server_protocol: "
    )
    assert done.out.count("\n") == 1
    text = Path("pyproject.toml").read_bytes()
    assert text == b'[tool.codexwire]\r\nout = "src"\r\nschema = "9.9.2"\r\n'
    assert f"# Protocol changes from {DEFAULT_VERSION} to 9.9.2" in Path(
        "notes/update.md"
    ).read_text("utf-8")


@pytest.mark.parametrize(
    ("toml", "pinned"),
    [
        ('[tool]\ncodexwire = {schema = "9.9.1"}\n', '[tool]\ncodexwire = {schema = "9.9.2"}\n'),
        (
            '[tool.codexwire.responses]\n"a/b" = "v2/C"\n',
            '[tool.codexwire]\nschema = "9.9.2"\n\n[tool.codexwire.responses]\n"a/b" = "v2/C"\n',
        ),
    ],
)
def test_the_pin_is_written_in_whatever_form_the_table_has(
    project: World, toml: str, pinned: str
) -> None:
    Path("pyproject.toml").write_text(toml)
    assert project.command("schema", "pull", "9.9.1", "--source", "pypi").code == 0
    done = update(project, "--to", "9.9.2")
    assert done.code == 0, done.err
    assert Path("pyproject.toml").read_text("utf-8") == pinned


@pytest.mark.parametrize(
    ("toml", "arguments", "message"),
    [
        (PROJECT, ["--to", "9.9.3"], "no release 9.9.3"),
        (PROJECT, ["--to", "newest"], "'newest' is no version"),
        (PROJECT, ["--to", "all"], "update goes to one release"),
        (PROJECT.replace("'9.9.1'", "'schema/mine.json'"), [], "'schema/mine.json', which is no"),
        ("", ["--vendor"], "--vendor needs a pyproject.toml with [tool.codexwire]"),
    ],
)
def test_what_cannot_be_done_changes_nothing(
    project: World, toml: str, arguments: list[str], message: str
) -> None:
    Path("pyproject.toml").write_text(toml)
    before = tree(Path())
    done = update(project, *arguments)
    assert (done.code, done.out) == (2, "")
    assert message in done.err
    assert done.err.count("\n") == 1
    assert tree(Path()) == before


def test_a_release_that_is_broken_changes_nothing(project: World) -> None:
    project.release("9.9.2", "crash")
    before = tree(Path())
    done = update(project)
    assert done.code == 2
    assert "codex failed to write its stable schema" in done.err
    assert tree(Path()) == before


def test_a_folder_that_is_not_ours_stops_it_before_the_pin(project: World) -> None:
    PACKAGE.mkdir(parents=True)
    (PACKAGE / "mine.py").write_text("")
    done = update(project)
    assert done.code == 2
    assert "files that codexwire did not generate" in done.err
    assert Path("pyproject.toml").read_text() == PROJECT


def git(*arguments: str) -> str:
    done = subprocess.run(["git", *arguments], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_the_recipe_for_ci_makes_one_commit_or_none(
    project: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`examples/ci/update.sh` in a repository, with this codexwire as the command."""
    command = project.folder / "bin" / "codexwire"
    put_binary(command, f'#!/bin/sh\nexec {sys.executable} -m codexwire "$@"\n'.encode())
    monkeypatch.setenv("PATH", f"{command.parent}{os.pathsep}{os.environ['PATH']}")
    for role in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{role}_NAME", "a")
        monkeypatch.setenv(f"GIT_{role}_EMAIL", "a@example.org")
    git("init", "--quiet", "--initial-branch=main")
    git("add", "--all")
    git("commit", "--quiet", "--message", "start")
    summary = project.folder / "summary.md"
    recipe = [str(UPDATE_SH), str(summary), "--source", "pypi"]
    assert subprocess.run(recipe).returncode == 0
    assert git("rev-parse", "--abbrev-ref", "HEAD") == "codex-protocol"
    assert git("log", "--format=%s") == "codexwire update: codex 9.9.1 → 9.9.2\nstart"
    assert git("status", "--porcelain") == ""
    changed = git("diff", "--name-only", "main").splitlines()
    assert {"pyproject.toml", "codexwire.lock", "schema/9.9.2/stable.json"} <= set(changed)
    assert "new notification `thread/painted`" in summary.read_text("utf-8")
    assert subprocess.run(recipe).returncode == 3
    assert not summary.exists()
    project.release("9.9.3", "crash")
    assert subprocess.run(recipe).returncode == 2
    assert git("log", "--format=%s").count("\n") == 1


@pytest.mark.parametrize(("method", "code"), [("initialize", 0), ("turn/start", 1)])
def test_a_contract_is_a_gate(project: World, method: str, code: int) -> None:
    """A client that sends a request which is gone is not brought along; another one is."""
    bundles = {c: t.replace('"turn/start"', '"turn/begin"') for c, t in golden_bundles().items()}
    project.release("9.9.3", bundles=bundles)
    Path("client.toml").write_text(f'version = 1\n[methods]\nClientRequest = ["{method}"]\n')
    before = tree(Path())
    done = update(project, "--to", "9.9.3", "--contract", "client.toml")
    assert done.code == code, done.err
    assert (tree(Path()) == before) is bool(code)
    _, _, files, contract, *_ = done.out.splitlines()
    assert files.startswith("- would write " if code else "- wrote ")
    kept = "is broken, so nothing was written" if code else "is kept"
    assert contract == f"- The contract client.toml {kept}; only what touches it is listed."
    assert ("no method 'turn/start'" in done.out) is bool(code)


def test_a_contract_that_names_nothing_stops_an_update(project: World) -> None:
    Path("client.toml").write_text('version = 1\n[methods]\nClientRequest = ["no/such"]\n')
    done = update(project, "--contract", "client.toml")
    assert (done.code, done.out) == (2, "")
    assert "client.toml:3: no version has the ClientRequest method 'no/such'" in done.err
    assert not PACKAGE.exists()
