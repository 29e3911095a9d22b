"""The available emitters, by the name of their language: codexwire's own, and those of installed packages."""

from __future__ import annotations

from importlib.metadata import EntryPoint, entry_points

from codexwire.emit.emitter import Emitted, Emitter, EmitterInput
from codexwire.emit.file_names import check_files
from codexwire.errors import CodexwireError, EmitError, UsageError
from codexwire.ir.chains import following_chains
from codexwire.near import did_you_mean

__all__ = ["GROUP", "MANIFEST", "PYTHON", "TYPESCRIPT", "emitted", "entry_of", "languages"]

GROUP = "codexwire.emitters"
"""The group of entry points."""

PYTHON = "python"
"""The language that is taken where none is named."""

TYPESCRIPT = "typescript"

MANIFEST = "manifest.json"
"""The file of a package that says where it came from; a folder that has it may be written again."""

OWN = (
    EntryPoint(PYTHON, "codexwire.emit.python:emit", GROUP),
    EntryPoint("openrpc", "codexwire.emit.openrpc:emit", GROUP),
    EntryPoint("testdata", "codexwire.emit.testdata.package:emit", GROUP),
    EntryPoint(TYPESCRIPT, "codexwire.emit.companion.package:emit", GROUP),
)
"""The emitters that come with codexwire."""


def languages() -> tuple[str, ...]:
    """Return the names of all languages, codexwire's own first."""
    installed = sorted(entry.name for entry in entry_points(group=GROUP))
    return tuple(dict.fromkeys((*(entry.name for entry in OWN), *installed)))


def entry_of(lang: str) -> EntryPoint:
    """Return the entry point of a language; UsageError when there is none, or more than one."""
    found = (*OWN, *entry_points(group=GROUP))
    same: dict[str, EntryPoint] = {entry.value: entry for entry in found if entry.name == lang}
    if not same:
        known = languages()
        hint = did_you_mean(lang, known) or f"one of {', '.join(known)}"
        raise UsageError(f"no language {lang!r}", hint=hint)
    if len(same) > 1:
        raise UsageError(
            f"{len(same)} emitters are called {lang!r}: {', '.join(map(_shown, same.values()))}",
            hint="uninstall the packages of all but one",
        )
    (entry,) = same.values()
    return entry


def emitted(lang: str, given: EmitterInput) -> Emitted:
    """Return what the emitter of a language makes of a protocol.

    Raises UsageError for a language that is not there, EmitError for an emitter that fails or whose
    files cannot be written, IngestError for types in a chain too long for it.
    """
    entry = entry_of(lang)
    try:
        emit: Emitter = entry.load()
        with following_chains(given.protocol, f"the language {lang!r}"):
            made = emit(given)
        if not isinstance(made, Emitted):
            raise TypeError(f"it returned {type(made).__name__}, not Emitted")
        check_files(made.files, taken=MANIFEST)
    except (Exception, SystemExit) as error:
        if entry in OWN and isinstance(error, CodexwireError):
            raise
        kind = "" if isinstance(error, CodexwireError) else f"{type(error).__name__}: "
        said = " ".join(f"{kind}{error}".split())
        raise EmitError(f"the emitter {_shown(entry)} failed: {said}") from error
    return made


def _shown(entry: EntryPoint) -> str:
    """Return an entry point as it is written, with the package that has it."""
    package = f" of the package {entry.dist.name}" if entry.dist else ""
    return f"`{entry.name} = {entry.value}`{package}"
