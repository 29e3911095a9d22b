"""Every command takes the same releases: embedded, vendored, pulled, archived; else the nearest."""

from __future__ import annotations

import json
import shutil
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest
from fake_world import Done, World
from mocked import HELLO, play

from codexwire.errors import CodexwireWarning, UsageError
from codexwire.ingest import load
from codexwire.ingest.archive import archive
from codexwire.ingest.available import archived_in_words
from codexwire.usecases.mock import make_server

RECORDING = (
    '{"id":0,"method":"initialize","params":{"clientInfo":{"name":"t","version":"1"}}}\n'
    '{"id":0,"result":{"userAgent":"t/VERSION (x)","codexHome":"/h","platformFamily":"unix",'
    '"platformOs":"linux"}}\n'
)
WARNING = "codexwire: warning: 0.144.9 is not available: 0.144.6 is taken, the nearest one"


@pytest.fixture
def recording(tmp_path: Path) -> Callable[[str], Path]:
    def of(version: str) -> Path:
        path = tmp_path / "session.jsonl"
        path.write_text(RECORDING.replace("VERSION", version))
        return path

    return of


def test_a_release_of_the_archive_is_generated_without_docstrings(world: World) -> None:
    done = world.command("generate", "--schema", "0.100.0", "--package", "old")
    assert (done.code, done.out[:28]) == (0, "generated/old: codex 0.100.0")
    (note,) = done.err.splitlines()
    assert note.startswith(
        "codexwire: note: 0.100.0 is taken from the archive, which has no descriptions"
    )
    lock = tomllib.loads(Path("generated/codexwire.lock").read_text("utf-8"))
    assert lock["package"]["old"]["version"] == "0.100.0"


def test_what_is_generated_says_which_release_was_really_taken(world: World) -> None:
    done = world.command("generate", "--schema", "0.144.9", "--package", "near")
    assert done.code == 0
    assert done.err.splitlines()[0].startswith(WARNING)
    lock = tomllib.loads(Path("generated/codexwire.lock").read_text("utf-8"))["package"]["near"]
    assert lock["version"] == "0.144.6"
    assert "--schema 0.144.6 " in lock["command"]
    assert "codex 0.144.6" in Path("generated/near/__init__.py").read_text("utf-8")


@pytest.mark.parametrize(
    "arguments",
    [
        ("schema", "show", "turn/start", "--schema"),
        ("contract", "from", "RECORDING", "--schema"),
    ],
    ids=" ".join,
)
def test_commands_take_the_nearest_release_with_one_warning(
    world: World, recording: Callable[[str], Path], arguments: tuple[str, ...]
) -> None:
    path = str(recording("0.144.9"))
    named = [path if a == "RECORDING" else a for a in arguments]
    done = world.command(*named, "0.144.9")
    assert done.code == 0
    assert [line[: len(WARNING)] for line in done.err.splitlines()] == [WARNING]
    exact = world.command(*named, "0.144.6")
    assert exact.err == ""
    assert done.out.replace("0.144.9", "0.144.6") == exact.out.replace("0.144.9", "0.144.6")


def test_a_contract_of_a_server_that_is_not_available(
    world: World, recording: Callable[[str], Path]
) -> None:
    done = world.command("contract", "from", recording("0.144.9"))
    assert done.code == 0
    assert 'release = "0.144.6"' in done.out
    assert done.err.startswith(WARNING)


def test_a_mock_and_the_library_do_the_same() -> None:
    with pytest.warns(CodexwireWarning, match=r"0\.144\.9 is not available: 0\.144\.6 is taken"):
        server = make_server("0.144.9")
    assert len(play(server, HELLO).sent) == 1
    assert str(server.protocol.version) == "0.144.6"
    with pytest.raises(UsageError, match=r"0\.144\.9 is not available"):
        load("0.144.9", exact=True)


@pytest.mark.parametrize(
    "arguments",
    [
        ("diff", "0.144.9", "0.171.0"),
        ("compat", "0.144.9"),
        ("compat", "--client", "0.144.9"),
        ("validate", "session.jsonl", "--schema", "0.144.9"),
    ],
    ids=" ".join,
)
def test_a_verdict_is_about_the_release_that_was_named(
    world: World, arguments: tuple[str, ...]
) -> None:
    done = world.command(*arguments)
    assert (done.code, done.out) == (2, "")
    assert f"available: {archived_in_words()})" in done.err
    assert "`codexwire schema pull 0.144.9` gets it" in done.err


