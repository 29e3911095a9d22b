"""The recordings that the arguments of `validate` name: files, folders, globs, `-`."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from glob import glob, has_magic
from pathlib import Path

from codexwire.errors import TranscriptError, UsageError
from codexwire.sessions.names import FOLDERS
from codexwire.transcript.entry import Entry
from codexwire.transcript.formats.foreign import NAMES, refuse_folder
from codexwire.transcript.formats.table import FORMATS, detect
from codexwire.transcript.source import STDIN, OpenRecording

__all__ = ["Recordings", "has_name_of_recording", "named_recordings", "recordings"]

SUFFIXES = (".jsonl", ".ndjson", *(suffix for format in FORMATS for suffix in format.suffixes))
"""What files in a folder end with when they are taken for recordings, before `.gz` or `.zst`."""

_LOOKED_INTO = (".log", ".json", ".txt")
"""What files in a folder end with that may be recordings: their content says so."""

_PACKED = (".gz", ".zst")


@dataclass(frozen=True, slots=True)
class Recordings:
    """The recordings that were named, and the files in folders that were taken for none."""

    paths: tuple[str, ...]
    skipped: tuple[str, ...] = ()


def recordings(arguments: Iterable[str]) -> Recordings:
    """Return the paths, each once, in the order of the arguments and sorted within each.

    A file or glob that was named is a recording whatever it holds; in a folder, files are told by
    their names, and those of names that say little by their content: a JSON document is one if a message
    is in it.

    Raises UsageError for an argument that names nothing, and TranscriptError for a folder that is
    known to hold something else.
    """
    found: dict[str, bool] = {}
    for argument in arguments:
        if not argument:
            raise UsageError("an empty path names no recording", hint="is a variable not set?")
        if argument == STDIN or Path(argument).is_file():
            found[argument] = True
        elif Path(argument).is_dir():
            for path, taken in _in_folder(Path(argument)).items():
                found[path] = taken or found.get(path, False)
        else:
            found |= dict.fromkeys(_matching(argument), True)
    return Recordings(
        tuple(path for path, taken in found.items() if taken),
        tuple(path for path, taken in found.items() if not taken),
    )


def named_recordings(paths: Iterable[str], *, sessions: bool) -> list[str]:
    """Return what a command line names: paths and, with `sessions`, the folders of saved sessions.

    UsageError when that is nothing, or there is no session.
    """
    found = [*paths, *(_session_folders() if sessions else ())]
    if not found:
        raise UsageError("name what to read", hint="files, folders, globs, -, or --sessions")
    return found


def _session_folders() -> tuple[str, ...]:
    """Return the folders in which codex keeps sessions, below `$CODEX_HOME` or `~/.codex`.

    Nothing is ever written there.
    """
    home = Path(os.environ.get("CODEX_HOME") or Path.home() / ".codex")
    folders = (home / name for name in FOLDERS)
    found = tuple(str(f) for f in folders if f.is_dir() and any(map(_is_recording, f.rglob("*"))))
    if not found:
        raise UsageError(
            f"no saved sessions in {home.as_posix()!r}",
            hint="CODEX_HOME names another home of codex",
        )
    return found


def _in_folder(folder: Path) -> dict[str, bool]:
    """Return every file of a folder, and whether it is a recording."""
    refuse_folder(folder)
    files = {p.as_posix(): _is_recording(p) for p in sorted(folder.rglob("*")) if p.is_file()}
    if not any(files.values()):
        raise UsageError(
            f"no recordings in the folder {folder.as_posix()!r}",
            hint=f"they end in {', '.join(SUFFIXES)}, with or without {' or '.join(_PACKED)}",
        )
    return files


def has_name_of_recording(name: str) -> bool:
    """Whether a file of this name is a recording, whatever it holds."""
    return name.lower() not in NAMES and _unpacked(name).endswith(SUFFIXES)


def _unpacked(name: str) -> str:
    name = name.lower()
    for packed in _PACKED:
        name = name.removesuffix(packed)
    return name


def _is_recording(path: Path) -> bool:
    if path.name.lower() in NAMES or not _unpacked(path.name).endswith(_LOOKED_INTO):
        return has_name_of_recording(path.name)
    try:
        with OpenRecording(str(path)) as source:
            format = detect(source)
            return not format.is_document or any(isinstance(i, Entry) for i in format.read(source))
    except TranscriptError:
        return False


def _matching(pattern: str) -> list[str]:
    # Path.glob takes no absolute pattern.
    names = sorted(p for p in glob(pattern, recursive=True) if Path(p).is_file())  # noqa: PTH207
    if names or not has_magic(pattern):
        return names or [pattern]
    raise UsageError(f"no file matches {pattern!r}", hint="quote the pattern, or name a folder")
