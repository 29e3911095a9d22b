"""The names of emitted files: each stays in its folder, and is one file on every system."""

from __future__ import annotations

import re
from collections.abc import Mapping
from unicodedata import normalize

from codexwire.errors import EmitError

__all__ = ["check_files"]

_UNUSABLE = re.compile(r'[\x00-\x1f\x7f<>:"|?*\\]|[. ]$')
_DEVICE = re.compile(
    r"(?:con|prn|aux|nul|con(?:in|out)\$|(?:com|lpt)[1-9¹²³]) *(?:\.|$)", re.IGNORECASE
)


def check_files(files: Mapping[str, bytes], *, taken: str) -> None:
    """Raise EmitError for a path that no file may have, for two that are one file, and for other content.

    A path is relative, with `/` between its parts; `taken` is the name of a file that is not the
    emitter's to write.
    """
    known = {_folded(taken): taken}
    for path, content in files.items():
        if not isinstance(path, str) or not isinstance(content, bytes):
            kinds = f"{type(path).__name__} and {type(content).__name__}"
            raise EmitError(f"a path is str and a content bytes, not {kinds}: {path!r:.200}")
        if problem := _problem(path):
            raise EmitError(f"the path {path!r} {problem}")
        if (other := known.setdefault(_folded(path), path)) == taken:
            raise EmitError(f"{path!r} is codexwire's own file")
        if other != path:
            raise EmitError(
                f"the paths {other!r} and {path!r} are one file where case does not count"
            )
    for path in files:
        for end in (index for index, letter in enumerate(path) if letter == "/"):
            if (file := known.get(_folded(path[:end]))) is not None:
                raise EmitError(f"{file!r} is a file, and a folder in {path!r}")


def _problem(path: str) -> str:
    """Return what is wrong with a path; an empty text if nothing is."""
    parts = path.split("/")
    if path.startswith("/") or ".." in parts or re.match("[A-Za-z]:", path) or "\\" in path:
        return "leaves the folder of the package"
    if {"", "."} & {*parts}:
        return "has an empty part"
    if any(_UNUSABLE.search(part) or _DEVICE.match(part) for part in parts):
        return "is no file name on some system"
    return ""


def _folded(path: str) -> str:
    return normalize("NFC", normalize("NFC", path).casefold())
