"""Options of commands that launch a server of their own: which binary, home and model, and approvals."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, TypeAlias

import typer

from codexwire.cli.command import choice
from codexwire.errors import UsageError
from codexwire.runtime.client.handlers import Decision
from codexwire.usecases.launched import Launch

__all__ = ["Approve", "Codex", "Cwd", "Home", "Settings", "Stub", "Trace", "decision", "launch"]

_DECISIONS: Mapping[str, Decision] = {"accept": "accept", "decline": "decline"}

Codex: TypeAlias = Annotated[Path | None, typer.Option(help="The codex binary.")]
Home: TypeAlias = Annotated[
    Path | None,
    typer.Option(help="The home (default: $CODEX_HOME, or with --stub a temporary folder)."),
]
Stub: TypeAlias = Annotated[
    str | None,
    typer.Option(metavar="TEXT|SCRIPT.toml", help="Serve the model on loopback: no account."),
]
Cwd: TypeAlias = Annotated[Path | None, typer.Option(help="The project folder.")]
Settings: TypeAlias = Annotated[
    list[str] | None, typer.Option("--config", "-c", help="KEY=VALUE for config.toml.")
]
Approve: TypeAlias = Annotated[str, choice(*_DECISIONS, help="What to do with what asks first.")]
Trace: TypeAlias = Annotated[
    bool, typer.Option("--trace", help="Print every message to standard error.")
]


def launch(
    codex: Path | None,
    home: Path | None,
    stub: str | None,
    cwd: Path | None,
    settings: list[str] | None,
) -> Launch:
    """Return what the options ask for; UsageError for a setting that is no `KEY=VALUE`."""
    return Launch(codex, home, stub, cwd, dict(map(_setting, settings or ())))


def decision(approve: str) -> Decision:
    """Return what to answer to the server's questions; UsageError for another word."""
    if approve not in _DECISIONS:
        raise UsageError(f"no decision {approve!r}", hint="accept or decline")
    return _DECISIONS[approve]


def _setting(text: str) -> tuple[str, Any]:
    """Return name and value of `KEY=VALUE`; a value that is no TOML is a plain string."""
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise UsageError(f"not a setting: {text!r}", hint="a setting reads like KEY=VALUE")
    try:
        return name, tomllib.loads(f"value = {value}")["value"]
    except ValueError:  # also for an integer of thousands of digits
        return name, value
