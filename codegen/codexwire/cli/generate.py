"""`codexwire generate`: the schema becomes a package."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from codexwire.cli import complete
from codexwire.cli.command import NoProjectRules, choice, examples, new_app, tell
from codexwire.cli.console import steps
from codexwire.emit.known import results_by
from codexwire.ingest.embedded import CHANNELS
from codexwire.normalize import Normalized
from codexwire.usecases.generate import generate as generated
from codexwire.usecases.generate import notices_of
from codexwire.usecases.generate_request import LAYOUTS, STYLES

if TYPE_CHECKING:
    from codexwire.usecases.generate_output import Output

__all__ = ["app", "generate"]

app = new_app()


@app.command(
    epilog=examples(
        "codexwire generate",
        "codexwire generate --schema 0.171.0 --out src --package my_protocol",
        "codexwire generate --check",
    )
)
def generate(
    schema: Annotated[
        str | None,
        typer.Option(
            help="Version, bundle file or folder; several side by side: A,B.",
            autocompletion=complete.release,
        ),
    ] = None,
    channel: Annotated[str | None, choice(*CHANNELS)] = None,
    out: Annotated[Path | None, typer.Option(help="Parent folder of the package.")] = None,
    package: Annotated[str | None, typer.Option(help="Name of the package.")] = None,
    style: Annotated[
        str | None, choice(*STYLES, help="What models are (default: pydantic).")
    ] = None,
    layout: Annotated[str | None, choice(*LAYOUTS, help="Default: package.")] = None,
    lang: Annotated[
        str | None,
        typer.Option(
            help="python (default), typescript, openrpc, testdata, or that of another emitter.",
            autocompletion=complete.language,
        ),
    ] = None,
    companion: Annotated[
        Path | None,
        typer.Option(
            help="With typescript: only what the types of this folder lack, which codex wrote."
        ),
    ] = None,
    check: Annotated[bool, typer.Option("--check", help="Compare, write nothing.")] = False,
    strict: Annotated[
        bool, typer.Option("--strict", help="Exit code 1 where something is not known.")
    ] = False,
    verbose: Annotated[
        bool,
        typer.Option(
            "--verbose", "-v", help="Say which rules applied, and how results were found."
        ),
    ] = False,
    no_project_rules: NoProjectRules = False,
) -> int:
    """Generate the configured packages, or the one of the options.

    Without a configuration: of the embedded schema, into generated/.
    """
    with steps() as say:
        outputs = generated(
            schema,
            channel=channel,
            out=out,
            package=package,
            style=style,
            layout=layout,
            lang=lang,
            companion=companion,
            project=Path.cwd(),
            project_rules=not no_project_rules,
            say=say,
        )
    for output in outputs:
        tell(notices_of(output))
        for normalized in output.found if verbose else ():
            _report_rules(normalized)
            _report_results(normalized)
    failed = [*map(_differs if check else _write, outputs)]
    return int(any(failed) or (strict and any(open_ for o in outputs for _, open_ in o.holes)))


def _write(output: Output) -> bool:
    output.write()
    typer.echo(output.summary)
    return False


def _differs(output: Output) -> bool:
    """Print how a package differs from the disk; return whether it does."""
    drift = output.drift()
    for item in drift:
        typer.echo(f"{item.problem:9}  {item.path}")
    typer.echo(
        f"{len(drift)} of the generated files are not as `codexwire generate` writes them"
        if drift
        else f"{output.folder.as_posix()}: all {len(output.files)} files as generated"
    )
    return bool(drift)


def _report_rules(normalized: Normalized) -> None:
    for application in normalized.applied:
        shown = ", ".join(application.places[:3])
        more = f" and {len(application.places) - 3} more" if len(application.places) > 3 else ""
        typer.echo(f"applied  {application.rule.id}  {shown}{more}")
    for stale in normalized.stale:
        typer.echo(f"stale    {stale.rule.id}  {stale.reason}")


def _report_results(normalized: Normalized) -> None:
    """Say how the results of requests were found; by name where it was not by the params' name."""
    for how, labels in results_by(normalized.protocol).items():
        typer.echo(f"result by {how:8}  {', '.join(labels)}")
