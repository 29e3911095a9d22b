"""Files of every kind to threads: what a file is, is told by its first lines."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from codexwire.errors import TranscriptError
from codexwire.model.message import parse_object
from codexwire.sessions.exec_events import read_exec
from codexwire.sessions.lines import Json, Notes
from codexwire.sessions.model import UNKNOWN, File, Thread
from codexwire.sessions.recording import read_recording
from codexwire.sessions.rollouts import read_rollout
from codexwire.sessions.values import of_type, text_of
from codexwire.transcript.formats.format import Sample
from codexwire.transcript.source import STDIN, Source

__all__ = ["Loaded", "Sight", "load", "look_at"]

_ROLLOUT_MEMBERS = frozenset({"timestamp", "type", "payload"})
_EXEC_PREFIXES = ("thread.", "turn.", "item.")


class Sight(NamedTuple):
    """What the first lines of a file tell: its kind, and the `session_meta` of a rollout.

    `ordinal` is the place of a rollout's first line in the history of its thread.
    """

    path: str
    source: str
    meta: Json
    thread_id: str
    ordinal: int = 0


class Loaded(NamedTuple):
    """What is in a file: what was understood of it, and its threads."""

    file: File
    threads: tuple[Thread, ...]


def look_at(path: str) -> Sight:
    """Return what the first lines of a file tell; nothing of one that cannot be opened, or only once."""
    if path != STDIN:
        try:
            with Source(path) as source:
                return _sight(path, source)
        except TranscriptError:
            pass  # loading it says so
    return Sight(path, UNKNOWN, {}, "")


def _sight(path: str, source: Source) -> Sight:
    first = next((v for line in Sample(source).lines if (v := parse_object(line))), {})
    if first.keys() >= _ROLLOUT_MEMBERS:
        payload = first["payload"]
        meta = payload if first["type"] == "session_meta" and isinstance(payload, dict) else {}
        ordinal = of_type(first.get("ordinal"), int) or 0
        return Sight(path, "rollout", meta, text_of(meta, "id"), ordinal)
    if text_of(first, "type").startswith(_EXEC_PREFIXES):
        return Sight(path, "exec", {}, text_of(first, "thread_id"))
    return Sight(path, "recording", {}, "")


_READERS: dict[str, Callable[[Source, Notes], tuple[Thread, ...]]] = {
    "rollout": read_rollout,
    "exec": read_exec,
    "recording": read_recording,
}


def load(sight: Sight) -> Loaded:
    """Return what is in a file; one that cannot be read has a note that says why."""
    notes, kind = Notes(sight.path), UNKNOWN
    found: tuple[Thread, ...] = ()
    try:
        with Source(sight.path) as source:
            kind = _sight(sight.path, source).source
            found = _READERS[kind](source, notes)
    except TranscriptError as error:
        notes.add("not-understood", error.message, 1)
        kind = UNKNOWN
    turns = [turn for thread in found for turn in thread.turns]
    if not turns and kind != UNKNOWN:
        notes.add("no-turns", f"no turn was found in {notes.lines} lines", 1)
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
