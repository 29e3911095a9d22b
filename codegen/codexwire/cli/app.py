"""The `codexwire` command: which commands there are, and how every run ends.

Exit codes: 0 fine; 1 drift, violations or breaking changes; 2 usage, unreadable input, or could not
check. Command modules are imported when their command runs, so that one command does not pay for
the imports of another, and the list of commands for none.
"""

from __future__ import annotations

import errno
import gc
import os
import sys
import warnings
from collections.abc import Callable
from importlib import import_module
from io import TextIOWrapper
from typing import Annotated, Any

import typer
from typer.completion import completion_init  # type: ignore[attr-defined] # typer has no other way
from typer.core import TyperCommand, TyperGroup

from codexwire._version import __version__
from codexwire.cli.command import examples
from codexwire.errors import CodexwireError, CodexwireWarning

__all__ = ["COMMANDS", "app", "main"]

COMMANDS = {
    "generate": "Generate the configured packages, or the one of the options.",
    "decode": "Decode recordings and saved sessions, and report drift.",
    "validate": "Check recordings and saved sessions against the schema.",
    "archive": "Judge archives of very many sessions into Parquet tables.",
    "show": "Show sessions and recordings: threads, turns, items.",
    "diff": "Compare two versions: what changed, and whom it breaks.",
    "compat": "Count what breaks a client of one release on another's server.",
    "contract": "What a client sends and reads.",
    "explore": "Write a release as pages to look at in a browser.",
    "rules": "List and explain the rules.",
    "schema": "Get, list, show and verify schemas of releases.",
    "update": "Bring the project to another release, and report what changes.",
    "turn": "Run one turn without interaction and print the answer.",
    "call": "Send one request and print its result.",
    "record": "Record a session: every byte goes on as it came.",
    "redact": "Replace secrets, account data, home folders and host names.",
    "replay": "Play one side of a recording, and check the other.",
    "mock": "Answer every request with a valid result, and play turns.",
    "probe": "Ask a server what its schema does not say.",
}
"""Command name → what its own help begins with, in the order of the help.

A command is the `app` (a Typer) of the module of its name in `codexwire.cli`.
"""


_COMPLETE = "_CODEXWIRE_COMPLETE"
"""What a shell sets to ask what can come next; `source_bash` prints what teaches it to ask."""


class LazyGroup(TyperGroup):
    """A group that imports a command's module when the command is asked for.

    `Any` stands for click's classes: newer releases of typer carry a private copy of click, and
    with them the package click itself need not be there.
    """

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002 - click's signature
        """Return the command names in table order."""
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ARG002
        """Return the command, or None when there is none of that name."""
        if cmd_name not in COMMANDS:
            return None
        command = typer.main.get_command(import_module(f"codexwire.cli.{cmd_name}").app)
        command.name = cmd_name
        return command

    def format_commands(self, ctx: Any, formatter: Any) -> None:  # noqa: ARG002
        """Write the table of the commands, as click does, without their modules."""
        room = formatter.width - 6 - max(map(len, COMMANDS))
        commands = [TyperCommand(name, help=text) for name, text in COMMANDS.items()]
        with formatter.section("Commands"):
            formatter.write_dl([(c.name, c.get_short_help_str(room)) for c in commands])


def _leave(code: int | None, **_options: object) -> None:
    """End the run with what the command returned."""
    raise typer.Exit(code or 0)


app = typer.Typer(
    name="codexwire",
    cls=LazyGroup,
    result_callback=_leave,
    help="Protocol schema and codegen toolkit for the Codex app-server.",
    epilog=examples(
        "codexwire validate session.jsonl",
        "codexwire diff 0.160.0 0.171.0",
        "codexwire schema show turn/start",
    ),
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
)


def _version(value: bool) -> None:
    if value:
        typer.echo(f"codexwire {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", help="Print the version.", callback=_version, is_eager=True)
    ] = False,
) -> None:
    """Protocol schema and codegen toolkit for the Codex app-server."""


_ALLOCATIONS = 100_000


def main() -> None:
    """Run the command line and exit with its code."""
    gc.set_threshold(_ALLOCATIONS)  # schemas are large and live to the end: few searches for cycles
    _write_any_text()
    sys.exit(run())


def _write_any_text() -> None:
    """Let output hold any character, also where the locale has not all of them (as on Windows).

    Files and pipes get UTF-8, which reports say that they are in; a terminal gets `?` for what it lacks.
    """
    out = sys.stdout
    if isinstance(out, TextIOWrapper) and out.encoding.lower().replace("-", "") != "utf8":
        if out.isatty():
            out.reconfigure(errors="replace")
        else:
            out.reconfigure(encoding="utf-8")


def run(args: list[str] | None = None) -> int:
    """Run the command line with `args` (default: the process's) and return the exit code."""
    if sys.stdout is None:  # Python's word for a closed one, on which every command would stumble
        return _fail("standard output is closed (`> /dev/null` throws the output away)", 2)
    if _COMPLETE in os.environ:
        completion_init()
    command = typer.main.get_command(app)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("always", CodexwireWarning)
            warnings.showwarning = _warner()
            command.main(args, prog_name="codexwire")
    except SystemExit as done:  # so typer ends every run: result, wrong usage, interrupt
        return done.code if isinstance(done.code, int) else 0
    except CodexwireError as problem:
        return _fail(str(problem), problem.exit_code)
    except OSError as problem:  # a path too long, a file that may not be read, a disk that is full
        unnamed = "standard output" if problem.errno == errno.ENOSPC else ""
        place = problem.filename or unnamed
        return _fail(f"{place}{': ' if place else ''}{problem.strerror or problem}", 2)
    except Exception as bug:
        if os.environ.get("CODEXWIRE_TRACEBACK"):
            raise
        return _fail(
            f"internal error: {type(bug).__name__}: {bug}"
            " (a bug of codexwire; set CODEXWIRE_TRACEBACK=1 to see where)",
            2,
        )
    return 0


def _warner() -> Callable[..., None]:
    """Return what prints a warning: each once in a run, those of others not at all."""
    said: set[str] = set()

    def show(message: Warning | str, category: type[Warning], *_place: object) -> None:
        text = " ".join(str(message).split())
        if issubclass(category, CodexwireWarning) and text not in said:
            said.add(text)
            typer.echo(f"codexwire: warning: {text}", err=True)

    return show


def _fail(text: str, code: int) -> int:
    typer.echo(f"codexwire: error: {' '.join(text.split())}", err=True)
    return code


if __name__ == "__main__":
    main()
