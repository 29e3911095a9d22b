"""`[tool.codexwire]` of the nearest pyproject.toml."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from codexwire.errors import UsageError
from codexwire.location import Location

__all__ = ["Config", "load_config"]


@dataclass(frozen=True, slots=True)
class Config:
    """The settings of a project; `root` is the folder of its pyproject.toml, None without one.

    They are those of its package; `more` has the settings of further ones, each complete. `responses`
    maps requests to the full names of their response types, `rules` are tables of normalization rules:
    see `codexwire.normalize.project`.
    """

    root: Path | None = None
    schema: str | None = None
    channel: str | None = None
    out: str | None = None
    package: str | None = None
    style: str | None = None
    more: tuple[Config, ...] = ()
    responses: Mapping[str, str] = field(default_factory=dict)
    rules: tuple[Mapping[str, Any], ...] = ()

    @property
    def packages(self) -> tuple[Config, ...]:
        """The settings of every package, the first one first."""
        return (self, *self.more)


_TABLE = "tool.codexwire"
_MORE, _RESPONSES, _RULES = "packages", "responses", "rules"
_TABLES = (_MORE, _RESPONSES, _RULES)
_KEYS = tuple(f.name for f in fields(Config) if f.name not in ("root", "more", *_TABLES))


def load_config(start: Path) -> Config:
    """Return the settings for a folder: of the nearest pyproject.toml with a [tool.codexwire] table.

    An entry of [[tool.codexwire.packages]] is a further package, whose schema it must name; what else
    it does not say is as in the table. [tool.codexwire.responses] and [[tool.codexwire.rules]] are for
    all packages. Raises UsageError for a file that is no TOML, an unknown key,
    or a value that is no string.
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
        return _config(folder, table, where)
    return Config()


def _config(folder: Path, table: dict[str, Any], where: Location) -> Config:
    entries = _tables(table.pop(_MORE, []), _MORE, where)
    rules = _tables(table.pop(_RULES, []), _RULES, where)
    responses = table.pop(_RESPONSES, {})
    if not isinstance(responses, dict):
        raise UsageError(f"[{_TABLE}] {_RESPONSES} must be a table", location=where)
    _check(responses, f"[{_TABLE}.{_RESPONSES}]", tuple(responses), where)
    _check(table, f"[{_TABLE}]", (*_KEYS, *_TABLES), where)
    for entry in entries:
        _check(entry, f"[[{_TABLE}.{_MORE}]]", _KEYS, where)
        if "schema" not in entry:
            raise UsageError(f"an entry of [[{_TABLE}.{_MORE}]] has no schema", location=where)
    known: dict[str, Any] = {"root": folder, "responses": responses, "rules": tuple(rules)}
    shared = {key: value for key, value in table.items() if key not in ("schema", "package")}
    more = tuple(Config(**known, **{**shared, **entry}) for entry in entries)
    return Config(**known, more=more, **table)


def _tables(value: Any, name: str, where: Location) -> list[dict[str, Any]]:
    if not isinstance(value, list) or not all(isinstance(entry, dict) for entry in value):
        raise UsageError(
            f"[{_TABLE}] {name} must be tables",
            location=where,
            hint=f"each is headed [[{_TABLE}.{name}]]",
        )
    return value


def _check(table: dict[str, Any], name: str, known: tuple[str, ...], where: Location) -> None:
    for key, value in table.items():
        if key not in known:
            raise UsageError(
                f"unknown key {key!r} in {name}",
                location=where,
                hint=f"known: {', '.join(known)}",
            )
        if not isinstance(value, str):
            raise UsageError(f"{name} {key} must be a string", location=where)
