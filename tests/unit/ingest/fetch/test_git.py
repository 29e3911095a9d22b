"""A bundle out of a repository: a file or a folder, at a revision, with the commit it is from."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from codexwire.errors import IngestError, UsageError
from codexwire.ingest.fetch.git import show
from codexwire.profiles.table import DEFAULT
from fake_release import golden_bundles


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository with a bundle that changed between v1 and main."""
    folder = tmp_path_factory.mktemp("repository")
    git(folder, "init", "--quiet", "--initial-branch=main")
    for tag, channel in (("v1", "stable"), ("v2", "experimental")):
        place = folder / "schema" / DEFAULT.bundle.file
        place.parent.mkdir(exist_ok=True)
        place.write_text(golden_bundles()[channel], "utf-8")
        git(folder, "add", "schema")
        git(folder, "commit", "--quiet", "-m", tag)
        git(folder, "tag", tag)
    return folder


def git(folder: Path, *arguments: str) -> str:
    who = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    for role in ("AUTHOR", "COMMITTER"):
        who |= {f"GIT_{role}_NAME": "a", f"GIT_{role}_EMAIL": "a@example.org"}
    done = subprocess.run(
        ["git", *arguments], cwd=folder, env={**os.environ, **who}, capture_output=True, check=True
    )
    return done.stdout.decode().strip()


@pytest.mark.parametrize("path", [f"schema/{DEFAULT.bundle.file}", "schema", "schema/"])
def test_the_content_of_that_revision(path: str, repository: Path) -> None:
    old = show(f"v1:{path}", repository=repository)
    new = show(f"main:{path}", repository=repository)
    assert old.content.decode() == golden_bundles()["stable"]
    assert new.content.decode() == golden_bundles()["experimental"]
    assert old.commit == git(repository, "rev-parse", "v1")
    assert new.path == f"schema/{DEFAULT.bundle.file}"


@pytest.mark.parametrize(
    ("place", "message"),
    [
        ("v3:schema", "v3"),
        ("v1:elsewhere", "elsewhere"),
        ("v1:schema/other.json", "other.json"),
    ],
)
def test_what_git_does_not_have(place: str, message: str, repository: Path) -> None:
    with pytest.raises(IngestError, match="git: ") as caught:
        show(place, repository=repository)
    assert message in str(caught.value)


def test_a_folder_that_is_no_repository(tmp_path: Path) -> None:
    with pytest.raises(IngestError, match="not a git repository"):
        show("main:schema", repository=tmp_path)


@pytest.mark.parametrize("place", ["main", ":schema", "main:", "--output=x:y", ""])
def test_what_is_no_place(place: str, repository: Path) -> None:
    with pytest.raises(UsageError, match="is no REV:PATH"):
        show(place, repository=repository)
