"""`codexwire generate` as a user runs it: in a folder, with options, and with bad input."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

GOLDEN = Path(__file__).parents[1] / "golden"
PACKAGE = Path("generated/codex_app_server_protocol")


def codexwire(
    *args: str | Path, cwd: Path, seed: str = "0", **extra: str
) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "PYTHONHASHSEED": seed, **extra}
    return subprocess.run(
        [sys.executable, "-m", "codexwire", *map(str, args)],
        cwd=cwd,
        env=env,
        capture_output=True,
        text=True,
    )


def tree(folder: Path) -> dict[str, bytes]:
    return {
        p.relative_to(folder).as_posix(): p.read_bytes()
        for p in sorted(folder.rglob("*"))
        if p.is_file() and "__pycache__" not in p.parts
    }


@pytest.fixture(scope="module")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which the golden protocol's stable schema has been generated."""
    folder = tmp_path_factory.mktemp("project")
    shutil.copy(GOLDEN / "experimental.json", folder / "schema.json")
    done = codexwire("generate", "--schema", "schema.json", cwd=folder)
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture
def project(generated: Path, tmp_path: Path) -> Path:
    """A copy of it that a test may damage."""
    shutil.copytree(generated, tmp_path / "copy")
    return tmp_path / "copy"


def check(project: Path) -> subprocess.CompletedProcess[str]:
    return codexwire("generate", "--schema", "schema.json", "--check", cwd=project)


def test_same_bytes_in_another_folder_under_another_hash_seed(
    generated: Path, tmp_path: Path
) -> None:
    other = tmp_path / "elsewhere" / "deep"
    other.mkdir(parents=True)
    shutil.copy(generated / "schema.json", other / "other-name.json")
    done = codexwire("generate", "--schema", other / "other-name.json", cwd=other, seed="4711")
    assert done.returncode == 0, done.stderr
    assert tree(other / "generated") == tree(generated / "generated")


def test_summary_says_what_was_written(project: Path) -> None:
    done = codexwire("generate", "--schema", "schema.json", cwd=project)
    assert done.returncode == 0
    assert "generated/codex_app_server_protocol: an unknown version" in done.stdout


def test_check_is_green_on_what_generate_wrote(project: Path) -> None:
    done = check(project)
    assert (done.returncode, done.stderr) == (0, "")
    assert "as generated" in done.stdout


def test_check_does_not_mind_byte_code(project: Path) -> None:
    cache = project / PACKAGE / "__pycache__"
    cache.mkdir()
    (cache / "x.pyc").write_bytes(b"x")
    assert check(project).returncode == 0


def change(path: Path) -> None:
    path.write_text(path.read_text("utf-8").replace("stable", "shaky", 1) + "# more\n", "utf-8")


def truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-100])


def add_orphan(path: Path) -> None:
    path.with_name("left_over.py").write_text("x = 1\n")


@pytest.mark.parametrize(
    ("damage", "word"),
    [
        (change, "different"),
        (truncate, "different"),
        (Path.unlink, "missing"),
        (add_orphan, "orphan"),
    ],
)
def test_check_is_red(project: Path, damage: object, word: str) -> None:
    before = tree(project)
    damage(project / PACKAGE / "methods.py")  # type: ignore[operator]
    damaged = tree(project)
    done = check(project)
    assert done.returncode == 1
    assert word in done.stdout
    assert tree(project) == damaged != before


def test_check_is_red_for_a_stale_lock(project: Path) -> None:
    lock = project / "generated" / "codexwire.lock"
    lock.write_text(lock.read_text("utf-8").replace("experimental", "stable"), "utf-8")
    done = check(project)
    assert done.returncode == 1
    assert "codexwire.lock" in done.stdout


@pytest.mark.parametrize("text", ["rubbish", "package = 1"])
def test_a_lock_that_is_none_is_one_line(project: Path, text: str) -> None:
    (project / "generated" / "codexwire.lock").write_text(text)
    done = check(project)
    assert done.returncode == 2
    assert "codexwire.lock" in done.stderr
    assert done.stderr.count("\n") == 1


def test_check_fails_when_the_generator_fails(project: Path) -> None:
    (project / "schema.json").write_text("{}")
    done = check(project)
    assert done.returncode == 2
    assert done.stdout == ""


def test_a_failing_run_leaves_the_old_package(project: Path) -> None:
    before = tree(project / "generated")
    (project / "schema.json").write_text('{"definitions": {"ClientRequest": {"oneOf": [{}]}}}')
    done = codexwire("generate", "--schema", "schema.json", cwd=project)
    assert done.returncode == 2
    assert done.stderr.startswith("codexwire: error: schema.json#/definitions/ClientRequest: ")
    assert tree(project / "generated") == before


def test_a_folder_with_other_files_is_left_alone(tmp_path: Path) -> None:
    shutil.copy(GOLDEN / "experimental.json", tmp_path / "schema.json")
    mine = tmp_path / "src" / "mine"
    mine.mkdir(parents=True)
    (mine / "hand_written.py").write_text("x = 1\n")
    done = codexwire(
        "generate", "--schema", "schema.json", "--out", "src", "--package", "mine", cwd=tmp_path
    )
    assert done.returncode == 2
    assert "did not generate" in done.stderr
    assert tree(tmp_path / "src") == {"mine/hand_written.py": b"x = 1\n"}


def test_settings_come_from_pyproject(tmp_path: Path) -> None:
    shutil.copy(GOLDEN / "experimental.json", tmp_path / "schema.json")
    (tmp_path / "pyproject.toml").write_text(
        '[tool.codexwire]\nschema = "schema.json"\nout = "src"\npackage = "wire_types"\n'
    )
    below = tmp_path / "deep" / "down"
    below.mkdir(parents=True)
    done = codexwire("generate", cwd=below)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "src" / "wire_types" / "manifest.json").is_file()
    assert (tmp_path / "codexwire.lock").is_file()


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["--schema", "1.2"], "neither a version nor an existing file"),
        (["--channel", "beta"], "no channel 'beta'"),
        (["--style", "attrs"], "no style 'attrs'"),
        (["--package", "a-b"], "no name for a package"),
        (["--package", "class"], "no name for a package"),
        (["--package", "json"], "would hide one that its code imports"),
        (["--package", "codexwire"], "would hide one that its code imports"),
        (["--schema", "x" * 5000], "File name too long"),
    ],
)
def test_bad_options_are_one_line(tmp_path: Path, args: list[str], message: str) -> None:
    done = codexwire("generate", *args, cwd=tmp_path)
    assert done.returncode == 2
    assert message in done.stderr
    assert done.stderr.count("\n") == 1
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "[tool.codexwire]\nshema = 'x'\n",
            "pyproject.toml:2: unknown key 'shema' (did you mean 'schema'?",
        ),
        ("[tool.codexwire]\nschema = 1\n", "pyproject.toml:2: schema must be a string, got 1"),
        ("[tool.codexwire\n", "not TOML"),
    ],
)
def test_bad_settings_are_one_line(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "pyproject.toml").write_text(text)
    done = codexwire("generate", cwd=tmp_path)
    assert done.returncode == 2
    assert message in done.stderr
    assert "pyproject.toml" in done.stderr


def test_the_generated_package_names_no_machine(generated: Path) -> None:
    for name, content in tree(generated / "generated").items():
        assert str(generated).encode() not in content, name
        assert b"/tmp" not in content, name
