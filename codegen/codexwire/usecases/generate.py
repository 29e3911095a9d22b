"""A schema becomes a package: planned files in memory, to be written or to be compared with the disk."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from codexwire.errors import UsageError
from codexwire.ingest.available import bundles_of
from codexwire.normalize import ProjectRules
from codexwire.usecases.generate_request import (
    GenerateOptions,
    GenerateRequest,
    requests_of,
    version_of,
)
from codexwire.usecases.normalized import normalized
from codexwire.usecases.notices import Notice, Say, holes_of, silent, stale_rules_of
from codexwire.usecases.project import config_of, rules_of

if TYPE_CHECKING:
    from codexwire.usecases.generate_output import Output

__all__ = ["generate", "notices_of", "planned"]


def generate(
    schema: str | None = None,
    *,
    channel: str | None = None,
    out: str | Path | None = None,
    package: str | None = None,
    style: str | None = None,
    layout: str | None = None,
    lang: str | None = None,
    companion: str | Path | None = None,
    project: Path | None = None,
    project_rules: bool = True,
    say: Say = silent,
) -> tuple[Output, ...]:
    """Return what `codexwire generate` writes: for each package its files, in memory.

    `schema` is a version, a file or a folder, or several side by side (`0.125.0,0.163.0`); `out` the folder
    that the package goes into; `channel`, `style`, `layout`, `lang` and `companion` are as on the command
    line. With the folder of a `project`, its pyproject.toml says what is not given here, and its rules and
    those of installed packages apply, unless `project_rules` is false; if it lists several packages and
    nothing is given here, there are several. `write()` writes the files of one, `drift()` compares them
    with the disk.

    Raises UsageError, IngestError, NormalizeError or EmitError.

    >>> import codexwire
    >>> (package,) = codexwire.generate("exec-server@0.163.0", out="src")
    >>> package.folder.as_posix(), "client/aio/fs.py" in package.files
    ('src/codex_exec_server_protocol', True)
    """
    folder = None if out is None else Path(out)
    types = None if companion is None else Path(companion)
    options = GenerateOptions(schema, channel, folder, package, style, layout, lang, types)
    rules = rules_of(project if project_rules else None)
    return tuple(
        planned(request, rules, say) for request in requests_of(config_of(project), options)
    )


def planned(request: GenerateRequest, rules: ProjectRules, say: Say = silent) -> Output:
    """Return what one request comes to; UsageError without the packages that generating takes."""
    say("reading the schema")
    found = [
        normalized(schema, channel=request.channel, project=rules, exact=False)
        for schema in request.schemas
    ]
    try:
        from codexwire.usecases.generate_output import output_of
    except ModuleNotFoundError as error:
        raise UsageError(
            f"generating needs the package {error.name}", hint="pip install 'codexwire[generate]'"
        ) from None
    say("generating")
    return output_of(request.taking([n.protocol.version for n in found]), found)


def notices_of(output: Output) -> tuple[Notice, ...]:
    """Return what a reader must know of generated files: what they lack, and rules that did nothing."""
    stale = (notice for normalized in output.found for notice in stale_rules_of(normalized))
    holes = (notice for place in output.holes for notice in holes_of(*place))
    return (*_missing(output.schemas), *stale, *holes)


def _missing(schemas: tuple[str, ...]) -> Iterator[Notice]:
    """Yield a note for each release of the archive, which has no descriptions."""
    for version in map(version_of, schemas):
        if version is not None and not bundles_of(version):
            yield Notice(
                "note",
                f"{version} is taken from the archive, which has no descriptions: there will be no"
                f" docstrings (`codexwire schema pull {version}` gets the whole schema)",
            )
