"""The project of the working directory: its rules, and what its reports say of holes in a schema."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Annotated, TypeAlias

import typer

from codexwire.config import load_config
from codexwire.ir.hole import Hole, HoleKind
from codexwire.ir.model import Protocol
from codexwire.model.normalization import BUILT_IN
from codexwire.normalize import Normalized, ProjectRules, project_rules
from codexwire.normalize.project import NONE

__all__ = [
    "NoProjectRules",
    "rules_here",
    "tell_project_rules",
    "warn_of_holes",
    "warn_of_stale_rules",
]

NoProjectRules: TypeAlias = Annotated[
    bool,
    typer.Option(
        "--no-project-rules",
        help="Leave out the rules of pyproject.toml and of installed packages.",
    ),
]
"""The option that every command has which normalizes a schema."""

_MOST_NAMED = 8
_KNOWN: dict[str, ProjectRules] = {}


def rules_here(*, left_out: bool = False) -> ProjectRules:
    """Return the rules of the project of the working directory and of installed packages.

    None of them when they are to be left out; the same object for the same configuration. Raises
    UsageError for a wrong configuration.
    """
    if left_out:
        return NONE
    config = load_config(Path.cwd())
    rows = [rule.value for rule in config.rules]
    key = repr((config.root, sorted(config.responses.items()), rows))
    if key not in _KNOWN:
        _KNOWN[key] = project_rules(config)
    return _KNOWN[key]


def warn_of_holes(protocol: Protocol, holes: Iterable[Hole] | None = None) -> None:
    """Say on standard error what is not known about a protocol: its own holes, or those given."""
    name = f"{protocol.name} {protocol.version}" if protocol.version else "the schema"
    for text in _warnings(protocol.holes if holes is None else tuple(holes)):
        typer.echo(f"codexwire: warning: {name}: {text}", err=True)


def tell_project_rules(applied: Mapping[str, tuple[str, ...]]) -> None:
    """Say on standard error which schemas were read with which rules that are not codexwire's own."""
    for name, rules in applied.items():
        typer.echo(f"codexwire: note: {name} is read with {_listed(list(rules))}", err=True)


def warn_of_stale_rules(normalized: Normalized) -> None:
    """Say on standard error which rules of the project do nothing: a name may be misspelled."""
    for stale in normalized.stale:
        if stale.rule.origin != BUILT_IN:
            typer.echo(f"codexwire: warning: {stale.rule.id} {stale.reason}", err=True)


def _warnings(holes: tuple[Hole, ...]) -> Iterator[str]:
    unknown = [hole.name for hole in holes if hole.kind is HoleKind.RESULT]
    if unknown:
        one = len(unknown) == 1
        lines = [
            f"the response type of {', '.join(unknown)} is not known; any JSON is accepted there."
            f" {'It' if one else 'Each'} can be stated in pyproject.toml:",
            "    [tool.codexwire.responses]",
            *(f'    "{name}" = "v2/TYPE"' for name in unknown),
        ]
        yield "\n".join(lines)
    others = [f"{hole.place}: {hole.text}" for hole in holes if hole.kind is not HoleKind.RESULT]
    if others:
        yield _listed(others, "; ")


def _listed(names: list[str], between: str = ", ") -> str:
    more = f" and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else ""
    return between.join(names[:_MOST_NAMED]) + more
