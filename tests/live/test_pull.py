"""Real releases by the real clients: what the registries serve is what is known of them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from codexwire.ingest.archive import archive
from codexwire.ingest.document import open_document
from codexwire.ingest.embedded import published, vendored
from codexwire.profiles.rollout.profile import ROLLOUT
from codexwire.version import Version

ONE_OF_EACH = {
    "0.163.0": "openai-codex-cli-bin==0.163.0",
    "0.171.0": "@openai/codex@0.171.0-",
    "0.99.0": "@openai/codex@0.99.0-",
    "0.72.0": "@openai/codex@0.72.0",
}
"""A wheel, an npm package for one platform, and one for all."""


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clean cache, into which the releases have been pulled by one command."""
    folder = tmp_path_factory.mktemp("cache")
    done = codexwire(folder, "schema", "pull", *ONE_OF_EACH)
    assert done.returncode == 0, done.stderr
    return folder


def codexwire(cache: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "codexwire", *arguments],
        env={**os.environ, "CODEXWIRE_CACHE": str(cache), **environment},
        cwd=cache,
        capture_output=True,
        text=True,
    )


@pytest.mark.parametrize("version", ONE_OF_EACH)
def test_what_comes_is_what_is_known(cache: Path, version: str) -> None:
    folder = cache / "schema" / version
    table = tomllib.loads((folder / "provenance.toml").read_text("utf-8"))
    assert table["package"].startswith(ONE_OF_EACH[version])
    known = {r.channel: r for r in published() if str(r.version) == version}
    assert {c: t["sha256"] for c, t in table["channel"].items()} == {
        c: r.sha256 for c, r in known.items()
    }
    for channel, path in vendored(Version.parse(version)).items():
        assert (folder / f"{channel}.json").read_bytes() == path.read_bytes()
    if table["origin"] == "npm" and sys.platform == "linux" and "x64" in table["package"]:
        assert table["integrity"] == known["stable"].provenance["integrity"]


@pytest.mark.parametrize("version", ["0.163.0", "0.171.0"])
def test_the_schema_of_saved_sessions_is_that_of_the_archive(cache: Path, version: str) -> None:
    path = cache / "schema" / version / "RolloutLine.json"
    table = tomllib.loads(path.with_name("provenance.toml").read_text("utf-8"))
    kept = archive(ROLLOUT).digest(Version.parse(version), "rollout")
    assert table["lines"]["rollout"]["digest"] == kept == open_document(path).digest


@pytest.mark.parametrize("version", ["0.72.0", "0.99.0"])
def test_an_old_release_has_none(cache: Path, version: str) -> None:
    folder = cache / "schema" / version
    assert not (folder / "RolloutLine.json").exists()
    assert "lines" not in tomllib.loads((folder / "provenance.toml").read_text("utf-8"))


def test_nothing_but_the_schema_stays(cache: Path) -> None:
    assert not (cache / "bin").exists()
    assert list((cache / "work").iterdir()) == []
    assert {p.name for p in cache.iterdir()} <= {"schema", "work", "locks"}


def test_the_second_pull_is_offline_and_a_comparison_follows(cache: Path) -> None:
    done = codexwire(cache, "schema", "pull", *ONE_OF_EACH, PATH="")
    assert done.returncode == 0, done.stderr
    assert [line.split(": ")[1] for line in done.stdout.splitlines()] == ["already cached"] * len(
        ONE_OF_EACH
    )
    done = codexwire(cache, "diff", "0.125.0", "0.163.0", PATH="")
    assert done.returncode == 0, done.stderr
    assert "0.125.0" in done.stdout


def test_a_binary_at_hand_writes_the_same(cache: Path) -> None:
    from codex_cli_bin import bundled_codex_path

    binary = str(bundled_codex_path())
    done = codexwire(cache, "schema", "pull", "--binary", binary)
    assert done.stdout.startswith("0.163.0: already cached"), done.stderr
    done = codexwire(cache, "schema", "verify", "0.163.0", "--binary", binary)
    assert done.returncode == 0
    # Two channels, embedded and cached, and the schema of saved sessions.
    assert done.stdout.count("binary     ok") == 5


def test_a_release_that_never_was(cache: Path) -> None:
    done = codexwire(cache, "schema", "pull", "0.58.1")
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.startswith("codexwire: error: no release 0.58.1: pip finds no ")
    assert done.stderr.count("\n") == 1
    assert shutil.which("npm") is None or "npm finds no @openai/codex@0.58.1-" in done.stderr
    assert not (cache / "schema" / "0.58.1").exists()
