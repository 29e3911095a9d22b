"""What a recording says of its server: release, and which of the two protocols."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from codexwire.ingest import load
from codexwire.ingest.archive import archive
from codexwire.transcript.entry import Entry
from codexwire.transcript.server_guess import Origin, ServerGuess, sniff
from codexwire.version import Version

DATA = Path(__file__).parents[2] / "data"


def guess(*messages: Any) -> ServerGuess:
    entries = [Entry(n, json.dumps(m).encode()) for n, m in enumerate(messages, 1)]
    first, found, rest = sniff(iter(entries))
    assert [*first, *rest] == entries
    return found


def answer(agent: str) -> dict[str, Any]:
    return {"id": 1, "result": {"userAgent": agent}}


@pytest.mark.parametrize(
    ("agent", "version"),
    [
        ("recorder/0.163.0 (Debian 12.0.0; x86_64) xterm-256color (recorder; 1.0.0)", "0.163.0"),
        ("codex_vscode/0.164.0-alpha.2 (Mac OS 14.1.0; arm64) unknown", "0.164.0-alpha.2"),
        ("my app/9.9.9/0.72.0 (Windows 10) x", "0.72.0"),
        ("bare/0.99.0", "0.99.0"),
    ],
)
def test_the_answer_to_initialize_names_the_release(agent: str, version: str) -> None:
    assert guess({"method": "x"}, answer(agent)) == ServerGuess(
        Version.parse(version), Origin.USER_AGENT, 2
    )


def test_the_first_release_that_a_server_names_itself_is_taken() -> None:
    assert guess(answer("a/0.163.0 (x)"), answer("a/0.171.0 (x)")).version == Version(0, 163, 0)

    def shaken(release: str) -> dict[str, Any]:
        info = {"executorVersion": release}
        return {"id": 1, "result": {"sessionId": "s", "environmentInfo": info}}

    assert guess(shaken("0.163.0"), shaken("0.171.0")).version == Version(0, 163, 0)


@pytest.mark.parametrize("agent", ["", "codex", "codex/1.2", "x (0.163.0)", 5, None])
def test_other_agents_say_nothing(agent: Any) -> None:
    assert guess(answer(agent)) == ServerGuess()


def test_a_thread_says_who_made_it_when_nothing_else_does() -> None:
    started = {"method": "thread/started", "params": {"thread": {"cliVersion": "0.140.0"}}}
    assert guess(started) == ServerGuess(Version.parse("0.140.0"), Origin.CLI_VERSION, 1)
    assert guess(started, answer("a/0.163.0 (x)")).origin is Origin.USER_AGENT
    broken = {"method": "thread/started", "params": {"thread": {"cliVersion": {}}}}
    assert guess(broken) == ServerGuess()


@pytest.mark.parametrize("version", ["0.140.0", "0.163.0"])
@pytest.mark.parametrize("name", ["s11_exec_server", "s11_exec_proxy_wire"])
def test_exec_server_sessions_are_recognised(version: str, name: str) -> None:
    lines = (DATA / "exec-server" / version / f"{name}.jsonl").read_text("utf-8").splitlines()
    found = guess(*(json.loads(line).get("msg") for line in lines))
    assert found.origin is Origin.SIGN
    assert found.version == (Version.parse("0.140.0") if version == "0.140.0" else None)


def test_each_method_that_no_app_server_has_tells_an_exec_server() -> None:
    releases = (archive().protocol(version, mended=True) for version in archive().versions)
    of_app_servers = {m.name for release in releases if release for m in release.methods}
    of_exec_servers = {m.name for m in load("exec-server").methods}
    told = {name for name in of_exec_servers if guess({"method": name}).origin is Origin.SIGN}
    assert told == of_exec_servers - of_app_servers


@pytest.mark.parametrize(
    ("info", "version", "origin"),
    [
        ({"executorVersion": "0.166.0"}, "0.166.0", Origin.RELEASE),
        ({"executorVersion": "0.0.0"}, None, Origin.SIGN),
        ({"executorVersion": 5}, None, Origin.SIGN),
        ({"shell": {}}, "0.150.0", Origin.SIGN),
        (None, "0.140.0", Origin.SIGN),
    ],
)
def test_an_exec_server_says_its_release_or_shows_its_age(
    info: Any, version: str | None, origin: Origin
) -> None:
    found = guess(
        {"id": 1, "method": "initialize", "params": {"clientName": "x"}},
        {"id": 1, "result": {"sessionId": "s"} | ({"environmentInfo": info} if info else {})},
    )
    release = Version.parse(version) if version else None
    assert found == ServerGuess(release, origin, 2 if version else 1, "exec-server")


@pytest.mark.parametrize(
    ("more", "version"),
    [({}, "0.120.0"), ({"isSymlink": False}, "0.135.0"), ({"isSymlink": 0, "size": 1}, "0.140.0")],
)
def test_an_old_exec_server_shows_its_age_later(more: dict[str, Any], version: str) -> None:
    metadata = {"isDirectory": False, "isFile": True, "createdAtMs": 0, "modifiedAtMs": 0, **more}
    session = {"id": 1, "result": {"sessionId": "s"}}
    found = guess(session, {"id": 2, "result": metadata})
    assert (str(found.version), found.origin) == (version, Origin.SIGN)
    assert (
        guess({"id": 2, "result": metadata}) == ServerGuess()
    )  # an app-server has that answer too


@pytest.mark.parametrize("left", ["isDirectory", "isFile", "createdAtMs"])
def test_what_only_resembles_the_metadata_of_a_file_shows_nothing(left: str) -> None:
    members = {"isDirectory": False, "isFile": True, "createdAtMs": 0}
    session = {"id": 1, "result": {"sessionId": "s"}}
    result = {key: value for key, value in members.items() if key != left}
    assert guess(session, {"id": 2, "result": result}) == guess(session)


@pytest.mark.parametrize(
    "message",
    [
        {"method": "initialize", "params": {"clientInfo": {"name": "x"}, "clientName": "x"}},
        {"id": 1, "result": {"sessionId": "s", "thread": {}}},
        {"id": 1, "result": {"sessionId": "s", "userAgent": "x"}},
    ],
)
def test_what_only_resembles_the_handshake_of_an_exec_server_shows_nothing(message: Any) -> None:
    assert guess(message) == ServerGuess()


def test_an_app_server_session_that_uses_an_exec_server_is_none() -> None:
    for path in (DATA / "recordings").glob("*/s0*.jsonl"):
        lines = path.read_text("utf-8").splitlines()
        found = guess(*(json.loads(line).get("msg") for line in lines))
        assert found.origin is Origin.USER_AGENT
        assert str(found.version) == path.parent.name
