"""Pieces of recordings, their messages damaged, their lines lost, doubled, moved and turned round."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any

from codexwire.direction import Side
from fuzzing.mutants import mutants
from fuzzing.spelling import oddly, repeated, written

__all__ = ["Message", "Record", "damaged", "disturbed", "piece"]

_LINES = 60
"""So many lines in a row at most: a session is soon judged, and begins anywhere."""


@dataclass(frozen=True)
class Message:
    """A decoded message, its sender, and the method of the request that it answers."""

    sender: Side
    body: Any
    answers: str | None


@dataclass(frozen=True)
class Record:
    """A line of a recording: its members but the message, the message as text, and decoded.

    A line that has no message has all of it in `head`.
    """

    head: dict[str, Any]
    text: str = ""
    message: Message | None = None

    @property
    def line(self) -> str:
        """The line as it stands in the file."""
        head = json.dumps(self.head)
        return f'{head[:-1]}, "msg": {self.text}}}' if self.text else head


@cache
def _records(path: Path) -> tuple[Record, ...]:
    return tuple(_read(path))


def _read(path: Path) -> Iterator[Record]:
    asked: dict[tuple[Any, ...], str] = {}
    for text in path.read_text("utf-8").splitlines():
        head = json.loads(text)
        body = head.pop("msg", None)
        if not isinstance(body, dict):
            yield Record(json.loads(text))
            continue
        sender, about = Side(head["dir"]), (head.get("conn"), body.get("id"))
        if "method" in body:
            asked[sender, *about] = body["method"]
        answers = asked.get((sender.other, *about)) if "result" in body else None
        yield Record(head, json.dumps(body), Message(sender, body, answers))


def piece(path: Path, rng: Random) -> Iterator[Record]:
    """Return some lines in a row, the answers among them with the method that was asked."""
    records = _records(path)
    start = rng.choice((0, 0, rng.randrange(len(records))))
    return islice(records, start, start + _LINES)


def damaged(record: Record, rng: Random) -> Record:
    """Return the record with its message damaged; the message of one that was let be is None."""
    message = record.message
    if message is None or not message.body or rng.random() < 0.4:
        return replace(record, message=None)
    body = message.body
    chance = rng.random()
    if chance < 0.05:
        text = repeated(body, rng).decode()
    elif chance < 0.1:
        text = oddly(body, rng)
    else:
        text = written(next(mutants(body, rng, 1)), rng).decode()
    changed = json.loads(text)
    answers = message.answers if "result" in changed else None
    return Record(record.head, text, Message(message.sender, changed, answers))


def disturbed(lines: list[str], rng: Random) -> list[str]:
    """Return the lines with some of them lost, doubled, moved, or said to come from the other side."""
    for _ in range(rng.choice((0, 1, 1, 3))):
        at, to = rng.randrange(len(lines)), rng.randrange(len(lines))
        change = rng.randrange(4)
        if change == 0 and len(lines) > 1:
            del lines[at]
        elif change == 1:
            lines.insert(to, lines[at])
        elif change == 2:
            lines.insert(to, lines.pop(at))
        else:
            side = Side(json.loads(lines[at])["dir"])
            lines[at] = lines[at].replace(f'"{side}"', f'"{side.other}"', 1)
    return lines
