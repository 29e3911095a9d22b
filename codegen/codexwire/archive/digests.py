"""What tells one codexwire, and what it judges by, from another: on this machine and on workers."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path

from codexwire._version import __version__
from codexwire.archive.work import Work
from codexwire.errors import UsageError
from codexwire.ingest.available import available_versions
from codexwire.profiles.table import PROFILES
from codexwire.usecases.schema_choice import AUTO

__all__ = ["python", "settings_of", "tool"]

_PACKAGE = Path(__file__).parents[1]


@cache
def tool() -> str:
    """Return the version of codexwire and a digest of its code."""
    return f"{__version__}+{_digest_of(_PACKAGE, '*.py')[:16]}"


def python() -> str:
    """Return the version of Python, as far as it matters."""
    return ".".join(map(str, sys.version_info[:2]))


@cache
def settings_of(work: Work) -> str:
    """Return a digest of the schemas or models that sessions are judged with, and of the options."""
    judged_by = _DIGESTS[work.command](work)
    facts = (work.command, work.schema, work.max_findings, work.package, judged_by)
    return sha256(repr(facts).encode()).hexdigest()[:16]


def _of_schema(work: Work) -> str:
    """A release never changes, so that its name is enough; `auto` takes any available release."""
    if work.schema == AUTO:
        return ",".join(map(str, available_versions()))
    path = Path(work.schema)
    return _digest_of(path, "*") if path.exists() else work.schema


def _of_models(work: Work) -> str:
    names = [work.package] if work.package else [profile.package for profile in PROFILES]
    return ",".join(map(_of_package, names))


def _of_package(name: str) -> str:
    try:
        spec = find_spec(name)
    except ModuleNotFoundError:
        spec = None
    if spec is None or spec.origin is None:
        raise UsageError(f"there is no package {name!r}", hint="`codexwire generate` makes one")
    return _digest_of(Path(spec.origin).parent, "*.py")


def _of_nothing(_: Work) -> str:
    return ""


_DIGESTS: Mapping[str, Callable[[Work], str]] = {
    "validate": _of_schema,
    "coverage": _of_schema,
    "drift": _of_models,
    "usage": _of_nothing,
}


def _digest_of(path: Path, pattern: str) -> str:
    """Return a digest of a file, or of those in a folder."""
    files: Iterable[Path] = sorted(path.rglob(pattern)) if path.is_dir() else [path]
    content = sha256()
    for file in files:
        if file.is_file():
            content.update(f"{file.relative_to(path).as_posix()}\0".encode())
            content.update(sha256(file.read_bytes()).digest())
    return content.hexdigest()
