"""The tap and the recording alone: what is noted in which order, and what is said of it."""

from __future__ import annotations

import json
import os
import random
from pathlib import Path
from typing import Any

import pytest
from websockets.extensions import Extension
from websockets.extensions.permessage_deflate import PerMessageDeflate
from websockets.frames import Frame, Opcode

from codexwire.direction import Side
from codexwire.proxy.record import LineWriter, Recording, Tap
from codexwire.proxy.websocket_messages import websocket_messages


class Recorder:
    """A recording in a file, and what it complained of."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.complaints: list[str] = []
        self.recording = Recording(LineWriter(path), complain=self.complaints.append)

    def lines(self) -> list[Any]:
        return [json.loads(line) for line in self.path.read_text().splitlines()]


def test_nothing_is_recorded_before_it_is_settled_and_then_all_in_order(tmp_path: Path) -> None:
    """An answer is noted after its request; that its thread comes first to settle changes nothing."""
    recorder = Recorder(tmp_path / "r")
    tap = Tap(recorder.recording)
    tap.note(Side.CLIENT, b'{"id":1}\n{"id"')
    tap.note(Side.SERVER, b'{"result":1}\n')
    assert recorder.lines() == []
    tap.settle()
    tap.note(Side.CLIENT, b":2}\n{}")
    tap.note(Side.CLIENT, b"")
    tap.closed(Side.CLIENT, 3)
    said = [(line["dir"], line.get("msg", line.get("code"))) for line in recorder.lines()]
    assert said == [
        ("client", {"id": 1}),
        ("server", {"result": 1}),
        ("client", {"id": 2}),
        ("client", {}),
        ("client", 3),
    ]


def test_connections_are_told_apart(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path / "r")
    for number in (1, 2):
        tap = Tap(recorder.recording, connection=number)
        tap.note(Side.SERVER, b"{}\n")
        tap.closed(Side.SERVER, None)
    assert [(line["conn"], line.get("event")) for line in recorder.lines()] == [
        (1, None),
        (1, "closed"),
        (2, None),
        (2, "closed"),
    ]


def test_a_file_that_can_no_longer_be_written_is_complained_of_once(tmp_path: Path) -> None:
    file = os.open(tmp_path / "r", os.O_RDONLY | os.O_CREAT)
    complaints: list[str] = []
    heard: list[bytes] = []
    recording = Recording(LineWriter(file), complain=complaints.append, listen=heard.append)
    recording.write(b"1\n")
    recording.write(b"2\n")
    recording.close()
    assert complaints == ["the recording stops here, it cannot be written: Bad file descriptor"]
    assert heard == [b"1\n", b"2\n"]
    os.close(file)


def test_what_came_together_is_written_together(tmp_path: Path) -> None:
    heard: list[bytes] = []
    out = LineWriter(tmp_path / "r")
    recording = Recording(
        out, edit=lambda line: line.replace(b"x", b"y"), listen=heard.append, complain=str
    )
    tap = Tap(recording)
    tap.note(Side.CLIENT, b'{"x":1}\nno JSON x\n\n{"x":2}\n{"x"')
    tap.note(Side.CLIENT, b":3}\n")
    tap.settle()
    assert [data.count(b"\n") for data in heard] == [3, 1]
    assert (tmp_path / "r").read_bytes() == b"".join(heard)
    assert [json.loads(line).get("msg") for line in b"".join(heard).splitlines()] == [
        {"y": 1},
        None,
        {"y": 2},
        {"y": 3},
    ]


def client_bytes(*frames: Frame, extensions: list[Extension] | None = None) -> bytes:
    head = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
    return head + b"".join(f.serialize(mask=True, extensions=extensions) for f in frames)


def test_frames_may_come_in_any_pieces() -> None:
    payloads = [b"short", b"m" * 300, b"l" * 70_000, b""]
    ping = Frame(Opcode.PING, b"p")
    frames = [frame for text in payloads for frame in (Frame(Opcode.TEXT, text), ping)]
    parts = [Frame(Opcode.BINARY, b"a", fin=False), ping, Frame(Opcode.CONT, b"b", fin=False)]
    end = Frame(Opcode.CLOSE, b"\x03\xe8")
    data = client_bytes(*frames, *parts, ping, Frame(Opcode.CONT, b"c"), end, parts[0])
    chance = random.Random(1)
    for _ in range(20):
        found, rest = list[tuple[bytes, bool]](), data
        complaints: list[str] = []
        messages = websocket_messages(complaints.append)[Side.CLIENT]
        while rest:
            size = chance.choice((1, 2, 7, 5000))
            found += messages.feed(rest[:size])
            rest = rest[size:]
        assert found == [*((text, False) for text in payloads), (b"abc", True)]
        assert (messages.close_code, complaints) == (1000, [])


@pytest.mark.parametrize("agreed", ["permessage-deflate", "x-other, permessage-deflate; a=b"])
@pytest.mark.parametrize("resets", [False, True])
def test_what_the_server_agreed_to_is_undone_on_both_sides(agreed: str, resets: bool) -> None:
    if resets:
        agreed += "; client_no_context_takeover; server_no_context_takeover"
    complaints: list[str] = []
    messages = websocket_messages(complaints.append)
    head = f"HTTP/1.1 101 Switching\r\nsec-websocket-extensions:  {agreed}\r\n\r\n".encode()
    deflate = {side: PerMessageDeflate(resets, resets, 15, 10) for side in Side}
    texts = [b"again and again and again", b"again and again and again", b"x" * 5000]
    both = [
        (client_bytes(), head),
        *(
            (
                Frame(Opcode.TEXT, text).serialize(mask=True, extensions=[deflate[Side.CLIENT]]),
                Frame(Opcode.TEXT, text).serialize(mask=False, extensions=[deflate[Side.SERVER]]),
            )
            for text in texts
        ),
    ]
    found: dict[Side, list[bytes]] = {side: [] for side in Side}
    for from_client, from_server in both:
        for side, data in ((Side.CLIENT, from_client), (Side.SERVER, from_server)):
            found[side] += [text for text, _ in messages[side].feed(data)]
    assert found == dict.fromkeys(Side, texts)
    assert complaints == []


def test_what_cannot_be_read_is_complained_of_once() -> None:
    complaints: list[str] = []
    messages = websocket_messages(complaints.append)[Side.CLIENT]
    compressed = Frame(Opcode.TEXT, b"hi").serialize(
        mask=True, extensions=[PerMessageDeflate(False, False, 15, 15)]
    )
    plain = Frame(Opcode.TEXT, b"hi").serialize(mask=True)
    assert messages.feed(client_bytes() + plain + compressed) == [(b"hi", False)]
    assert messages.feed(plain) == messages.feed(plain) == []
    assert complaints == [
        "the client's messages are not recorded any more: reserved bits must be 0"
    ]


@pytest.mark.parametrize("data", [b"\r\n", b"no line" * 200_000, client_bytes() + b"\x83\x80"])
def test_what_is_no_websocket_is_complained_of_and_nothing_raised(data: bytes) -> None:
    complaints: list[str] = []
    messages = websocket_messages(complaints.append)[Side.CLIENT]
    assert messages.feed(data) == messages.feed(b"more\r\n\r\n") == []
    assert len(complaints) == 1


def test_an_answer_that_is_no_handshake_has_no_messages() -> None:
    complaints: list[str] = []
    messages = websocket_messages(complaints.append)[Side.SERVER]
    assert messages.feed(b"HTTP/1.1 401 Unauthorized\r\n\r\n") == []
    assert messages.feed(b"\x81\x02hi") == []
    assert complaints == []
