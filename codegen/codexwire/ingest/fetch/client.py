"""The interface of a package client (npm, pip): what it is asked, and how it says that it has nothing."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from codexwire.errors import IngestError
from codexwire.ingest.fetch.process import Finished, Limits, Watch, run

__all__ = ["LIMITS", "AbsentError", "Package", "ask", "sha256_of"]

LIMITS = Limits(seconds=1800, size=2 << 30)
"""The limits of one download; the largest package so far has 140 MB."""


class AbsentError(IngestError):
    """This registry has no such release, or this machine has no client for it."""


@dataclass(frozen=True, slots=True)
class Package:
    """A downloaded package.

    `spec` is what was asked for, `integrity` the hash of the archive as its registry states such
    (`sha512-…` in base64 for npm, `sha256:…` in hex for PyPI), `member` matches the binary's name.
    """

    spec: str
    archive: Path
    integrity: str
    member: re.Pattern[str]


def ask(
    command: Sequence[str],
    *,
    writes: Path,
    watch: Watch | None = None,
    environment: dict[str, str] | None = None,
) -> Finished:
    """Run a package client as the user would: own configuration, own folder, temporary files in ours."""
    own = dict.fromkeys(("TMPDIR", "TMP", "TEMP"), str(writes))
    return run(
        command,
        name=Path(command[0]).stem if "-m" not in command else command[command.index("-m") + 1],
        writes=writes,
        limits=LIMITS,
        environment={**os.environ, **own, **(environment or {})},
        watch=watch,
    )


def sha256_of(path: Path) -> str:
    """Return the SHA-256 hex digest of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
