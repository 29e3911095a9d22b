"""Recordings read with the generated models, and how far the two have drifted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from types import ModuleType

from codexwire.errors import UsageError
from codexwire.finding import Finding
from codexwire.profiles.table import DEFAULT
from codexwire.report.report import Report
from codexwire.runtime.decode import MODES, Mode
from codexwire.usecases.decode_recording import Tally, decode_recording
from codexwire.usecases.decode_report import decode_report
from codexwire.usecases.notices import Say, silent
from codexwire.usecases.recordings import recordings

__all__ = ["Decoding", "decode"]


@dataclass(frozen=True, slots=True)
class Decoding:
    """What decoding recordings came to; `named` are the arguments that named them."""

    named: Sequence[str]
    mode: Mode
    tally: Tally

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Each kind of drift cached, its count among its facts."""
        return tuple(self.report().findings)

    def report(self) -> Report:
        """Return the report, which `codexwire.report.table.render` prints in any format."""
        return decode_report(", ".join(self.named), self.tally, self.mode)


def decode(
    *paths: str | Path,
    package: str | ModuleType = DEFAULT.package,
    mode: str = "tolerant",
    say: Say = silent,
) -> Decoding:
    """Decode recordings with the models of a generated package, as `codexwire decode` does.

    `paths` are files, folders and globs, one of them may be `-`; `package` is the package or what it is
    imported as; `mode` one of `codexwire.runtime.decode.MODES`. What drifted is a finding; UsageError and
    TranscriptError are for what cannot be read or imported.

    >>> import codexwire, json, pathlib, tempfile
    >>> recording = pathlib.Path(tempfile.mkdtemp(), "session.jsonl")
    >>> _ = recording.write_text(json.dumps({"method": "thread/closed", "params": {"thread_id": "T"}}))
    >>> [(f.rule, f.facts["method"], f.facts["count"]) for f in codexwire.decode(recording).findings]
    [('t004-id-alias', 'thread/closed', 1), ('unknown-field', 'thread/closed', 1)]
    """
    named = [*map(str, paths)]
    models, chosen, tally = _package(package), _mode(mode), Tally()
    for path in recordings(named).paths:
        say(f"decoding {path}")
        decode_recording(path, models, chosen, tally)
    return Decoding(named, chosen, tally)


def _mode(name: str) -> Mode:
    for mode in MODES:
        if mode == name:
            return mode
    raise UsageError(f"no mode {name!r}", hint=f"one of {', '.join(MODES)}")


def _package(named: str | ModuleType) -> ModuleType:
    package = _imported(named) if isinstance(named, str) else named
    if not hasattr(package, "decode_notification"):
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
