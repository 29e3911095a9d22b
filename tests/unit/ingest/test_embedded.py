"""The index of kept schemas and the list of all known releases say what the files say."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from codexwire.errors import IngestError
from codexwire.ingest import load_files
from codexwire.ingest.document import open_document
from codexwire.ingest.embedded import (
    DEFAULT_VERSION,
    identify,
    index,
    project_index,
    published,
    read_index,
    vendored,
)
from codexwire.ingest.fetch.registry import FIRST
from codexwire.resources import schema_root
from codexwire.version import Version

KEPT = index()


@pytest.mark.parametrize("release", KEPT, ids=lambda r: f"{r.version}-{r.channel}")
def test_a_kept_schema_is_what_its_digests_say(release) -> None:  # type: ignore[no-untyped-def]
    assert release.file is not None
    assert hashlib.sha256(release.file.read_bytes()).hexdigest() == release.sha256
    document = open_document(release.file)
    assert document.digest == release.digest
    found = identify(document.digest)
    assert found is not None
    assert (found.version, found.channel) == (release.version, release.channel)


@pytest.mark.parametrize("release", KEPT, ids=lambda r: f"{r.version}-{r.channel}")
def test_the_list_of_releases_says_the_same(release) -> None:  # type: ignore[no-untyped-def]
    (known,) = (
        r for r in published() if (r.version, r.channel) == (release.version, release.channel)
    )
    assert (known.sha256, known.digest) == (release.sha256, release.digest)
    assert known.provenance["package"] == release.provenance["package"]
    assert known.provenance["integrity"] == release.provenance["integrity"]
    document = open_document(release.file)
    assert known.provenance["types"] == len(document.types)
    methods = load_files({release.channel: document}).methods
    assert known.provenance["methods"] == len(methods)


def test_every_file_below_the_schema_folder_is_in_the_index() -> None:
    files = {p for p in schema_root().glob("[0-9]*/*") if p.is_file()}
    assert files == {r.file for r in KEPT}


def test_the_list_of_releases_is_whole_and_in_order() -> None:
    text = (schema_root() / "releases.json").read_text("utf-8")
    rows = json.loads(text)["releases"]
    versions = [Version.parse(row["release"]) for row in rows]
    assert versions == sorted(set(versions))
    assert versions[0] == FIRST
    assert len(text.splitlines()) == len(rows) + 5  # one line each: a new one is one line of a diff
    for row in rows:
        both = Version.parse(row["release"]) >= Version.parse("0.95.0")
        assert ("experimental" in row) is both
        assert row["package"].startswith(f"@openai/codex@{row['release']}")
        assert row["integrity"].startswith("sha512-")
        for channel in {"stable", "experimental"} & row.keys():
            assert {len(row[channel][k]) for k in ("sha256", "digest")} == {64}


def test_of_patch_releases_with_one_schema_the_first_is_meant() -> None:
    digests = {str(r.version): r.digest for r in published() if r.channel == "stable"}
    assert digests["0.144.0"] == digests["0.144.6"]
    found = identify(digests["0.144.6"])
    assert found is not None
    assert str(found.version) == "0.144.0"
    assert identify("0" * 64) is None


def test_the_default_is_kept_in_both_channels() -> None:
    assert set(vendored(DEFAULT_VERSION)) == {"stable", "experimental"}
    assert vendored(Version.parse("0.58.0")) == {}


ROW = """[[release]]
version = "0.1.0"
channel = "stable"
sha256 = "0"
digest = "0"
file = "stable.json"
"""


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[[release]", ":1: not TOML: "),
        ("release = 7", ":1: release must be a list, got 7"),
        (ROW.replace("0.1.0", "x"), ":2: not a version: 'x'"),
        (ROW + ROW.replace("sha256", "sha512"), ":7: 'sha256' is missing"),
    ],
)
def test_an_index_that_cannot_be_used(text: str, said: str, tmp_path: Path) -> None:
    (tmp_path / "index.toml").write_text(text)
    with pytest.raises(IngestError) as caught:
        read_index(tmp_path)
    assert str(caught.value).startswith(f"{tmp_path / 'index.toml'}{said}")
    assert "writes an index of schemas" in str(caught.value)


def test_a_folder_without_an_index_keeps_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert read_index(tmp_path) == ()
    monkeypatch.chdir(tmp_path)
    assert project_index() == ()
    monkeypatch.chdir(schema_root())
    assert project_index() == ()  # codexwire's own project has nothing beside the embedded ones
