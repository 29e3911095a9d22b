"""`codexwire validate`: recordings judged by the schema and by what sessions should be like."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from codexwire.cli.as_published import tell_restored
from codexwire.cli.command import new_app
from codexwire.cli.project import NoProjectRules
from codexwire.cli.validate_paths import recordings
from codexwire.cli.validate_report import validate_report
from codexwire.cli.validate_run import Request, exit_code, run, totals
from codexwire.cli.validate_schemas import AUTO, SchemaChoice
from codexwire.errors import UsageError
from codexwire.finding import Level
from codexwire.report.table import FORMATS, check_format, render
from codexwire.transcript.judgement import Options
from codexwire.transcript.source import STDIN

__all__ = ["app"]

app = new_app()


@app.command()
def validate(
    paths: Annotated[
        list[str],
        typer.Argument(metavar="PATH", help="Files, folders, globs, or - for standard input."),
    ],
    schema: Annotated[
        str, typer.Option(help="A version, a file or folder, or auto: what the server says.")
    ] = AUTO,
    as_published: Annotated[
        bool,
        typer.Option(
            "--as-published/--normalized",
            help="The schema as released, or mended by the rules. "
            "What the bundles up to 0.114.0 lost is put back in both.",
        ),
    ] = False,
    format: Annotated[str, typer.Option(help=f"One of {', '.join(FORMATS)}.")] = "text",
    fail_on: Annotated[Level, typer.Option(help="The level that makes the exit code 1.")] = (
        Level.ERROR
    ),
    strict: Annotated[
        bool, typer.Option("--strict", help="Exit code 2 where the schema leaves something open.")
    ] = False,
    no_project_rules: NoProjectRules = False,
    max_findings: Annotated[
        int, typer.Option(min=0, help="Findings shown per file, the gravest first; 0 = all.")
    ] = 1000,
    jobs: Annotated[int, typer.Option(min=1, help="Files judged at the same time.")] = 1,
    show_values: Annotated[
        bool, typer.Option("--show-values", help="Quote values; recordings may hold secrets.")
    ] = False,
    coverage: Annotated[
        bool, typer.Option("--coverage", help="List what of the protocol was exercised.")
    ] = False,
    formats: Annotated[
        bool, typer.Option("--formats", help="Let number formats such as int32 assert ranges.")
    ] = False,
) -> int:
    """Check recordings of the app-server: every message, and the session as a whole.

    Exit code 0: nothing at the level of --fail-on; 1: something; 2: a file could not be checked.
    """
    check_format(format)
    if schema == STDIN and (STDIN in paths or jobs > 1):
        raise UsageError(
            "the schema on standard input leaves none for recordings or other processes",
            hint="name a file",
        )
    choice = SchemaChoice(schema, as_published, formats, no_project_rules)
    choice.check()
    request = Request(recordings(paths), choice, Options(max_findings, show_values, coverage), jobs)
    judgements = run(request)
    restored = choice.restored({j.schema for j in judgements if j.schema is not None})
    report = validate_report(judgements, fail_on, totals(request, judgements), restored)
    sys.stdout.write(render(format, report, color=sys.stdout.isatty()))
    tell_restored(restored)
    for judgement in judgements:
        if judgement.unusable is not None:
            typer.echo(f"codexwire: error: {judgement.unusable}", err=True)
    return exit_code(judgements, fail_on, strict=strict)
