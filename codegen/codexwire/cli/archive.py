"""`codexwire archive`: very many sessions, judged on this machine or a cluster, told in Parquet tables."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any, TypeAlias

import typer

from codexwire.cli import complete
from codexwire.cli.command import examples, new_app
from codexwire.cli.console import byte_progress
from codexwire.errors import UsageError
from codexwire.finding import Level
from codexwire.usecases.schema_choice import AUTO

__all__ = ["app"]

LOCAL = "local"
OUT = Path("codexwire-archive")

app = new_app(
    "Judge archives of very many sessions into Parquet tables.",
    "codexwire archive validate sessions -o tables",
    "codexwire archive usage 's3://bucket/sessions/**' --resume",
)

Sources: TypeAlias = Annotated[
    list[str],
    typer.Argument(metavar="SOURCE", help="Files, folders, globs: paths, or s3://, https:// …."),
]
Out: TypeAlias = Annotated[Path, typer.Option("--out", "-o", help="The folder of the tables.")]
Where: TypeAlias = Annotated[
    str, typer.Option("--executor", help="local, or the address of a Dask scheduler: tcp://….")
]
Jobs: TypeAlias = Annotated[
    int | None, typer.Option(min=1, help="Processes of this machine; by default one a processor.")
]
Resume: TypeAlias = Annotated[
    bool, typer.Option("--resume", help="Leave out what the tables know as it is now.")
]
Schema: TypeAlias = Annotated[
    str,
    typer.Option(
        help="A version, a file or folder, or auto: what the session says.",
        autocompletion=complete.release,
    ),
]


def _run(command: str, sources: list[str], fail_on: Level | None, **options: Any) -> int:
    """Run a command of the library and print what came of it; return the exit code."""
    with byte_progress(command) as advance:
        try:
            call: Callable[..., Any] = getattr(import_module("codexwire.archive"), command)
            outcome = call(*sources, advance=advance, trouble=_tell, **options)
        except ModuleNotFoundError as error:
            raise UsageError(
                f"archives need the package {error.name}", hint="pip install 'codexwire[archive]'"
            ) from None
    typer.echo(str(outcome))
    code: int = outcome.exit_code(fail_on)
    return code


def _tell(text: str) -> None:
    typer.echo(f"codexwire: error: {text}", err=True)


@app.command(
    epilog=examples(
        "codexwire archive validate sessions -o tables",
        "codexwire archive validate sessions -o tables --resume",
    )
)
def validate(
    sources: Sources,
    schema: Schema = AUTO,
    max_findings: Annotated[
        int, typer.Option(min=0, help="Findings kept per session, the gravest first; 0 = all.")
    ] = 1000,
    fail_on: Annotated[Level, typer.Option(help="The level that makes the exit code 1.")] = (
        Level.ERROR
    ),
    executor: Where = LOCAL,
    jobs: Jobs = None,
    out: Out = OUT,
    resume: Resume = False,
) -> int:
    """Check sessions against the schema: table `findings`.

    Exit code 0: nothing at the level of --fail-on; 1: something; 2: a file could not be judged.
    """
    judging = {"schema": schema, "max_findings": max_findings}
    running = {"executor": executor, "jobs": jobs, "out": out, "resume": resume}
    return _run("validate", sources, fail_on, **judging, **running)


@app.command(epilog=examples("codexwire archive coverage sessions -o tables"))
def coverage(
    sources: Sources,
    schema: Schema = AUTO,
    executor: Where = LOCAL,
    jobs: Jobs = None,
    out: Out = OUT,
    resume: Resume = False,
) -> int:
    """Tell what of the protocol sessions exercise.

    Exit code 0, or 2: a file could not be judged.
    """
    running = {"executor": executor, "jobs": jobs, "out": out, "resume": resume}
    return _run("coverage", sources, None, schema=schema, **running)


@app.command(epilog=examples("codexwire archive drift sessions -o tables"))
def drift(
    sources: Sources,
    package: Annotated[
        str | None,
        typer.Option(
            help="The generated package whose models decode (default: the one of codexwire)."
        ),
    ] = None,
    executor: Where = LOCAL,
    jobs: Jobs = None,
    out: Out = OUT,
    resume: Resume = False,
) -> int:
    """Decode sessions, and tell what has drifted.

    Exit code 0: no drift; 1: drift; 2: a file could not be decoded.
    """
    running = {"executor": executor, "jobs": jobs, "out": out, "resume": resume}
    return _run("drift", sources, Level.WARNING, package=package, **running)


@app.command(epilog=examples("codexwire archive usage sessions -o tables"))
def usage(
    sources: Sources,
    executor: Where = LOCAL,
    jobs: Jobs = None,
    out: Out = OUT,
    resume: Resume = False,
) -> int:
    """Tell the turns and tokens of every thread.

    Exit code 0, or 2: a file could not be read.
    """
    running = {"executor": executor, "jobs": jobs, "out": out, "resume": resume}
    return _run("usage", sources, None, **running)
