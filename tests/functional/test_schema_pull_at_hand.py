"""`schema pull` of a binary or a repository at hand, and where it is kept."""

from __future__ import annotations

import hashlib
import json
import subprocess
import tomllib
from pathlib import Path

import pytest
from fake_world import World, provenance, refused

from codexwire.ingest import load
from fake_release import (
    fake_binary,
    golden_bundles,
    put_binary,
)

VENDORED = Path(__file__).parents[2] / "schema"


def test_a_local_binary(world: World) -> None:
    binary = put_binary(world.folder / "codex", fake_binary("9.9.1"))
    assert world.pull("--binary", binary).out.startswith("9.9.1: pulled from binary: stable ")
    assert str(binary) not in (world.cache / "schema/9.9.1/provenance.toml").read_text("utf-8")
    assert world.pull("--binary", binary).out.startswith("9.9.1: already cached")
    other = {"stable": golden_bundles()["experimental"]}
    put_binary(binary, fake_binary("9.9.1", bundles=other))
    done = world.pull("--binary", binary)
    assert done.code == 2
    assert "the cache has another schema of 9.9.1" in done.err
    assert world.pull("--binary", binary, "--as", "9.9.1-mine").code == 0
    assert world.pull("--binary", binary, "--force").code == 0
    assert list(provenance(world, "9.9.1")["channel"]) == ["stable"]


def test_a_binary_that_does_not_say_its_version_needs_a_name(world: World) -> None:
    binary = put_binary(world.folder / "codex", fake_binary(""))
    refused(world, world.pull("--binary", binary), "does not say its version", "--as")
    assert world.pull("--binary", binary, "--as", "9.9.1").code == 0


def committed(folder: Path, content: bytes) -> None:
    folder.mkdir()
    (folder / "bundle.json").write_bytes(content)
    who = ["-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"]
    for arguments in (["init", "-q", "-b", "main"], ["add", "."], [*who, "commit", "-qm", "a"]):
        subprocess.run(["git", *arguments], cwd=folder, check=True, capture_output=True)


def test_a_bundle_out_of_git(world: World) -> None:
    folder = world.folder / "repository"
    committed(folder, golden_bundles()["experimental"].encode())
    given = ("--from-git", "main:bundle.json", "--repository", folder)
    refused(world, world.pull(*given), "of no known release", "--as")
    done = world.pull(*given, "--as", "9.9.1", "--channel", "experimental")
    assert done.code == 0, done.err
    table = provenance(world, "9.9.1")
    assert (table["origin"], table["path"], len(table["commit"])) == ("git", "bundle.json", 40)
    assert list(table["channel"]) == ["experimental"]
    done = world.pull("--from-git", "main:other.json", "--repository", folder)
    assert done.code == 2
    assert "main:other.json: git: " in done.err


def test_a_bundle_out_of_git_that_is_known_needs_no_name(world: World) -> None:
    folder = world.folder / "repository"
    committed(folder, (VENDORED / "0.125.0" / "experimental.json").read_bytes())
    done = world.pull("--from-git", "main:bundle.json", "--repository", folder)
    assert done.out == "0.125.0: pulled from git: experimental 154 methods\n"


def test_a_folder_of_the_users(world: World) -> None:
    for version in ("9.9.2", "9.9.1"):
        world.release(version)
        done = world.pull(version, "--to", "kept")
        assert done.code == 0, done.err
        assert done.out.splitlines()[1:] == [
            f"  kept/{version}/RolloutLine.json",
            f"  kept/{version}/experimental.json",
            f"  kept/{version}/stable.json",
        ]
    index = tomllib.loads(Path("kept/index.toml").read_text("utf-8"))
    assert [(r["version"], r["channel"]) for r in index["release"]] == [
        (v, c) for v in ("9.9.1", "9.9.2") for c in ("stable", "experimental")
    ]
    for row in index["release"]:
        content = Path("kept", row["file"]).read_bytes()
        assert row["sha256"] == hashlib.sha256(content).hexdigest()
        assert row["package"] == f"openai-codex-cli-bin=={row['version']}"
        assert row["command"].endswith("--experimental") is (row["channel"] == "experimental")
    before = Path("kept/index.toml").read_bytes()
    assert world.pull("9.9.1", "--to", "kept").code == 0
    assert Path("kept/index.toml").read_bytes() == before
    assert str(load("kept/9.9.1").version) == "9.9.1"


def test_a_project_keeps_it_in_its_schema_folder(world: World) -> None:
    world.release("9.9.1")
    done = world.pull("9.9.1", "--vendor")
    assert done.code == 2
    assert "--vendor needs a pyproject.toml with [tool.codexwire]" in done.err
    Path("pyproject.toml").write_text("[tool.codexwire]\n")
    assert world.pull("9.9.1", "--vendor").code == 0
    rows = json.loads(world.command("schema", "list", "--format", "json").out)["schemas"]
    assert {r["place"] for r in rows if r["release"] == "9.9.1"} == {"vendored", "cached"}
    Path("schema/9.9.1/stable.json").unlink()
    done = world.command("schema", "verify", "9.9.1")
    assert done.code == 1
    assert "vendored  digest     the file is missing" in done.out


def test_a_bad_index_is_not_touched(world: World) -> None:
    world.release("9.9.1")
    Path("kept").mkdir()
    Path("kept/index.toml").write_text("[[release]]\nversion = 7\n")
    done = world.pull("9.9.1", "--to", "kept")
    assert done.code == 2
    assert "kept/index.toml:2: version must be a string, got 7" in done.err
    assert [p.name for p in Path("kept").iterdir()] == ["index.toml"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "name versions, --binary or --from-git"),
        (["9.9.1", "--binary", "codex"], "one of them only"),
        (["0.163"], "'0.163' is no version"),
        (["9.9.1", "--source", "crates"], "no source 'crates'"),
        (["9.9.1", "--as", "9.9.2"], "--as goes with --binary or --from-git"),
        (["--binary", "codex", "--as", "new"], "'new' is no version"),
        (["--binary", "nowhere"], "nowhere: there is no such binary"),
        (["--from-git", "main:x", "--channel", "beta"], "no channel 'beta'"),
        (["--from-git", "main"], "'main' is no REV:PATH"),
    ],
)
def test_options_that_do_not_go_together(arguments: list[str], message: str, world: World) -> None:
    refused(world, world.command("schema", "pull", *arguments), message)
