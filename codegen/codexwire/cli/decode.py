"""`codexwire decode`: recordings read with the generated models, and how far the two have drifted."""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Annotated

import typer

from codexwire.cli.command import new_app
from codexwire.cli.console import steps
from codexwire.cli.decode_file import Tally, decode_recording
from codexwire.cli.decode_report import decode_report
from codexwire.cli.validate_paths import recordings
from codexwire.errors import UsageError
from codexwire.profiles.table import DEFAULT
from codexwire.report.table import FORMATS, check_format, render
from codexwire.runtime.decode import MODES, Mode

__all__ = ["app"]

app = new_app()


@app.command()
def decode(
    paths: Annotated[
        list[str],
        typer.Argument(metavar="FILE", help="Files, folders, globs, or - for standard input."),
    ],
    mode: Annotated[str, typer.Option(help=f"One of {', '.join(MODES)}.")] = "tolerant",
    package: Annotated[
        str, typer.Option(help="The generated package whose models decode.")
    ] = DEFAULT.package,
    format: Annotated[str, typer.Option(help=f"One of {', '.join(FORMATS)}.")] = "text",
) -> int:
    """Decode recordings and report drift: each rule and place once, with its count.

    Exit code 0: no drift; 1: drift, or messages that strict mode refuses; 2: not to be read.
    """
    check_format(format)
    models, chosen, tally = _package(package), _mode(mode), Tally()
    with steps() as say:
        for path in recordings(paths):
            say(f"decoding {path}")
            decode_recording(path, models, chosen, tally)
    report = decode_report(", ".join(paths), tally, chosen)
    sys.stdout.write(render(format, report, color=sys.stdout.isatty()))
    return 1 if tally.drift else 0


def _mode(name: str) -> Mode:
    for mode in MODES:
        if mode == name:
            return mode
    raise UsageError(f"no mode {name!r}", hint=f"one of {', '.join(MODES)}")


def _package(name: str) -> ModuleType:
    if not all(part.isidentifier() for part in name.split(".")):
        raise UsageError(f"{name!r} is no name of a package", hint="a name as Python imports it")
    sys.path.append(str(Path.cwd()))  # where a package was generated into the folder at hand
    try:
        package = import_module(name)
    except ModuleNotFoundError as error:
        raise UsageError(
            f"there is no package {error.name!r}", hint="`codexwire generate` makes one"
        ) from None
    if not hasattr(package, "decode_notification"):
        raise UsageError(
            f"{name!r} has no decoding functions",
            hint=_releases(package) or "generate it in style pydantic",
        )
    return package


def _releases(package: ModuleType) -> str:
    """Return a hint at the packages that one of several releases holds."""
    names = [f"{package.__name__}.{module}" for module in getattr(package, "VERSIONS", {}).values()]
    return f"one of {', '.join(names)}" if names else ""
