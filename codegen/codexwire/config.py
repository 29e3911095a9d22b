"""`[tool.codexwire]` of the nearest pyproject.toml."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, fields
from pathlib import Path

from codexwire.errors import UsageError
from codexwire.location import Location

__all__ = ["Config", "load_config"]


@dataclass(frozen=True, slots=True)
class Config:
    """The settings of a project; `root` is the folder of its pyproject.toml, None without one."""

    root: Path | None = None
    schema: str | None = None
    channel: str | None = None
    out: str | None = None
    package: str | None = None
    style: str | None = None


_KEYS = tuple(f.name for f in fields(Config) if f.name != "root")


def load_config(start: Path) -> Config:
    """Return the settings for a folder: of the nearest pyproject.toml with a [tool.codexwire] table.

    Raises UsageError for a file that is no TOML, an unknown key, or a value that is no string.
    """
    for folder in (start, *start.parents):
        path = folder / "pyproject.toml"
        if not path.is_file():
            continue
        where = Location(str(path))
        try:
            table = tomllib.loads(path.read_text("utf-8")).get("tool", {}).get("codexwire")
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise UsageError(f"not TOML: {error}", location=where) from None
        if table is None:
            continue
        for key, value in table.items():
            if key not in _KEYS:
                raise UsageError(
                    f"unknown key {key!r} in [tool.codexwire]",
                    location=where,
                    hint=f"known: {', '.join(_KEYS)}",
                )
            if not isinstance(value, str):
                raise UsageError(f"[tool.codexwire] {key} must be a string", location=where)
        return Config(root=folder, **table)
    return Config()
