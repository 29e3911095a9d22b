"""The types of a folder that `codex app-server generate-ts` wrote, and how a package imports them."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path

from codexwire.errors import UsageError

__all__ = ["exported_types"]

_EXPORT = re.compile(
    r"^export (?:declare )?(?:type|interface) ([A-Za-z_$][\w$]*)\s*[={]", re.MULTILINE
)


def exported_types(folder: Path, package: Path) -> Mapping[str, str]:
    """Return type → module: `v2/Thread` → what a file in the folder of a package imports it from.

    Types with parameters are left out, and those of the package itself. Raises UsageError for a folder that
    has no types, or that no relative path leads to.
    """
    try:
        start = Path(os.path.relpath(folder, package)).as_posix()
    except ValueError:  # another drive
        raise UsageError(f"no relative path leads from {package} to {folder}") from None
    found = {}
    for file in sorted(folder.rglob("*.ts")):
        if not file.is_file() or package.resolve() in file.resolve().parents:
            continue
        place = file.relative_to(folder)
        module = re.sub(r"(\.d)?\.ts$", ".js", place.as_posix())
        for name in _EXPORT.findall(file.read_text("utf-8", errors="replace")):
            found[(place.parent / name).as_posix()] = f"{start}/{module}"
    if not found:
        raise UsageError(
            f"{folder} has no TypeScript types",
            hint="name the folder that codex's generate-ts wrote",
        )
    return found
