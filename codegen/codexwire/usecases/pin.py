"""Which release a project is pinned to, and how its pyproject.toml reads with another one."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

import tomlkit

from codexwire.config import Config
from codexwire.errors import UsageError
from codexwire.ingest import DEFAULT_VERSION
from codexwire.usecases.generate_request import GenerateRequest
from codexwire.version import Version

__all__ = ["Pin", "pinned_version", "repinned"]

LOCK_NAME = "codexwire.lock"


@dataclass(frozen=True, slots=True)
class Pin:
    """A pyproject.toml and what it should hold."""

    path: Path
    content: bytes


def pinned_version(config: Config, request: GenerateRequest) -> Version | None:
    """Return the release that [tool.codexwire] names, else the locked one; None where neither does.

    Raises UsageError when the project names a path.
    """
    text = config.schema or _locked(request)
    if text is None:
        return None
    try:
        return Version.parse(text)
    except ValueError:
        raise UsageError(
            f"the project's schema is {text!r}, which is no version",
            hint=f'set schema = "{DEFAULT_VERSION}" in [tool.codexwire], '
            "or generate from the path yourself",
        ) from None


def _locked(request: GenerateRequest) -> str | None:
    path = request.lock_folder / LOCK_NAME
    if not path.is_file():
        return None
    try:
        version = tomllib.loads(path.read_text("utf-8"))["package"][request.package]["version"]
    except (ValueError, KeyError, TypeError):
        return None
    return str(version)


def repinned(config: Config, version: Version) -> Pin | None:
    """Return pyproject.toml with another release in [tool.codexwire]; None for no project.

    Everything else stays as it is written.
    """
    if config.root is None:
        return None
    path = config.root / "pyproject.toml"
    text = path.read_bytes().decode()
    newline = "\r\n" if "\r\n" in text else "\n"
    document = tomlkit.parse(text.replace(newline, "\n"))
    document["tool"]["codexwire"]["schema"] = str(version)
    return Pin(path, tomlkit.dumps(document).replace("\n", newline).encode())
