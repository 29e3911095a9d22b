"""The process that judges a recording while it is made; `codexwire.cli.record_feed` starts it."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import BinaryIO

from codexwire.cli.validate_report import validate_report
from codexwire.cli.validate_schemas import SchemaChoice
from codexwire.direction import Side
from codexwire.errors import CodexwireError
from codexwire.finding import Level
from codexwire.location import Location
from codexwire.report.words import printable
from codexwire.transcript.entry import Item
from codexwire.transcript.formats.format import fields_of
from codexwire.transcript.formats.wrapped import item_of
from codexwire.transcript.judge import judge_items
from codexwire.transcript.judgement import Judgement, Options

__all__ = ["main", "watch"]


class _Live(Judgement):
    """A judgement that prints what it is told, and keeps only the counts."""

    def add(
        self,
        rule: str,
        level: Level,
        line: int | None,
        message: str,
        *,
        pointer: str | None = None,
        sender: Side | None = None,
        method: str | None = None,
    ) -> None:
        """Count a finding and print it, unless it is only for information."""
        self.counts[level] += 1
        if level is not Level.INFO:
            place = Location(self.path, line, pointer or None)
            about = " ".join(part for part in (sender, method) if part)
            text = f"{place}: {level}: {rule}: {about}: {message}"
            print(printable(text), file=sys.stderr, flush=True)


def _items(lines: Iterable[bytes]) -> Iterator[Item]:
    for number, line in enumerate(lines, 1):
        fields = fields_of(line.strip())
        if fields is not None:
            yield item_of(number, fields)[0]


def watch(lines: BinaryIO, name: str, schema: str) -> None:
    """Judge the lines of a recording as they come; print what is wrong, and a summary at the end.

    Of a recording without a line nothing is said: it never began.
    """
    first = lines.readline()
    if not first:
        return
    judgement = _Live(name)
    try:
        judge_items(_items(chain([first], lines)), judgement, SchemaChoice(schema), Options())
    except CodexwireError as problem:
        judgement.unusable = problem
        print(f"codexwire: error: {problem}", file=sys.stderr)
    report = validate_report([judgement], Level.ERROR, {}, {})
    print(f"codexwire: {name}: {'; '.join(report.summary)}", file=sys.stderr)


def main() -> None:
    """Judge standard input; the arguments are the recording's name and the schema."""
    if hasattr(os, "nice"):
        os.nice(10)
    watch(sys.stdin.buffer, *sys.argv[1:3])


if __name__ == "__main__":
    main()
