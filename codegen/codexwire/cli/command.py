"""What every command has in common: plain help, the project that it heeds, and standard error."""

from __future__ import annotations

import math
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeAlias

import typer

from codexwire.report.words import printable

if TYPE_CHECKING:  # what notices are made of takes its time to import
    from codexwire.usecases.notices import Notice

__all__ = [
    "AllowRemote",
    "Links",
    "NoProjectRules",
    "Recorded",
    "Sessions",
    "choice",
    "complain",
    "examples",
    "new_app",
    "number",
    "project_here",
    "tell",
]

NoProjectRules: TypeAlias = Annotated[
    bool,
    typer.Option(
        "--no-project-rules",
        help="Leave out the rules of pyproject.toml and of installed packages.",
    ),
]
"""The option that every command has which normalizes a schema."""

Recorded: TypeAlias = Annotated[
    list[str] | None,
    typer.Argument(metavar="PATH", help="Files, folders, globs, or - for standard input."),
]
"""What every command takes that reads recordings and saved sessions."""

Sessions: TypeAlias = Annotated[
    bool,
    typer.Option("--sessions", help="The saved sessions in $CODEX_HOME or ~/.codex, too."),
]
"""The option of such a command."""


Links: TypeAlias = Annotated[
    bool, typer.Option("--links", help="With text: the address of each finding's page, at the end.")
]
"""The option of every command that reports findings as text."""

AllowRemote: TypeAlias = Annotated[
    bool, typer.Option("--allow-remote", help="Listen beyond loopback: other machines may connect.")
]
"""The option that every command has which listens."""


def choice(*values: str, help: str = "", name: str = "") -> Any:
    """Return an option whose values the help lists and a shell completes; who reads it checks them.

    Typer's own choices answer a wrong value with four lines; ours is one, with what may have been meant.
    The option is called like its parameter unless it has another `name`.
    """
    return typer.Option(
        *([name] if name else ()),
        help=help or None,
        metavar=f"<{'|'.join(values)}>",
        autocompletion=lambda incomplete: [v for v in values if v.startswith(incomplete)],
    )


def number(*, help: str, least: float = 0, most: float | None = None) -> Any:
    """Return an option for a number within limits; what float() also takes, as nan, is none."""
    return typer.Option(help=help, min=least, max=most, callback=_finite)


def _finite(value: float | None) -> float | None:
    if value is not None and not math.isfinite(value):
        raise typer.BadParameter(f"{value} is not a finite number.")
    return value


def examples(*lines: str) -> str:
    """Return what a help text ends with: commands to copy, each on a line as it is."""
    return "\n".join(("\b", "Examples:", *(f"  {line}" for line in lines)))


def new_app(help: str | None = None, *lines: str) -> typer.Typer:
    """Return a Typer for one command or, with a `help` text and examples, for a group of commands."""
    return typer.Typer(
        help=help,
        epilog=examples(*lines) if lines else None,
        no_args_is_help=help is not None,
        add_completion=False,
        rich_markup_mode=None,
    )


def project_here(no_project_rules: bool = False) -> Path | None:
    """Return the working directory, whose project's rules apply; None when they are left out."""
    return None if no_project_rules else Path.cwd()


def complain(text: str) -> None:
    """Print a line to standard error."""
    typer.echo(f"codexwire: {text}", err=True)


def tell(notices: Iterable[Notice]) -> None:
    """Print notices to standard error."""
    for notice in notices:
        text = "\n".join(map(printable, notice.text.split("\n")))
        complain(f"{notice.level}: {text}")
