"""`codexwire validate`: recordings judged by the schema and by what sessions should be like."""

from __future__ import annotations

import math
import sys
from typing import Annotated

import typer

from codexwire.cli import complete
from codexwire.cli.command import (
    Links,
    NoProjectRules,
    Recorded,
    Sessions,
    choice,
    examples,
    new_app,
    number,
    project_here,
    tell,
)
from codexwire.cli.console import byte_progress
from codexwire.finding import Level
from codexwire.report.table import FORMATS, check_format, render
from codexwire.usecases.recordings import named_recordings
from codexwire.usecases.schema_choice import AUTO
from codexwire.usecases.validate import validate as judged

__all__ = ["app"]

app = new_app()


@app.command(
    epilog=examples(
        "codexwire validate session.jsonl",
        "codexwire validate recordings/ --coverage --fail-under 20",
        "codexwire validate recordings/ --coverage --format html > report.html",
    )
)
def validate(
    paths: Recorded = None,
    sessions: Sessions = False,
    schema: Annotated[
        str,
        typer.Option(
            help="A version, a file or folder, or auto: what the recording says.",
            autocompletion=complete.release,
        ),
    ] = AUTO,
    as_published: Annotated[
        bool,
        typer.Option(
            "--as-published/--normalized",
            help="The schema as released, or mended by the rules. "
            "What the bundles up to 0.114.0 lost is put back in both.",
        ),
    ] = False,
    format: Annotated[str, choice(*FORMATS)] = "text",
    fail_on: Annotated[Level, typer.Option(help="The level that makes the exit code 1.")] = (
        Level.ERROR
    ),
    strict: Annotated[
        bool, typer.Option("--strict", help="Exit code 2 where the schema leaves something open.")
    ] = False,
    links: Links = False,
    no_project_rules: NoProjectRules = False,
    max_findings: Annotated[
        int, typer.Option(min=0, help="Findings shown per file, the gravest first; 0 = all.")
    ] = 1000,
    jobs: Annotated[
        int | None,
        typer.Option(
            min=1,
            help="Processes at most; by default as many as there are processors and work for. "
            "Large files are split, but for standard input and compressed ones.",
        ),
    ] = None,
    show_values: Annotated[
        bool, typer.Option("--show-values", help="Quote values; recordings may hold secrets.")
    ] = False,
    coverage: Annotated[
        bool, typer.Option("--coverage", help="Tell how much of the protocol was exercised.")
    ] = False,
    fail_under: Annotated[
        float | None,
        number(most=100, help="Exit code 1 when --coverage is less, in percent."),
    ] = None,
    formats: Annotated[
        bool, typer.Option("--formats", help="Let number formats such as int32 assert ranges.")
    ] = False,
) -> int:
    """Check recordings and saved sessions against the schema.

    Every message or line, and the session as a whole. Exit code 0: nothing at the level of --fail-on; 1:
    something; 2: a file could not be checked.
    """
    check_format(format)
    what = named_recordings(paths or (), sessions=sessions)
    with byte_progress("validating") as advance:
        found = judged(
            *what,
            schema=schema,
            as_published=as_published,
            formats=formats,
            max_findings=max_findings,
            show_values=show_values,
            coverage=coverage or fail_under is not None,
            jobs=jobs,
            project=project_here(no_project_rules),
            advance=advance,
        )
    sys.stdout.write(render(format, found.report(fail_on), color=sys.stdout.isatty(), links=links))
    tell(found.notices)
    if fail_under is not None and found.coverage < fail_under:
        typer.echo(
            f"codexwire: coverage is {math.floor(10 * found.coverage) / 10} %, less than {fail_under:g} %",
            err=True,
        )
    return found.exit_code(fail_on, strict=strict, fail_under=fail_under or 0)
