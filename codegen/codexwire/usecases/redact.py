"""Redacts one recording of any format."""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from codexwire.errors import TranscriptError, UsageError
from codexwire.files import is_special, replacing
from codexwire.location import Location
from codexwire.model.lines import Strip
from codexwire.model.profile import Profile
from codexwire.profiles.table import PROFILES
from codexwire.proxy.record import LineWriter
from codexwire.proxy.redact import Redactor, redact_whole
from codexwire.proxy.redact.rule import KINDS
from codexwire.proxy.redact.strip import Stripper
from codexwire.report.words import many
from codexwire.transcript.formats.foreign import FOREIGN
from codexwire.transcript.formats.format import Format, Sample
from codexwire.transcript.formats.json_window import Balance
from codexwire.transcript.formats.table import detect
from codexwire.transcript.source import STDIN, OpenRecording
from codexwire.usecases.notices import Notice

__all__ = ["STRIPS", "Redacted", "check_strips", "redact", "redact_file", "told_of"]


class Redacted(NamedTuple):
    """What was left out of a file, counted by what it was part of, and what was not understood."""

    stripped: Counter[str]
    wrong: tuple[Notice, ...]


def redact(
    path: str, output: Path | int, words: Iterable[str] = (), strip: Iterable[str] = ()
) -> tuple[Notice, ...]:
    """Replace secrets, account data, home folders, host names and `words`, the same by the same.

    `output` is a file, or the number of an open one, which stays open. What is learnt at the end of the
    recording is gone from its beginning. `strip` names parts of a saved session that are left out (`all` of
    them, or some of `STRIPS`). Returns what was replaced how often, and what was not understood: an error
    for a JSON document that is cut short or damaged, the rest of which was searched as plain text, and for
    lines out of which nothing could be left. Raises
    UsageError for a result that cannot be written and for parts that the file does not have, and
    TranscriptError for a recording that cannot be read or is of no known format.
    """
    redactor, parts = Redactor.of_this_machine(tuple(words)), check_strips(strip)
    found = redact_file(path, output, redactor, parts)
    return (*told_of(redactor, found.stripped), *found.wrong)


def redact_file(
    path: str, output: Path | int, redactor: Redactor, strip: tuple[str, ...]
) -> Redacted:
    """Redact one file with a redactor that may know others; raises what `redact` does."""
    with OpenRecording(path) as source:
        if isinstance(output, Path) and _is_source(output, path):
            raise UsageError(
                "the result would overwrite its source",
                location=Location(str(output)),
                hint="name another file",
            )
        format = _format(source)
        stripper = Stripper(_strips(format.profile if format else None, strip))
        lines, balance = (stripper.line(line) for _, line in source.lines()), Balance()
        watched = balance.watched(lines) if format and format.is_document else lines
        with _whole(output) as out:
            redact_whole(watched, redactor, out.write)
            out.close()
            if source.damage is not None:
                raise source.damage
    wrong = (Notice("error", f"{source.name}: {text}") for text in _wrong(balance, stripper))
    return Redacted(stripper.stripped, tuple(wrong))


def _wrong(balance: Balance, stripper: Stripper) -> Iterator[str]:
    """Yield what may have come through because the file is damaged."""
    if not balance.holds:
        yield "the JSON document is cut short or damaged, and was searched as plain text"
    if stripper.unread:
        lines = "1 line is" if stripper.unread == 1 else f"{stripper.unread:,} lines are"
        yield f"{lines} no JSON object: what was to be left out may still stand there"


_ALL = "all"
_STRIPS = {s.id: s for p in PROFILES if p.lines is not None for s in p.lines.strips}
STRIPS = tuple(_STRIPS)
"""The parts of files of lines that can be left out."""


def _format(source: OpenRecording) -> Format | None:
    """Return the format of a recording or file of lines, None for another known file of codex.

    TranscriptError for anything else.
    """
    try:
        return detect(source)
    except TranscriptError:
        sample = Sample(source)
        if not any(foreign.matches(sample) for foreign in FOREIGN):
            raise
        return None


def check_strips(names: Iterable[str]) -> tuple[str, ...]:
    """Return the names of parts to leave out; UsageError for one that there is not."""
    found = tuple(names)
    for name in found:
        if name != _ALL and name not in _STRIPS:
            raise UsageError(
                f"nothing called {name!r} can be left out", hint=", ".join((_ALL, *STRIPS))
            )
    return found


def _strips(profile: Profile | None, names: tuple[str, ...]) -> tuple[Strip, ...]:
    """Return what is to be left out, of a file of that protocol; UsageError where that is not known."""
    lines = profile.lines if profile is not None else None
    if names and lines is None:
        raise UsageError(
            "there is nothing to leave out of this file", hint="--strip is for saved sessions"
        )
    known = lines.strips if lines is not None else ()
    return tuple(strip for strip in known if _ALL in names or strip.id in names)


def told_of(redactor: Redactor, stripped: Counter[str]) -> Iterator[Notice]:
    """Yield what was replaced, searched as plain text, and left out."""
    counts, text = redactor.replaced, redactor.as_text
    found = ", ".join(f"{counts[kind]} × {KINDS[kind]}" for kind in KINDS if counts[kind])
    yield Notice("note", f"replaced: {found or 'nothing'}")
    if text["lines"]:
        one = text["lines"] == 1
        lines = f"{many(text['lines'], 'line')} ({text['bytes']:,} bytes)"
        searched = "is not JSON; it was" if one else "are not JSON; they were"
        yield Notice("note", f"{lines} {searched} searched as plain text")
    if stripped:
        left_out = (f"{count} × {_STRIPS[id].title}" for id, count in stripped.items() if count)
        yield Notice("note", "left out: " + ", ".join(left_out))


@contextmanager
def _whole(output: Path | int) -> Iterator[LineWriter]:
    """Give what the lines are written to; a file has all of them in the end, or is as it was."""
    if isinstance(output, int) or is_special(output):
        yield LineWriter(os.dup(output) if isinstance(output, int) else output)
        return
    with replacing(output) as staging:
        yield LineWriter(staging, str(output))


def _is_source(output: Path, path: str) -> bool:
    source = os.fstat(sys.stdin.fileno()) if path == STDIN else Path(path).stat()
    return output.is_file() and os.path.samestat(output.stat(), source)
