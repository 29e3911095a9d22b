"""`[tool.codexwire]` of the nearest pyproject.toml."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Any

from msgspec import Struct, field

from codexwire.toml import TomlValue, read_toml

__all__ = ["Config", "Grade", "load_config"]


class Grade(StrEnum):
    """What a project says of the breaks of a diff rule."""

    BREAKING = "breaking"
    MINOR = "minor"
    INFO = "info"


class _Package(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The settings of one package as they are written."""

    schema: str | None = None
    channel: str | None = None
    out: str | None = None
    package: str | None = None
    style: str | None = None
    layout: str | None = None
    lang: str | None = None
    companion: str | None = None


_OWN = ("schema", "package", "companion")
"""What a further package does not take over from the table."""


class Config(_Package, frozen=True):
    """The settings of a project; `root` is the folder of its pyproject.toml, None without one.

    They are those of its package; `more` has the settings of further ones, each complete. `responses`
    maps requests to the full names of their response types, `rules` are tables of normalization rules:
    see `codexwire.normalize.project`. `levels` has the level of diff rules that are to have another one.
    """

    root: Path | None = None
    more: tuple[Config, ...] = ()
    responses: Mapping[str, str] = field(default_factory=dict)
    rules: tuple[TomlValue, ...] = ()
    levels: Mapping[str, TomlValue] = field(default_factory=dict)

    @property
    def packages(self) -> tuple[Config, ...]:
        """The settings of every package, the first one first."""
        return (self, *self.more)


class _Further(_Package, frozen=True):
    """An entry of [[tool.codexwire.packages]]."""

    schema: str


class _Diff(Struct, frozen=True, forbid_unknown_fields=True):
    """[tool.codexwire.diff] as it is written."""

    levels: dict[str, Any] = {}


class _Project(_Package, frozen=True):
    """[tool.codexwire] as it is written."""

    packages: tuple[_Further, ...] = ()
    responses: dict[str, Any] = {}
    rules: tuple[dict[str, Any], ...] = ()
    diff: _Diff = _Diff()


def load_config(start: Path) -> Config:
    """Return the settings for a folder: of the nearest pyproject.toml with a [tool.codexwire] table.

    An entry of [[tool.codexwire.packages]] is a further package, whose schema it must name; what else
    it does not say is as in the table, `companion` aside. [tool.codexwire.responses],
    [[tool.codexwire.rules]] and [tool.codexwire.diff] are for all packages. Raises UsageError with file
    and line for a file that is no TOML, an unknown key, or a value of another type.
    """
    for folder in (start, *start.parents):
        path = folder / "pyproject.toml"
        if not path.is_file():
            continue
        table = read_toml(path, "configuration").at("tool", "codexwire")
        if table.value is not None:
            return _config(folder, table)
    return Config()


def _config(folder: Path, table: TomlValue) -> Config:
    project = table.read(_Project)
    levels = dict(table.entries("diff", "levels"))
    for level in levels.values():
        level.read(Grade)
    responses = {method: name.read(str) for method, name in table.entries("responses")}
    shared: dict[str, Any] = {
        "root": folder,
        "responses": responses,
        "rules": tuple(table.items("rules")),
        "levels": levels,
    }
    own = _said(project)
    common = {key: value for key, value in own.items() if key not in _OWN}
    more = tuple(Config(**shared, **{**common, **_said(entry)}) for entry in project.packages)
    return Config(**shared, **own, more=more)


def _said(package: _Package) -> dict[str, Any]:
    """Return the settings that were written."""
    said = {key: getattr(package, key) for key in _Package.__struct_fields__}
    return {key: value for key, value in said.items() if value is not None}
