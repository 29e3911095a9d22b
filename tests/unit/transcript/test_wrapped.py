"""Messages tagged with a direction: every word and key that recorders are known to use."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from codexwire.direction import Side
from codexwire.transcript.entry import Entry
from codexwire.transcript.formats.table import detect
from codexwire.transcript.source import OpenRecording

ASKED = {"id": 1, "method": "initialize", "params": {}}
ANSWERED = {"id": 1, "result": {}}

# What the client's messages are tagged with, and what the server's.
NAMED = (
    "client server, c2s s2c, clientToServer serverToClient, client->server server->client,"
    " to-server to_client, client-to-agent agent-to-client, stdin stdout, user agent, ide codex,"
    " editor app-server, HOST appServer"
)
RELATIVE = (
    "out in, outgoing incoming, outbound inbound, output input, send recv, sent received,"
    " sending receive, tx rx, write read, > <, >> <<, >>> <<<, -> <-, --> <--, => <=, → ←"
)


def pairs(words: str) -> list[list[str]]:
    return [pair.split() for pair in words.split(",")]


def entries(path: Path, *records: dict[str, Any]) -> list[Entry]:
    path.write_text("".join(json.dumps(record) + "\n" for record in records), "utf-8")
    with OpenRecording(str(path)) as source:
        found = list(detect(source).read(source))
    assert all(isinstance(item, Entry) for item in found)
    return [item for item in found if isinstance(item, Entry)]


@pytest.mark.parametrize(("client", "server"), [*pairs(NAMED), *pairs(RELATIVE)])
def test_a_word_tells_who_sent_a_message(client: str, server: str, tmp_path: Path) -> None:
    """The recorder is the client where words are relative: it is who shakes hands first."""
    asked = {"direction": client, "message": ASKED}  # codexwire writes dir and msg itself
    answered = {"direction": server, "message": ANSWERED}
    found = entries(tmp_path / "x", asked, answered)
    assert [entry.sender for entry in found] == [Side.CLIENT, Side.SERVER]


@pytest.mark.parametrize(("client", "server"), pairs(RELATIVE))
def test_a_server_that_records_receives_what_the_client_sends(
    client: str, server: str, tmp_path: Path
) -> None:
    asked, answered = {"dir": server, "msg": ASKED}, {"dir": client, "msg": ANSWERED}
    found = entries(tmp_path / "x", asked, answered)
    assert [entry.sender for entry in found] == [Side.CLIENT, Side.SERVER]


def test_a_recording_of_a_server_may_begin_with_initialized(tmp_path: Path) -> None:
    told = {"dir": "in", "msg": {"method": "initialized"}}
    assert [entry.sender for entry in entries(tmp_path / "x", told)] == [Side.CLIENT]


@pytest.mark.parametrize("key", ["dir", "direction", "sender", "from", "side", "way", "type"])
def test_the_word_stands_at_one_of_these_keys(key: str, tmp_path: Path) -> None:
    (entry,) = entries(tmp_path / "x", {key: "client", "msg": ASKED})
    assert entry.sender is Side.CLIENT


@pytest.mark.parametrize(
    "key", ["msg", "message", "frame", "raw", "payload", "data", "line", "body", "json"]
)
@pytest.mark.parametrize("write", [dict, json.dumps], ids=["object", "text"])
def test_the_message_stands_at_one_of_these_keys(key: str, write: Any, tmp_path: Path) -> None:
    (entry,) = entries(tmp_path / "x", {"dir": "client", key: write(ASKED)})
    assert json.loads(entry.data) == ASKED


@pytest.mark.parametrize(
    "key", ["conn", "connection", "connection_id", "connectionId", "session_id", "sessionId"]
)
def test_connections_are_told_apart_by_one_of_these_keys(key: str, tmp_path: Path) -> None:
    records = ({"way": "client", key: name, "msg": ASKED} for name in ("a", "b", "a"))
    found = [entry.connection for entry in entries(tmp_path / "x", *records)]
    assert found[0] == found[2] != found[1]
