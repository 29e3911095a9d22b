"""What `codexwire generate` was asked for: options and [tool.codexwire] become one request."""

from __future__ import annotations

import keyword
import re
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from codexwire.config import Config
from codexwire.emit.emitters import PYTHON, TYPESCRIPT, entry_of
from codexwire.emit.layouts import LAYOUTS as OTHERS
from codexwire.emit.layouts import PACKAGE
from codexwire.emit.styles import STYLES, Style
from codexwire.errors import UsageError, one_of
from codexwire.ingest import CHANNELS, DEFAULT_VERSION
from codexwire.ingest.document import open_document
from codexwire.model.profile import Profile
from codexwire.profiles.table import DEFAULT, of_source
from codexwire.version import Version

__all__ = [
    "LAYOUTS",
    "STYLES",
    "GenerateOptions",
    "GenerateRequest",
    "request_of",
    "requests_of",
    "version_of",
]

LAYOUTS = (PACKAGE, *OTHERS)
_TAKEN = sys.stdlib_module_names | {"codexwire", "msgspec", "pydantic", "typing_extensions"}


@dataclass(frozen=True, slots=True)
class GenerateRequest:
    """What to generate: schema versions or paths, a channel, a package below a folder, a style.

    The files of any other layout than the package are directly in the folder `out`. Layouts and styles
    are of Python only. `companion` is the folder of the types that a TypeScript package completes.
    """

    schemas: tuple[str, ...]
    channel: str = "experimental"
    out: Path = Path("generated")
    package: str = DEFAULT.package
    style: Style = "pydantic"
    layout: str = PACKAGE
    lang: str = PYTHON
    companion: Path | None = None
    project: Path | None = None

    @property
    def options(self) -> str:
        """The options that chose the content, as a command line without machine paths."""
        shown = ",".join(_shown(schema) for schema in self.schemas)
        parts = [f"--schema {shown}"]
        if _profile(self.schemas[0]) is DEFAULT:  # the others have no channels
            parts.append(f"--channel {self.channel}")
        if self.layout != PACKAGE:
            parts.append(f"--layout {self.layout}")
        if self.lang != PYTHON:
            parts.append(f"--lang {self.lang}")
        if self.companion is not None:
            parts.append("--companion PATH")
        if self.style != "pydantic":
            parts.append(f"--style {self.style}")
        return " ".join(parts)

    def taking(self, versions: Sequence[Version | None]) -> GenerateRequest:
        """Return the request with the releases that were found for the versions that it names."""
        pairs = zip(self.schemas, versions, strict=True)
        return replace(
            self, schemas=tuple(str(v) if version_of(named) and v else named for named, v in pairs)
        )

    @property
    def folder(self) -> Path:
        """The folder of the files: the package's, or the one that files of another layout go into."""
        return self.out / self.package if self.layout == PACKAGE else self.out

    @property
    def lock_folder(self) -> Path:
        """Beside pyproject.toml for a package inside that project, else the output folder."""
        inside = self.project and self.out.resolve().is_relative_to(self.project.resolve())
        return self.project if self.project and inside else self.out


def version_of(schema: str) -> Version | None:
    """Return the app-server's version that a schema names; None for a path and for other protocols."""
    return Version.read(schema)


def _shown(schema: str) -> str:
    return schema if of_source(schema) else str(version_of(schema) or "PATH")


class GenerateOptions(NamedTuple):
    """What the command line, or a caller, says of a package; None leaves it to the configuration."""

    schema: str | None = None
    channel: str | None = None
    out: Path | None = None
    package: str | None = None
    style: str | None = None
    layout: str | None = None
    lang: str | None = None
    companion: Path | None = None


def requests_of(config: Config, options: GenerateOptions) -> tuple[GenerateRequest, ...]:
    """Return a request for each configured package, or the only one that the options ask for.

    UsageError for options that make no sense, alone or together.
    """
    if any(options):
        named = (c for c in config.packages if _is_asked_for(c, options))
        return (request_of(next(named, config), options),)
    requests = tuple(request_of(found, options) for found in config.packages)
    names = Counter((r.lock_folder, r.package) for r in requests if r.layout == PACKAGE)
    if twice := [name for (_, name), count in names.items() if count > 1]:
        raise UsageError(
            f"two configured packages are called {twice[0]!r}",
            hint="`package` gives one another name",
        )
    return requests


def _is_asked_for(config: Config, options: GenerateOptions) -> bool:
    """Whether options name a configured package: by its name, or else by its language."""
    lang = config.lang or PYTHON
    if options.package is not None:
        return options.package == _name(config, config.schema or "", lang)
    return options.lang == lang


