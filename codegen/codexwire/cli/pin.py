"""Which release a project is pinned to, and how its pyproject.toml reads with another one."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path

from codexwire.cli.generate_request import Request
from codexwire.config import Config
from codexwire.errors import UsageError
from codexwire.ingest import DEFAULT_VERSION
from codexwire.location import Location
from codexwire.version import Version

__all__ = ["Pin", "pinned_version", "repinned"]

LOCK_NAME = "codexwire.lock"
_TABLE = re.compile(
    r"^\[tool\.codexwire\][^\n]*\n(?P<body>(?:(?!\[)[^\n]*(?:\n|\Z))*?)(?=^\[|\Z)", re.M
)
_SCHEMA = re.compile(r"""^(?P<key>schema\s*=\s*)(?:"[^"\n]*"|'[^'\n]*')""", re.M)


@dataclass(frozen=True, slots=True)
class Pin:
    """A pyproject.toml and what it should hold."""

    path: Path
    content: bytes


def pinned_version(config: Config, request: Request) -> Version:
    """Return the release that [tool.codexwire] names, else the locked one, else the default.

    Raises UsageError when the project names a path.
    """
    text = config.schema or _locked(request) or str(DEFAULT_VERSION)
    try:
        return Version.parse(text)
    except ValueError:
        raise UsageError(
            f"the project's schema is {text!r}, which is no version",
            hint=f'set schema = "{DEFAULT_VERSION}" in [tool.codexwire], '
            "or generate from the path yourself",
        ) from None


def _locked(request: Request) -> str | None:
    path = request.lock_folder / LOCK_NAME
    if not path.is_file():
        return None
    try:
        version = tomllib.loads(path.read_text("utf-8"))["package"][request.package]["version"]
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, KeyError, TypeError):
        return None
    return str(version)


def repinned(config: Config, version: Version) -> Pin | None:
    """Return pyproject.toml with another release in [tool.codexwire]; None for no project.

    Everything else stays as it is written. Raises UsageError when the table is written in a form that
    this cannot edit.
    """
    if config.root is None:
        return None
    path = config.root / "pyproject.toml"
    text = path.read_bytes().decode()
    found = _TABLE.search(text)
    body = found["body"] if found else ""
    line = f'schema = "{version}"'
    newline = "\r\n" if "\r\n" in text else "\n"
    new = _SCHEMA.sub(line, body, count=1) if _SCHEMA.search(body) else f"{line}{newline}{body}"
    start, end = found.span("body") if found else (0, 0)
    changed = text[:start] + new + text[end:]
    if found is None or tomllib.loads(changed)["tool"]["codexwire"].get("schema") != str(version):
        raise UsageError(
            "[tool.codexwire] is written in a form that cannot be edited",
            location=Location(str(path)),
            hint=f"write {line} there and run again",
        )
    return Pin(path, changed.encode())
