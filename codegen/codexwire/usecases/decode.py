"""Recordings read with the generated models, and how far the two have drifted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from pathlib import Path
from types import ModuleType

from codexwire.errors import UsageError, one_of
from codexwire.finding import Finding, Level
from codexwire.model.profile import Profile
from codexwire.profiles.table import DEFAULT
from codexwire.report.report import Report
from codexwire.runtime.decode import MODES, Mode
from codexwire.usecases.decode_recording import Tally, decode_recording
from codexwire.usecases.decode_report import decode_report
from codexwire.usecases.notices import Notice, Say, silent, skipped_in
from codexwire.usecases.recordings import recordings

__all__ = ["Decoding", "decode"]


@dataclass(frozen=True, slots=True)
class Decoding:
    """What decoding recordings came to; `named` are the arguments that named them.

    `skipped` are the files in folders that were taken for no recordings.
    """

    named: Sequence[str]
    mode: Mode
    tally: Tally
    skipped: tuple[str, ...] = ()

    @property
    def notices(self) -> tuple[Notice, ...]:
        """What a reader must know: files that were skipped."""
        return skipped_in(self.skipped)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Each kind of drift once, its count among its facts."""
        return tuple(self.report().findings)

    @property
    def drifted(self) -> bool:
        """Whether anything drifted, keys that come twice aside: codex writes some."""
        return any(finding.level is not Level.INFO for finding in self.findings)

    def report(self) -> Report:
        """Return the report, which `codexwire.report.table.render` prints in any format."""
        return decode_report(", ".join(self.named), self.tally, self.mode)


def decode(
    *paths: str | Path,
    package: str | ModuleType | None = None,
    mode: str = "tolerant",
    say: Say = silent,
) -> Decoding:
    """Decode recordings with the models of a generated package, as `codexwire decode` does.

    `paths` are files, folders and globs, one of them may be `-`; saved sessions are decoded line by line.
    `package` is the package or what it is imported as, by default the one that comes with codexwire for what
    a file holds; `mode` one of `codexwire.runtime.decode.MODES`. What drifted is a finding; UsageError and
    TranscriptError are for what cannot be read or imported.

    >>> import codexwire, json, pathlib, tempfile
    >>> recording = pathlib.Path(tempfile.mkdtemp(), "session.jsonl")
    >>> _ = recording.write_text(json.dumps({"method": "thread/closed", "params": {"thread_id": "T"}}))
    >>> [(f.rule, f.facts["method"], f.facts["count"]) for f in codexwire.decode(recording).findings]
    [('t004-id-alias', 'thread/closed', 1), ('unknown-field', 'thread/closed', 1)]
    """
    named = [*map(str, paths)]
    given = None if package is None else _package(package)
    models, chosen, tally = partial(_models, given), one_of("mode", mode, MODES), Tally()
    found = recordings(named)
    for path in found.paths:
        say(f"decoding {path}")
        decode_recording(path, models, chosen, tally)
    return Decoding(named, chosen, tally, found.skipped)


def _models(given: ModuleType | None, profile: Profile | None) -> ModuleType:
    """Return the package for what a file holds: the given one, where it is of that protocol."""
    wanted = profile or DEFAULT
    fits = given is not None and hasattr(given, _DECODES[profile is not None])
    if given is None or (not fits and profile is not None):
        return _package(wanted.package)
    if not fits:
        raise UsageError(
            f"{given.__name__!r} decodes lines, and this is a recording of messages",
            hint=f"--package {wanted.package}",
        )
    return given


_DECODES = ("decode_notification", "decode_line")
"""The function by which a package decodes messages, and lines."""


def _package(named: str | ModuleType) -> ModuleType:
    package = _imported(named) if isinstance(named, str) else named
    if not any(hasattr(package, name) for name in _DECODES):
        raise UsageError(
            f"{package.__name__!r} has no decoding functions",
            hint=_releases(package) or "generate it in style pydantic",
        )
    return package


def _imported(name: str) -> ModuleType:
    if not all(part.isidentifier() for part in name.split(".")):
        raise UsageError(f"{name!r} is no name of a package", hint="a name as Python imports it")
    try:
        return import_module(name)
    except ModuleNotFoundError as error:
        raise UsageError(
            f"there is no package {error.name!r}", hint="`codexwire generate` makes one"
        ) from None


def _releases(package: ModuleType) -> str:
    """Return a hint at the packages that one of several releases holds."""
    names = [f"{package.__name__}.{module}" for module in getattr(package, "VERSIONS", {}).values()]
    return f"one of {', '.join(names)}" if names else ""