def request_of(config: Config, options: GenerateOptions) -> GenerateRequest:
    """Return the request for one package; UsageError as `requests_of`."""
    root = _short(config.root or Path())
    configured = config.schema
    if configured is not None and (root / configured).exists():
        configured = str(root / configured)
    lang = options.lang or config.lang or PYTHON
    entry_of(lang)
    companion = options.companion
    if (companion and lang != TYPESCRIPT) or (config.companion and config.lang != TYPESCRIPT):
        raise UsageError(f"only a package of the language {TYPESCRIPT} can be a companion")
    if config.companion and lang == TYPESCRIPT:
        companion = companion or root / config.companion
    layout, style = _python_only(config, options.style, options.layout, lang)
    other = OTHERS.get(layout)
    usual = (other and other.channel) or config.channel or "experimental"
    schemas = _split(options.schema or configured or str(DEFAULT_VERSION))
    request = GenerateRequest(
        schemas=schemas,
        channel=options.channel or usual,
        out=options.out or root / (config.out or "generated"),
        package=options.package or _name(config, schemas[0], lang),
        style=one_of("style", style or "pydantic", STYLES),
        layout=layout,
        lang=lang,
        companion=companion,
        project=config.root,
    )
    one_of("channel", request.channel, CHANNELS)
    _check_name(request)
    one_of("layout", layout, LAYOUTS)
    several = len(schemas) > 1
    if other and (options.package or options.style is not None or several):
        raise UsageError(f"the layout {layout} is of one schema and has no --package or --style")
    _check_together(request)
    if other and other.source not in ("", _profile(schemas[0]).source):
        raise UsageError(f"the layout {layout} is of the {other.source} only")
    if other and options.out is None and config.out is None:
        raise UsageError(f"the layout {layout} needs --out, the folder of its files")
    return request


def _check_together(request: GenerateRequest) -> None:
    """Raise UsageError for several schemas that cannot stand side by side."""
    if request.lang != PYTHON and len(request.schemas) > 1:
        raise UsageError(
            f"several schemas side by side are for Python only, not for {request.lang}",
            hint="generate one package for each",
        )
    if len({_profile(s).name for s in request.schemas}) > 1:
        raise UsageError("schemas side by side must be of one protocol")


def _python_only(
    config: Config, style: str | None, layout: str | None, lang: str
) -> tuple[str, str | None]:
    """Return layout and style, which other languages do not have: UsageError where they are asked for."""
    if lang == PYTHON:
        return layout or config.layout or PACKAGE, style or config.style
    if style or layout not in (None, PACKAGE):
        raise UsageError(f"the language {lang} has no --style and no --layout")
    return PACKAGE, None


def _check_name(request: GenerateRequest) -> None:
    """Raise UsageError for a name that a package of the language cannot have."""
    name = request.package
    if request.lang != PYTHON:
        if not re.fullmatch(r"\w[\w.-]*", name):
            raise UsageError(f"{name!r} is no name for the folder of a package")
        return
    if not name.isidentifier() or keyword.iskeyword(name):
        raise UsageError(f"{name!r} is no name for a package")
    if name in _TAKEN:
        raise UsageError(f"a package {name!r} would hide one that its code imports")


def _name(config: Config, schema: str, lang: str) -> str:
    """Return the name of a schema's package: the configured one, if it is of that protocol and language."""
    profile = _profile(schema)
    same = _profile(config.schema or "") is profile and (config.lang or PYTHON) == lang
    usual = (
        profile.package
        if lang == PYTHON
        else f"{profile.package}_{re.sub('[^a-z0-9]+', '_', lang)}"
    )
    return (config.package if same else None) or usual


def _profile(schema: str) -> Profile:
    path = Path(schema)
    if path.is_file():
        stat = path.stat()
        return _profile_in(schema, stat.st_mtime_ns, stat.st_size)
    return of_source(schema) or DEFAULT


@lru_cache(maxsize=8)
def _profile_in(path: str, _changed: int, _size: int) -> Profile:
    """Return the protocol of a schema file, which is read once as long as it stays the same."""
    return open_document(path).profile


def _split(schema: str) -> tuple[str, ...]:
    """Return the schemas that an option names: one path that has commas in it, or several."""
    found = (schema,) if Path(schema).exists() else tuple(filter(None, schema.split(",")))
    if not found:
        raise UsageError(f"{schema!r} names no schema", hint="a version, a bundle file or a folder")
    return found


def _short(path: Path) -> Path:
    """Return the path as seen from here, when it lies here or below."""
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path
