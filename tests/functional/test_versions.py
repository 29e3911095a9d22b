"""Several releases side by side in one package."""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
import tomllib
from pathlib import Path
from types import ModuleType

import pytest


def generate(folder: Path, *args: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "codexwire", "generate", "--out", str(folder), *args],
        capture_output=True,
        text=True,
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("several")
    done = generate(folder, "--schema", "0.125.0,0.72.0", "--package", "several_releases")
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture(scope="module")
def package(folder: Path) -> ModuleType:
    sys.path.insert(0, str(folder))
    return importlib.import_module("several_releases")


def test_the_releases_are_packages_of_their_own(package: ModuleType) -> None:
    assert package.VERSIONS == {"0.72.0": "v0_72_0", "0.125.0": "v0_125_0"}
    assert package.v0_72_0.PROTOCOL_VERSION == "0.72.0"
    assert package.v0_125_0.PROTOCOL_VERSION == "0.125.0"
    with pytest.raises(AttributeError):
        _ = package.v0_99_0


def test_nothing_is_imported_before_it_is_used(folder: Path) -> None:
    code = (
        f"import sys; sys.path.insert(0, {str(folder)!r}); import several_releases; "
        "print([m for m in sys.modules if m.startswith('several_releases.')])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout == "[]\n"


@pytest.mark.parametrize(
    ("user_agent", "release"),
    [
        ("recorder/0.72.0 (Debian 12.0.0; x86_64) xterm-256color (recorder; 1.0.0)", "0.72.0"),
        ("codex_vscode/0.80.0 (Mac OS 15.1.0; arm64) unknown", "0.72.0"),
        ("recorder/0.107.0 (Debian 12.0.0; x86_64) dumb (recorder; 1.0.0)", "0.125.0"),
        ("recorder/0.169.0 (Debian 12.0.0; x86_64) dumb", "0.125.0"),
        ("recorder/0.164.0-alpha.2 (Debian 12.0.0; x86_64)", "0.125.0"),
        ("recorder/0.0.0 (Debian 12.0.0; x86_64)", "0.125.0"),
        ("0.58.0", "0.72.0"),
        ("my app/9.1.0 beta/0.72.0 (Mac OS 15.1.0; arm64) iTerm.app/3.5.1 (my app; 9)", "0.72.0"),
    ],
)
def test_the_nearest_release_is_chosen(package: ModuleType, user_agent: str, release: str) -> None:
    chosen = package.for_version(user_agent)
    assert chosen.__name__ == f"several_releases.{package.VERSIONS[release]}"


@pytest.mark.parametrize("user_agent", ["", "curl", "codex/latest (linux)", "codex/1 (linux)"])
def test_a_server_that_names_no_release(package: ModuleType, user_agent: str) -> None:
    with pytest.raises(ValueError, match="no codex release"):
        package.for_version(user_agent)


def test_each_decodes_with_its_own_models(package: ModuleType) -> None:
    params = {"threadId": "t", "turn": {"id": "0", "items": [], "status": "completed"}}
    for release in (package.v0_72_0, package.v0_125_0):
        value = release.decode_notification("turn/completed", params)
        assert type(value) is release.models.TurnCompletedNotification
        assert release.dump(value) == params
        assert type(release.decode_notification("turn/completed", params, mode="strict"))


def test_the_lock_and_the_manifest_name_each(folder: Path) -> None:
    lock = tomllib.loads((folder / "codexwire.lock").read_text("utf-8"))["package"]
    assert {name: table["version"] for name, table in lock.items()} == {
        "several_releases.v0_72_0": "0.72.0",
        "several_releases.v0_125_0": "0.125.0",
    }
    manifest = json.loads((folder / "several_releases" / "manifest.json").read_text("utf-8"))
    assert manifest["versions"] == {"0.72.0": "v0_72_0", "0.125.0": "v0_125_0"}


@pytest.mark.parametrize(
    ("schemas", "says"),
    [("0.125.0,0.125.0", "no two the same"), ("0.125.0,none", "none"), (",", "names no schema")],
)
def test_bad_lists(tmp_path: Path, schemas: str, says: str) -> None:
    done = generate(tmp_path, "--schema", schemas)
    assert done.returncode == 2
    assert says in done.stderr
    assert len(done.stderr.splitlines()) == 1
