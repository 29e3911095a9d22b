"""Damaged recordings: the exit code of `validate` follows the table, whatever happened to the file.

2: a part was not understood, or the file cannot be read. 1: everything was read, and something in it is
wrong. 0: nothing is, or only the last line is torn. The damage is made here, by a seed.
"""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import random
import tarfile
import zipfile
from collections.abc import Callable, Iterator
from itertools import product
from pathlib import Path
from typing import Any

import pytest
import zstandard
from amount import times

from codexwire.cli.app import run

RECORDINGS = Path(__file__).parents[1] / "data" / "recordings" / "0.163.0"
SESSIONS = ("s02_command_approval", "s06_lifecycle_resume")
Lines = list[bytes]
Damage = Callable[[Lines, random.Random], bytes]


def recording(name: str) -> Lines:
    return (RECORDINGS / f"{name}.jsonl").read_bytes().splitlines(keepends=True)


def messages(lines: Lines) -> list[dict[str, Any]]:
    return [entry["msg"] for line in lines if "msg" in (entry := json.loads(line))]


def raw(lines: Lines) -> Lines:
    return [json.dumps(message).encode() + b"\n" for message in messages(lines)]


def har(lines: Lines) -> bytes:
    frames = [
        {
            "type": "send" if e["dir"] == "client" else "receive",
            "opcode": 1,
            "data": json.dumps(e["msg"]),
        }
        for e in map(json.loads, lines)
        if "msg" in e
    ]
    entry = {"request": {"url": "ws://h/"}, "_webSocketMessages": frames, "time": 1}
    return json.dumps({"log": {"entries": [{"time": 3}, entry], "pages": []}}, indent=1).encode()


def pretty(lines: Lines) -> bytes:
    blocks = []
    for entry in map(json.loads, lines):
        sign = "> " if entry["dir"] == "client" else "< "
        if "msg" in entry:
            text = json.dumps(entry["msg"], indent=2)
            blocks.append("".join(f"{sign}{line}\n" for line in text.split("\n")) + "prose\n")
    return "".join(blocks).encode()


def inner(lines: Lines, chance: random.Random, count: int = 3) -> list[int]:
    """Places in the middle of a file."""
    return chance.sample(range(3, len(lines) - 2), count)


def cut_lines(lines: Lines, chance: random.Random) -> bytes:
    return b"".join(
        line if number % 2 else line[: chance.randrange(1, len(line) - 2)] + b"\n"
        for number, line in enumerate(lines)
    )


def cut_one_line(lines: Lines, chance: random.Random) -> bytes:
    (at,) = inner(lines, chance, 1)
    lines[at] = lines[at][: chance.randrange(1, len(lines[at]) - 2)] + b"\n"
    return b"".join(lines)


def lost_line_ends(lines: Lines, chance: random.Random) -> bytes:
    for at in inner(lines, chance):
        lines[at] = lines[at].rstrip(b"\n")
    return b"".join(lines)


def nul_block(lines: Lines, chance: random.Random) -> bytes:
    content = bytearray(b"".join(lines))
    at = chance.randrange(len(lines[0]), len(content) - 600)
    content[at : at + 512] = bytes(512)
    return bytes(content)


def other_bytes(lines: Lines, chance: random.Random) -> bytes:
    for at in inner(lines, chance):
        lines[at] = chance.randbytes(40).replace(b"\n", b"x").replace(b"\r", b"x") + b"\n"
    return b"".join(lines)


def latin_1(lines: Lines, chance: random.Random) -> bytes:
    (at,) = inner(lines, chance, 1)
    lines[at] = lines[at].replace(b'":', b'\xe9":', 1)
    return b"".join(lines)


def rollout_lines(lines: Lines, chance: random.Random) -> bytes:
    other = b'{"timestamp":"2025-01-01T00:00:00Z","type":"response_item","payload":{"type":"message"}}\n'
    for at in inner(lines, chance):
        lines[at] = other
    return b"".join(lines)


def torn(lines: Lines, chance: random.Random) -> bytes:
    last = lines[-1]
    return b"".join(lines[:-1]) + last[: chance.randrange(1, len(last) - 2)]


def flipped(packed: bytes, chance: random.Random) -> bytes:
    content = bytearray(packed)
    for _ in range(4):
        content[chance.randrange(60, len(content) - 60)] ^= 1 << chance.randrange(8)
    return bytes(content)


def cut(content: bytes, chance: random.Random, first: int) -> bytes:
    return content[: chance.randrange(first, len(content) - 3)]


def zstd(lines: Lines) -> bytes:
    return zstandard.ZstdCompressor(write_checksum=True).compress(b"".join(lines))


def zstd_after_a_frame_to_skip(lines: Lines) -> bytes:
    return b"\x50\x2a\x4d\x18" + (4).to_bytes(4, "little") + b"size" + zstd(lines)


