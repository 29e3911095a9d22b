"""The text of an `apply_patch` call: which files it changes, and how."""

from __future__ import annotations

import re
from collections.abc import Iterator

from codexwire.sessions.model import ChangedFile

__all__ = ["BEGIN", "patched_files"]

BEGIN = "*** Begin Patch"
_FILE = re.compile(r"\*\*\* (Add|Delete|Update) File: (.*)")
_MOVE = "*** Move to: "
_END = ("*** End Patch", "*** End of File")


def patched_files(patch: str, cwd: str | None) -> tuple[ChangedFile, ...]:
    """Return the files that a patch changes; their paths from `cwd` where that is known."""
    _, _, body = patch.partition(BEGIN)
    return tuple(_files(body.splitlines(), cwd))


def _files(lines: list[str], cwd: str | None) -> Iterator[ChangedFile]:
    starts = [(at, found) for at, line in enumerate(lines) if (found := _FILE.match(line))]
    ends = [*(at for at, _ in starts[1:]), len(lines)]
    for (at, found), end in zip(starts, ends, strict=False):  # without a file one end is too many
        body = [line for line in lines[at + 1 : end] if not line.startswith(_END)]
        moved = body[0][len(_MOVE) :].strip() if body and body[0].startswith(_MOVE) else None
        hunk = body[1:] if moved else body
        change = found[1].lower()
        diff = _added(hunk) if change == "add" else "\n".join(hunk) if change == "update" else None
        yield ChangedFile(_whole(found[2].strip(), cwd), change, moved and _whole(moved, cwd), diff)


def _added(lines: list[str]) -> str:
    return "".join(f"{line[1:]}\n" for line in lines if line.startswith("+"))


def _whole(path: str, cwd: str | None) -> str:
    is_whole = path.startswith("/") or path[1:3] in (":\\", ":/")
    if cwd is None or is_whole:
        return path
    between = "\\" if "\\" in cwd else "/"
    return f"{cwd.rstrip(between)}{between}{path.removeprefix('./')}"
