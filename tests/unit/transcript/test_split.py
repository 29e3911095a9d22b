"""What a recording is judged to be does not depend on where it is split, nor on the number of processes."""

from __future__ import annotations

import errno
import io
import json
import random
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from functools import cache
from itertools import accumulate
from pathlib import Path
from typing import Any, BinaryIO

import pytest

from codexwire.ingest import load
from codexwire.normalize import normalize
from codexwire.transcript.judgement import Judgement, JudgeOptions, Schema
from codexwire.transcript.quiet import Glanced, Valid
from codexwire.transcript.recording_judge import judge
from codexwire.transcript.sieve import Sieve
from codexwire.transcript.source import Line, OpenRecording
from codexwire.transcript.split import SplitSource
from codexwire.wire import Validators, compile

RECORDINGS = Path(__file__).parents[2] / "data" / "recordings" / "0.163.0"
FIRST = RECORDINGS / "s02_command_approval.jsonl"
NAMES = ("s06_lifecycle_resume", "s08_bad_input_optout", "s12_undocumented")
Lines = list[bytes]
Damage = Callable[[bytes], bytes]

NOTE = b'{"ts":1,"dir":"server","msg":{"method":"error","params":%s}}\n'
DAMAGES: dict[str, Damage] = {
    "line feed": lambda line: b"\n" + line,
    "carriage return": lambda line: line[:-1] + b"\r\n",
    "cut": lambda line: line[: len(line) // 2] + b"\n",
    "not UTF-8": lambda line: line.replace(b'"method"', b'"method\xff"'),
    "NUL": lambda line: line.replace(b'"msg":{', b'"msg":{"x":"\0",'),
    "no record": lambda line: b"warning: [%s\n" % line[:20],
    "header": lambda line: b'{"event":"started","ts":1}\n' + line,
    "closed": lambda line: b'{"ts":1,"dir":"server","event":"closed"}\n' + line,
    "bare": lambda line: json.dumps(json.loads(line).get("msg")).encode() + b"\n",
    "text": lambda line: with_message(line, lambda text: json.dumps(text)),
    "jsonrpc": lambda line: with_message(line, lambda text: '{"jsonrpc":"2.0",' + text[1:]),
    "surrogate": lambda line: with_message(line, lambda text: '{"x":"\\ud800",' + text[1:]),
    "two methods": lambda line: with_message(line, lambda text: '{"method":"a",' + text[1:]),
    "method": lambda line: line.replace(b'"method":"', b'"method":"x'),
    "wrong": lambda line: line.replace(b"Id", b"ID"),
    "deep": lambda line: NOTE % (b"[" * 5000 + b"]" * 5000) + line,
    "twice": lambda line: line + line,
    "gone": lambda _: b"",
    "other connection": lambda line: line[:-2] + b',"conn":"b"}\n',
    "other side": lambda line: line.replace(b'"dir":"server"', b'"dir":"client"'),
}


def with_message(line: bytes, change: Callable[[str], str]) -> bytes:
    record = json.loads(line)
    text = change(json.dumps(record.pop("msg", {})))
    return json.dumps(record)[:-1].encode() + b',"msg":' + text.encode() + b"}\n"


@cache
def validators() -> Validators:
    return compile(normalize(load("0.163.0")).protocol)


@cache
def lines_of(name: str) -> tuple[bytes, ...]:
    """The lines of a recording on a connection of their own, as codexwire writes them."""
    lines = map(json.loads, (RECORDINGS / f"{name}.jsonl").read_bytes().splitlines())
    records = [{**line, "conn": name} for line in lines if "msg" in line]
    return tuple(json.dumps(record, separators=(",", ":")).encode() + b"\n" for record in records)


class Split(SplitSource):
    """A recording that is sifted at once, and counts what came sifted."""

    quiet = runs = 0

    def read(self) -> Iterator[Line | Glanced]:
        for item in super().read():
            if isinstance(item, Valid) and item.about:
                self.quiet, self.runs = self.quiet + item.count, self.runs + 1
            yield item


def sifted(piece: bytes) -> Future[bytes]:
    future: Future[bytes] = Future()
    future.set_result(Sieve(validators())(piece))
    return future


def told(source: OpenRecording) -> tuple[Any, ...]:
    """Everything that a report says of a recording."""
    schema = Schema("0.163.0", validators())

    def choose(_: object) -> Schema:
        if isinstance(source, SplitSource):
            source.sift = sifted
        return schema

    found: Judgement = judge(source, choose, JudgeOptions(limit=40))
    assert found.messages > 100
    unusable = found.unusable and str(found.unusable)
    numbers = found.messages, found.bytes, found.unread, found.unchecked
    return *numbers, found.counts, found.repeats, unusable, found.findings


def written(folder: Path, lines: Lines, before: bytes = b"") -> str:
    """Write a recording whose first 64 KiB, which are never split, are a session of their own."""
    path = folder / "recording.jsonl"
    path.write_bytes(before + FIRST.read_bytes() + b"".join(lines))
    return str(path)


@pytest.mark.parametrize("name", NAMES)
def test_at_every_place(name: str, tmp_path: Path) -> None:
    lines = list(lines_of(name))[:60]
    path = written(tmp_path, lines)
    plain = told(OpenRecording(path))
    for size in accumulate(map(len, lines)):
        assert told(Split(path, ahead=2, size=size)) == plain


def test_most_of_a_stream_of_text_is_counted_only(tmp_path: Path) -> None:
    piece = next(line for line in lines_of(FIRST.stem) if b"Message/delta" in line)
    path = written(tmp_path, [*lines_of(FIRST.stem), *[piece] * 2000])
    source = Split(path, ahead=2, size=60_000)
    assert told(source) == told(OpenRecording(path))
    assert source.quiet > 1000
    assert source.runs < source.quiet / 20


def test_texts_of_several_turns_at_once(tmp_path: Path) -> None:
    """Two of them began before; the third comes from nowhere, which is said once."""
    texts = [line for line in lines_of(FIRST.stem) if b"Message/delta" in line]
    others = [line.replace(b'"turnId":"', b'"turnId":"x') for line in texts]
    strange = [line.replace(b'"threadId":"', b'"threadId":"x') for line in texts]
    lines = [line for each in zip(texts, others, strange, texts, strict=True) for line in each]
    path = written(tmp_path, [*lines_of(FIRST.stem), *lines])
    plain = told(OpenRecording(path))
    for size in (2000, 60_000):
        assert told(Split(path, ahead=2, size=size)) == plain


@pytest.mark.parametrize("damage", DAMAGES)
def test_whatever_happened_to_its_lines(damage: str, tmp_path: Path) -> None:
    chance = random.Random(damage)
    lines = [line for name in NAMES for line in lines_of(name)]
    for place in chance.sample(range(len(lines)), 12):
        lines[place] = DAMAGES[damage](lines[place])
    path = written(tmp_path, lines)
    plain = told(OpenRecording(path))
    for size in (1, 700, 5000):
        assert told(Split(path, ahead=3, size=size)) == plain


@pytest.mark.parametrize("size", [1, 700, 5000])
@pytest.mark.parametrize("end", [b"", b"\n", b"\n\n", b"\r\n", b'{"ts":1,"dir":"ser'])
def test_however_it_ends(end: bytes, size: int, tmp_path: Path) -> None:
    *lines, last = lines_of("s06_lifecycle_resume")
    path = written(tmp_path, [*lines, last.rstrip(), end], before=b"\xef\xbb\xbf")
    assert told(Split(path, ahead=3, size=size)) == told(OpenRecording(path))


def test_a_line_that_is_too_long(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("source", "split"):
        monkeypatch.setattr(f"codexwire.transcript.{module}.LONGEST", 20_000)
    long = b'{"ts":1,"x":"' + b"a" * 50_000 + b'"}\n'
    lines = list(lines_of("s06_lifecycle_resume"))
    path = written(tmp_path, [*lines[:20], long, *lines[20:], long])
    plain = told(OpenRecording(path))
    assert "transcript/long-line" in [f.rule for f in plain[-1]]
    for size in (1, 7000, 20_000):
        assert told(Split(path, ahead=3, size=size)) == plain


class Failing(io.RawIOBase):
    """A file that cannot be read on after some bytes."""

    def __init__(self, file: BinaryIO) -> None:
        self.file, self.left = file, 90_000

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        data = self.file.read(min(len(buffer), self.left))
        if not data:
            raise OSError(errno.EIO, "Input/output error")
        self.left -= len(data)
        buffer[: len(data)] = data
        return len(data)


def test_a_disk_that_fails_in_the_middle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        OpenRecording, "_decompressed", lambda _, file: io.BufferedReader(Failing(file), 1000)
    )
    path = written(tmp_path, [line for name in NAMES for line in lines_of(name)])
    plain = told(OpenRecording(path))
    assert "Input/output error" in plain[-2]
    for size in (1, 700, 5000, 1 << 20):
        assert told(Split(path, ahead=3, size=size)) == plain
