"""The tap and the recording alone: what is noted in which order, and what is said of it."""

from __future__ import annotations

import json
import os
import random
from pathlib import Path
from typing import Any

from codexwire.direction import Side
from codexwire.proxy.frames import FrameMessages
from codexwire.proxy.record import LineWriter, Recording, Tap


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


def test_frames_may_come_in_any_pieces() -> None:
    payloads = [b"short", b"m" * 300, b"l" * 70_000, b""]
    data = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
    for payload in payloads:
        size = len(payload)
        length = b"\xff" + size.to_bytes(8, "big")
        if size <= 0xFFFF:
            length = bytes([0x80 | size]) if size < 126 else b"\xfe" + size.to_bytes(2, "big")
        mask = b"\x01\x02\x03\x04"
        masked = bytes(b ^ mask[i % 4] for i, b in enumerate(payload))
        data += b"\x81" + length + mask + masked
        data += b"\x89\x01p"  # a ping in between
    data += b"\x88\x02\x03\xe8"
    chance = random.Random(1)
    for _ in range(20):
        messages, found, rest = FrameMessages(), list[bytes](), data
        while rest:
            size = chance.choice((1, 2, 7, 5000))
            found += [text for text, _ in messages.feed(rest[:size])]
            rest = rest[size:]
        assert found == payloads
        assert messages.close_code == 1000
