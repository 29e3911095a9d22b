"""The recordings that the arguments of `validate` name: files, folders, globs, `-`."""

from __future__ import annotations

from collections.abc import Iterable
from glob import glob, has_magic
from pathlib import Path

from codexwire.errors import UsageError
from codexwire.transcript.formats.foreign import refuse_folder
from codexwire.transcript.source import STDIN

__all__ = ["SUFFIXES", "recordings"]

SUFFIXES = (".jsonl", ".ndjson", ".har", ".trace")
"""What files in a folder end with when they are taken for recordings, before `.gz` or `.zst`."""

_PACKED = (".gz", ".zst")


def recordings(arguments: Iterable[str]) -> tuple[str, ...]:
    """Return the paths, each once, in the order of the arguments and sorted within each.

    Raises UsageError for an argument that names nothing, and TranscriptError for a folder that is
    known to hold something else.
    """
    found: dict[str, None] = {}
    for argument in arguments:
        if argument == STDIN or Path(argument).is_file():
            found[argument] = None
        elif Path(argument).is_dir():
            found.update(dict.fromkeys(_in_folder(Path(argument))))
        else:
            found.update(dict.fromkeys(_matching(argument)))
    return tuple(found)


def _in_folder(folder: Path) -> list[str]:
    refuse_folder(folder)
    names = [p.as_posix() for p in sorted(folder.rglob("*")) if p.is_file() and _is_recording(p)]
    if not names:
        raise UsageError(
            f"no recordings in the folder {folder.as_posix()!r}",
            hint=f"they end in {', '.join(SUFFIXES)}, with or without {' or '.join(_PACKED)}",
        )
    return names


def _is_recording(path: Path) -> bool:
    name = path.name.lower()
    for packed in _PACKED:
        name = name.removesuffix(packed)
    return name.endswith(SUFFIXES)


def _matching(pattern: str) -> list[str]:
    # Path.glob takes no absolute pattern.
    names = sorted(p for p in glob(pattern, recursive=True) if Path(p).is_file())  # noqa: PTH207
    if names or not has_magic(pattern):
        return names or [pattern]
    raise UsageError(f"no file matches {pattern!r}", hint="quote the pattern, or name a folder")
