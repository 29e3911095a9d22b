"""What users called their threads: codex keeps it in a file beside its folders of sessions."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from msgspec.structs import replace

from codexwire.errors import TranscriptError
from codexwire.model.message import parse_object
from codexwire.sessions.model import Thread
from codexwire.sessions.values import text_of
from codexwire.transcript.source import OpenRecording

__all__ = ["FOLDERS", "INDEX", "ThreadNames"]

FOLDERS = ("sessions", "archived_sessions")
"""The folders in codex's home that hold sessions."""

INDEX = "session_index.jsonl"


class ThreadNames:
    """The names of threads by the indexes beside their files, each of which is read once."""

    def __init__(self) -> None:
        self._indexes: dict[Path, Mapping[str, str]] = {}

    def named(self, thread: Thread) -> Thread:
        """Return the thread with the name that it was given last; as it is where no index has it."""
        index = _index_of(thread.place.file)
        if index is None:
            return thread
        if index not in self._indexes:
            self._indexes[index] = _read(index)
        name = self._indexes[index].get(thread.id)
        return replace(thread, name=name) if name else thread


def _index_of(file: str) -> Path | None:
    folder = next((p for p in Path(file).absolute().parents if p.name in FOLDERS), None)
    return folder.with_name(INDEX) if folder else None


def _read(index: Path) -> Mapping[str, str]:
    """Return id → name; a thread that was renamed has several lines, of which the last one counts."""
    try:
        with OpenRecording(str(index)) as source:
            lines = [parse_object(line) or {} for _, line in source.lines()]
    except TranscriptError:
        return {}
    return {text_of(line, "id"): text_of(line, "thread_name") for line in lines}
