"""Reads files of every kind into threads; the transcript format says what a file is."""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection, Container, Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

from codexwire.errors import TranscriptError
from codexwire.model.message import parse_object
from codexwire.profiles.exec_stream.names import SOURCE as EXEC_STREAM
from codexwire.profiles.rollout.lines import META
from codexwire.profiles.rollout.names import SOURCE as ROLLOUT
from codexwire.sessions.exec_events import read_exec
from codexwire.sessions.lines import Json, Notes
from codexwire.sessions.model import UNKNOWN, File, Thread
from codexwire.sessions.recording import read_recording
from codexwire.sessions.rollouts import read_rollout
from codexwire.sessions.values import object_of, of_type, text_of
from codexwire.transcript.entry import TranscriptItem
from codexwire.transcript.formats.format import Format, Sample
from codexwire.transcript.formats.table import detect
from codexwire.transcript.source import OpenRecording

__all__ = ["KINDS", "NOT_UNDERSTOOD", "Loaded", "Sight", "load", "look_at"]

NOT_UNDERSTOOD = "not-understood"
"""The rule of the note on a file that cannot be read at all."""

_RECORDING = "recording"


class Sight(NamedTuple):
    """What the first lines of a file tell: its kind, and the `session_meta` of a rollout.

    `ordinal` is the place of a rollout's first line in the history of its thread.
    """

    path: str
    source: str
    meta: Mapping[str, object] = {}
    thread_id: str = ""
    ordinal: int = 0


class Loaded(NamedTuple):
    """What is in a file: what was understood of it, and its threads."""

    file: File
    threads: tuple[Thread, ...]


def look_at(path: str) -> Sight:
    """Return what the first lines of a file tell; nothing of one that cannot be opened, or only once."""
    if Path(path).is_file():
        try:
            with OpenRecording(path) as source:
                look = _LOOKS[_kind(detect(source))]
                return look(path, [*filter(None, map(parse_object, Sample(source).lines))])
        except TranscriptError:
            pass  # loading it says so
    return Sight(path, UNKNOWN)


def _kind(format: Format) -> str:
    return _RECORDING if format.profile is None else KINDS[format.profile.source]


def _look_at_rollout(path: str, lines: list[Json]) -> Sight:
    metas = (line.get("payload") for line in lines if line.get("type") == META)
    meta = object_of(next(metas, None))
    ordinal = of_type(lines[0].get("ordinal"), int) if lines else None
    return Sight(path, "rollout", meta, text_of(meta, "id"), ordinal or 0)


def _look_at_stream(path: str, lines: list[Json]) -> Sight:
    threads = (thread for line in lines if (thread := text_of(line, "thread_id")))
    return Sight(path, "exec", {}, next(threads, ""))


def _look_at_recording(path: str, lines: list[Json]) -> Sight:  # noqa: ARG001 - as its table asks
    return Sight(path, _RECORDING)


KINDS: Mapping[str, str] = {ROLLOUT: "rollout", EXEC_STREAM: "exec"}
"""Protocol of lines → what the view calls a file of it; a file of messages is a `recording`."""

_LOOKS: Mapping[str, Callable[[str, list[Json]], Sight]] = {
    "rollout": _look_at_rollout,
    "exec": _look_at_stream,
    _RECORDING: _look_at_recording,
}
_READERS: Mapping[str, Callable[[Iterable[TranscriptItem], Notes], tuple[Thread, ...]]] = {
    "rollout": read_rollout,
    "exec": read_exec,
}
_ALL = range(sys.maxsize)
"""Stands for all turns: input that cannot be read twice (a pipe) is read with all of them kept."""


def load(sight: Sight) -> Loaded:
    """Return what is in a file; one that cannot be read has a note that says why."""
    notes, kind = Notes(sight.path), UNKNOWN
    found: tuple[Thread, ...] = ()
    try:
        kind, found, missed = _read(notes, () if Path(sight.path).is_file() else _ALL)
        if missed:
            notes = Notes(sight.path)
            kind, found, _ = _read(notes, missed)
    except TranscriptError as error:
        text = f"{error.message} ({error.hint})" if error.hint else error.message
        notes.add(NOT_UNDERSTOOD, text, 1)
        kind = UNKNOWN
    turns = [turn for thread in found for turn in thread.turns]
    if not turns and kind != UNKNOWN:
        lines = "1 line" if notes.lines == 1 else f"{notes.lines} lines"
        notes.add("no-turns", f"no turn was found in {lines}", 1)
    file = File(
        path=sight.path,
        source=kind,
        lines=notes.lines,
        threads=tuple(thread.id for thread in found),
        turns=len(turns),
        unknown_status=sum(turn.status == UNKNOWN for turn in turns),
        unknown=dict(sorted(notes.unknown.items())),
        notes=tuple(notes),
    )
    return Loaded(file, found)


def _read(notes: Notes, late: Container[int]) -> tuple[str, tuple[Thread, ...], Collection[int]]:
    """Return the kind of a file, its threads, and the turns of a recording to read it for once more."""
    with OpenRecording(notes.file) as source:
        format = detect(source)
        kind, items = _kind(format), format.read(source)
        missed: Collection[int] = ()
        if kind == _RECORDING:
            found, missed = read_recording(items, notes, late)
        else:
            found = _READERS[kind](items, notes)
        notes.take_in(source)
    return kind, found, missed
