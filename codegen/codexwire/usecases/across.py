"""Checks files of lines together: forks, reverted threads, two files of one thread."""

from __future__ import annotations

from collections.abc import Iterable

from codexwire.profiles.table import of_source
from codexwire.transcript.judgement import Judgement

__all__ = ["look_across"]


def look_across(judgements: Iterable[Judgement]) -> None:
    """Add to the judgements of files what only the others of them tell."""
    by_format: dict[str, dict[str, Judgement]] = {}
    for judgement in judgements:
        if judgement.understood is not None:
            by_format.setdefault(judgement.format or "", {})[judgement.path] = judgement
    for format, files in by_format.items():
        profile = of_source(format)
        lines = None if profile is None else profile.lines
        understood = {p: j.understood for p, j in files.items() if j.understood is not None}
        for check in () if lines is None else lines.across:
            for path, note in check.check(understood):
                files[path].add(check.rule, note.level, note.line, note.message)
