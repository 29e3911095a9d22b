"""A recording judged while it is made, each finding told as it comes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import BinaryIO

from codexwire.errors import CodexwireError
from codexwire.finding import Finding, Level
from codexwire.report.words import about, printable
from codexwire.transcript.entry import TranscriptItem
from codexwire.transcript.formats.format import fields_of
from codexwire.transcript.formats.wrapped import item_of
from codexwire.transcript.judge import judge_items
from codexwire.transcript.judgement import Judgement, JudgeOptions
from codexwire.usecases.notices import Say
from codexwire.usecases.schema_choice import SchemaChoice
from codexwire.usecases.validate_report import validate_report

__all__ = ["watch"]


class _Live(Judgement):
    """A judgement that passes on what it is told, and keeps only the counts."""

    def __init__(self, name: str, say: Say) -> None:
        super().__init__(name)
        self.say = say

    def take(self, finding: Finding) -> None:
        """Count a finding and pass it on, unless it is only for information."""
        self.counts[finding.level] += 1
        if finding.level is not Level.INFO:
            place = replace(finding.location, pointer=finding.location.pointer or None)
            parts = (place, finding.level, finding.rule, about(finding), finding.message)
            self.say(printable(": ".join(map(str, parts))))


def _items(lines: Iterable[bytes]) -> Iterator[TranscriptItem]:
    for number, line in enumerate(lines, 1):
        fields = fields_of(line.strip())
        if fields is not None:
            yield item_of(number, fields)[0]


def watch(lines: BinaryIO, name: str, schema: str, project: Path | None, say: Say) -> None:
    """Judge the lines of a recording as they come; `say` is told what is wrong, and a summary at the end.

    Of a recording without a line nothing is said: it never began.
    """
    first = lines.readline()
    if not first:
        return
    judgement = _Live(name, say)
    choice = SchemaChoice(schema, project=project)
    try:
        judge_items(_items(chain([first], lines)), judgement, choice, JudgeOptions())
    except CodexwireError as problem:
        judgement.unusable = problem
        say(f"codexwire: error: {problem}")
    report = validate_report([judgement], Level.ERROR, {}, {})
    say(f"codexwire: {name}: {'; '.join(report.summary)}")