def zipped(lines: Lines) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("recording.jsonl", b"".join(lines))
    return out.getvalue()


def tar(lines: Lines) -> bytes:
    out, content = io.BytesIO(), b"".join(lines)
    member = tarfile.TarInfo("recording.jsonl")
    member.size = len(content)
    with tarfile.open(fileobj=out, mode="w:gz") as archive:
        archive.addfile(member, io.BytesIO(content))
    return out.getvalue()


def array(lines: Lines) -> bytes:
    return json.dumps(messages(lines), indent=1).encode()


DAMAGED: dict[str, tuple[int, Damage]] = {
    "nothing": (0, lambda lines, _: b"".join(lines)),
    "CR LF": (0, lambda lines, _: b"".join(lines).replace(b"\n", b"\r\n")),
    "zstd, a frame to skip first": (0, lambda lines, _: zstd_after_a_frame_to_skip(lines)),
    "torn last line": (0, torn),
    "raw, torn last line": (0, lambda lines, chance: torn(raw(lines), chance)),
    "pretty, torn": (0, lambda lines, _: pretty(lines)[: -len(b"< }\nprose\n")]),
    "raw, every second line cut": (1, lambda lines, chance: cut_lines(raw(lines), chance)),
    "raw, one line cut": (1, lambda lines, chance: cut_one_line(raw(lines), chance)),
    "raw, line ends lost": (1, lambda lines, chance: lost_line_ends(raw(lines), chance)),
    "raw, Latin-1": (1, lambda lines, chance: latin_1(raw(lines), chance)),
    "every second line cut": (2, cut_lines),
    "one line cut": (2, cut_one_line),
    "line ends lost": (2, lost_line_ends),
    "NUL bytes": (2, nul_block),
    "raw, NUL bytes": (2, lambda lines, chance: nul_block(raw(lines), chance)),
    "other bytes": (2, other_bytes),
    "Latin-1": (2, latin_1),
    "lines of a rollout": (2, rollout_lines),
    "CR alone": (2, lambda lines, _: b"".join(lines).replace(b"\n", b"\r")),
    "raw, CR alone": (2, lambda lines, _: b"".join(raw(lines)).replace(b"\n", b"\r")),
    "UTF-16": (2, lambda lines, _: b"".join(lines).decode().encode("utf-16")),
    "UTF-16, unmarked": (2, lambda lines, _: b"".join(lines).decode().encode("utf-16-le")),
    "xz": (2, lambda lines, _: lzma.compress(b"".join(lines))),
    "bzip2": (2, lambda lines, _: bz2.compress(b"".join(lines))),
    "gzip, twice": (2, lambda lines, _: gzip.compress(gzip.compress(b"".join(lines)))),
    "zip": (2, lambda lines, _: zipped(lines)),
    "tar.gz": (2, lambda lines, _: tar(lines)),
    "nothing but blanks": (2, lambda *_: b" \n\n"),
    "an empty array": (2, lambda *_: b"[]"),
    "nothing but an end": (2, lambda *_: b'{"ts":1,"dir":"server","event":"closed"}\n'),
    "empty": (2, lambda *_: b""),
    "noise": (2, lambda _, chance: chance.randbytes(5000)),
    "gzip, bits flipped": (
        2,
        lambda lines, chance: flipped(gzip.compress(b"".join(lines)), chance),
    ),
    "gzip, cut": (2, lambda lines, chance: cut(gzip.compress(b"".join(lines)), chance, 40)),
    "zstd, bits flipped": (2, lambda lines, chance: flipped(zstd(lines), chance)),
    "zstd, cut": (2, lambda lines, chance: cut(zstd(lines), chance, 40)),
    "HAR, cut": (2, lambda lines, chance: cut(har(lines), chance, 80)),
    "array, cut": (2, lambda lines, chance: cut(array(lines), chance, 80)),
    "pretty, cut inside": (2, lambda lines, _: pretty(lines).replace(b"\n> }\n", b"\n", 2)),
}


def damaged() -> Iterator[Any]:
    for kind, (code, damage) in DAMAGED.items():
        for name, seed in product(SESSIONS, range(times(2, 200))):
            yield pytest.param(code, damage, name, seed, id=f"{kind}-{name}-{seed}")


@pytest.mark.parametrize(("code", "damage", "name", "seed"), damaged())
def test_the_exit_code_follows_the_table(
    code: int,
    damage: Damage,
    name: str,
    seed: int,
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
) -> None:
    file = tmp_path / "recording"
    file.write_bytes(damage(recording(name), random.Random(f"{name} {seed}")))
    assert run(["validate", str(file), "--schema", "0.163.0"]) == code
    out, err = capfd.readouterr()
    assert "internal error" not in err
    assert len(err.splitlines()) <= 1
    summary = out.splitlines()[-1]
    assert ("not understood" in summary or "could not be checked" in summary) is (code == 2)
