"""What every command's Typer has in common: plain help, no options of its own about the shell."""

from __future__ import annotations

import typer

__all__ = ["new_app"]


def new_app(help: str | None = None) -> typer.Typer:
    """Return a Typer for one command or, with a `help` text, for a group of commands."""
    return typer.Typer(
        help=help,
        no_args_is_help=help is not None,
        add_completion=False,
        rich_markup_mode=None,
    )