def test_a_release_that_was_pulled_is_seen_by_all(world: World) -> None:
    world.release("9.9.1")
    assert world.pull("9.9.1").code == 0
    newest = archive().versions[-1]
    for arguments in (
        ("schema", "show", "turn/start", "--schema", "9.9.1"),
        ("diff", str(newest), "9.9.1"),
        ("compat", "9.9.1", str(newest)),
    ):
        assert world.command(*arguments).code == 0, arguments
    history = json.loads(world.command("schema", "history", "turn/start", "--format", "json").out)
    assert history["releases"][-2:] == [str(newest), "9.9.1"]
    gone = world.command("schema", "history", "thread/fork").out
    assert gone.splitlines()[0].endswith("gone in 9.9.1")
    assert world.command("diff", "9.9.2", "9.9.1").err.endswith(f"{archived_in_words()}, 9.9.1)\n")


SHOW = ("schema", "show", "turn/start")
NEEDED_BY_NONE = [
    SHOW,
    ("schema", "list"),
    ("schema", "history", "turn/start"),
    ("diff", "0.163.0", "0.171.0"),
    ("compat", "0.163.0", "0.171.0"),
    (*SHOW, "--schema", "9.8.0"),
]


@pytest.mark.parametrize("damage", ["no TOML", "no digest", "another channel", "another schema"])
def test_what_the_cache_has_that_cannot_be_read_stops_nothing_else(
    world: World, damage: str, recording: Callable[[str], Path]
) -> None:
    world.release("9.9.1")
    assert world.pull("9.9.1").code == 0
    folder = world.cache / "schema" / "9.9.1"
    provenance = folder / "provenance.toml"
    text = provenance.read_text("utf-8")
    if damage == "no TOML":
        provenance.write_text("[[")
    elif damage == "no digest":
        provenance.write_text(text.replace("digest", "checksum"))
    elif damage == "another channel":
        provenance.write_text(
            text.replace("channel.stable", "channel.alpha").replace(
                "channel.experimental", "channel.beta"
            )
        )
    else:
        for path in folder.glob("*.json"):
            path.write_text('{"$schema": "http://json-schema.org/draft-07/schema"}')
    for arguments in (*NEEDED_BY_NONE, ("validate", recording("0.171.0"))):
        if damage == "another schema" and arguments == NEEDED_BY_NONE[-1]:
            continue  # the nearest release is the one that cannot be read
        done = world.command(*arguments)
        assert done.code == 0, (arguments, done.err)
        assert done.err.count("9.9.1") <= 2, done.err
    asked: Done = world.command(*SHOW, "--schema", "9.9.1")
    assert asked.code == 2
    assert str(folder) in asked.err


def test_an_entry_of_a_newer_codexwire_is_read_as_far_as_it_is_known(world: World) -> None:
    world.release("9.9.1")
    assert world.pull("9.9.1").code == 0
    path = world.cache / "schema" / "9.9.1" / "provenance.toml"
    text = path.read_text("utf-8")
    more = '\n[channel.alpha]\nsha256 = "x"\nsize = 7\n\n[news]\nof = "tomorrow"\n'
    path.write_text("\n".join(x for x in text.splitlines() if "methods" not in x) + more)
    done = world.command(*SHOW, "--schema", "9.9.1")
    assert (done.code, done.err) == (0, "")
    listed = world.command("schema", "list")
    assert "9.9.1       stable        cached       ? methods" in listed.out


def test_a_damaged_entry_of_a_release_of_the_archive_is_passed_over(world: World) -> None:
    folder = world.cache / "schema" / "0.150.0"
    folder.mkdir(parents=True)
    (folder / "provenance.toml").write_text("[[")
    done = world.command(*SHOW, "--schema", "0.150.0")
    assert done.code == 0
    assert done.err.startswith("codexwire: warning: left out: ")
    assert done.err.count("\n") == 1
    shutil.rmtree(folder)
