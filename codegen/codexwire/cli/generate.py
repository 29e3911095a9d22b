"""`codexwire generate`: the schema becomes a package."""

from __future__ import annotations

import keyword
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated

import typer

from codexwire.cli.console import progress
from codexwire.config import Config, load_config
from codexwire.errors import UsageError
from codexwire.ingest import CHANNELS, DEFAULT_VERSION, load
from codexwire.normalize import Normalized, normalize
from codexwire.version import Version

__all__ = ["Request", "app", "generate"]

STYLES = ("pydantic", "typeddict", "msgspec", "dataclass")
app = typer.Typer()


@dataclass(frozen=True, slots=True)
class Request:
    """What to generate: a schema version or path, a channel, a package below a folder, a style."""

    schema: str
    channel: str = "experimental"
    out: Path = Path("generated")
    package: str = "codex_app_server_protocol"
    style: str = "pydantic"
    project: Path | None = None

    @property
    def options(self) -> str:
        """The options that chose the content, as a command line without machine paths."""
        try:
            schema = str(Version.parse(self.schema))
        except ValueError:
            schema = "PATH"
        parts = [f"--schema {schema}", f"--channel {self.channel}"]
        if self.style != "pydantic":
            parts.append(f"--style {self.style}")
        return " ".join(parts)

    @property
    def folder(self) -> Path:
        """The package's folder."""
        return self.out / self.package


@app.command()
def generate(
    schema: Annotated[str | None, typer.Option(help="Version, bundle file or folder.")] = None,
    channel: Annotated[str | None, typer.Option(help="stable or experimental.")] = None,
    out: Annotated[Path | None, typer.Option(help="Parent folder of the package.")] = None,
    package: Annotated[str | None, typer.Option(help="Name of the package.")] = None,
    style: Annotated[str | None, typer.Option(help=f"One of {', '.join(STYLES)}.")] = None,
    check: Annotated[bool, typer.Option("--check", help="Compare, write nothing.")] = False,
    verbose: Annotated[
        bool, typer.Option("--verbose", "-v", help="Say which rules applied.")
    ] = False,
) -> None:
    """Generate the typed package (default: of the embedded schema, into generated/)."""
    config = load_config(Path.cwd())
    request = _request(config, schema, channel, out, package, style)
    with progress("reading the schema"):
        normalized = normalize(load(request.schema, channel=request.channel))
    if verbose:
        _report_rules(normalized)
    raise typer.Exit(_run(request, normalized, check=check))


def _request(
    config: Config,
    schema: str | None,
    channel: str | None,
    out: Path | None,
    package: str | None,
    style: str | None,
) -> Request:
    root = _short(config.root or Path())
    configured = config.schema
    if configured is not None and (root / configured).exists():
        configured = str(root / configured)
    request = Request(
        schema=schema or configured or str(DEFAULT_VERSION),
        channel=channel or config.channel or "experimental",
        out=out or root / (config.out or "generated"),
        package=package or config.package or "codex_app_server_protocol",
        style=style or config.style or "pydantic",
        project=config.root,
    )
    if request.channel not in CHANNELS:
        raise UsageError(f"no channel {request.channel!r}", hint=f"one of {', '.join(CHANNELS)}")
    if request.style not in STYLES:
        raise UsageError(f"no style {request.style!r}", hint=f"one of {', '.join(STYLES)}")
    if not request.package.isidentifier() or keyword.iskeyword(request.package):
        raise UsageError(f"{request.package!r} is no name for a package")
    return request


def _short(path: Path) -> Path:
    """Return the path as seen from here, when it lies here or below."""
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path


def _run(request: Request, normalized: Normalized, *, check: bool) -> int:
    try:
        from codexwire.emit.header import stamp_of
        from codexwire.emit.lock import LOCK_NAME, lock_content
        from codexwire.emit.plan import plan_package
        from codexwire.emit.write import Drift, compare, write_file, write_folder
    except ModuleNotFoundError as error:
        raise UsageError(
            f"generating needs the package {error.name}", hint="pip install 'codexwire[generate]'"
        ) from None
    stamp = stamp_of(normalized.protocol, request.options)
    with progress("generating"):
        plan = plan_package(normalized, stamp, package=request.package, style=request.style)
    lock = _lock_folder(request) / LOCK_NAME
    content = lock_content(lock, normalized, stamp, plan)
    if not check:
        write_folder(request.folder, plan.files)
        write_file(lock, content)
        typer.echo(_summary(request, normalized, len(plan.files), len(plan.classes)))
        return 0
    drift = [
        replace(d, path=f"{request.folder.as_posix()}/{d.path}")
        for d in compare(request.folder, plan.files)
    ]
    if not lock.is_file() or lock.read_bytes() != content:
        drift.append(Drift(lock.as_posix(), "different" if lock.is_file() else "missing"))
    for item in drift:
        typer.echo(f"{item.problem:9}  {item.path}")
    typer.echo(
        f"{len(drift)} of the generated files are not as `codexwire generate` writes them"
        if drift
        else f"{request.folder.as_posix()}: all {len(plan.files)} files as generated"
    )
    return 1 if drift else 0


def _lock_folder(request: Request) -> Path:
    """Beside pyproject.toml for a package inside that project, else in the output folder."""
    project = request.project
    if project is not None and request.out.resolve().is_relative_to(project.resolve()):
        return project
    return request.out


def _summary(request: Request, normalized: Normalized, files: int, classes: int) -> str:
    protocol = normalized.protocol
    version = f"codex {protocol.version}" if protocol.version else "an unknown version"
    return (
        f"{request.folder.as_posix()}: {version}, {len(protocol.methods)} methods, "
        f"{classes} classes, {files} files, {len(normalized.applied)} rules applied"
    )


def _report_rules(normalized: Normalized) -> None:
    for application in normalized.applied:
        shown = ", ".join(application.places[:3])
        more = f" and {len(application.places) - 3} more" if len(application.places) > 3 else ""
        typer.echo(f"applied  {application.rule.id}  {shown}{more}")
    for stale in normalized.stale:
        typer.echo(f"stale    {stale.rule.id}  {stale.reason}")
