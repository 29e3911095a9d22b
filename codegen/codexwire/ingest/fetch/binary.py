"""Ask a codex binary for its schema, without it seeing anything of the user's."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from codexwire.errors import IngestError
from codexwire.ingest.fetch.process import Finished, Limits, run
from codexwire.location import Location
from codexwire.model.profile import Bundle, Profile
from codexwire.profiles.table import DEFAULT, PROFILES
from codexwire.progress import Say, silent
from codexwire.version import VERSION_TEXT, Version

__all__ = ["COMMAND", "LIMITS", "Derived", "binary_version", "derive"]

LIMITS = Limits(seconds=120, size=256 << 20)
"""The default limits of one run; the largest schema so far takes 2 s and 10 MiB."""

_BUNDLE = DEFAULT.bundle
COMMAND = f"codex {' '.join(_BUNDLE.command)} --out DIR"
"""What is run for the stable channel; the other one adds `--experimental`."""

_EXPERIMENTAL = "--experimental"
_PASSED_ON = ("PATH", "SYSTEMROOT", "WINDIR", "LANG", "LC_ALL")
_VERSION = re.compile(rf"\b({VERSION_TEXT})\b".encode())


@dataclass(frozen=True, slots=True)
class Derived:
    """What a binary wrote: its version when it names one, and channel → bundle bytes.

    `lines` are the schemas of protocols of lines, by what these are called, as far as it can write them.
    """

    version: Version | None
    bundles: Mapping[str, bytes]
    lines: Mapping[str, bytes] = field(default_factory=dict)


def derive(binary: Path, *, limits: Limits = LIMITS, say: Say = silent) -> Derived:
    """Return the bundles that a codex binary writes, of both channels where it has both.

    It runs without a shell in an empty temporary home, CODEX_HOME and working directory, with a
    scrubbed environment. Raises IngestError when it cannot be run, fails, hangs, writes too much or
    writes no bundle; the bundle's content is not looked at.
    """
    if not binary.is_file():
        raise IngestError("there is no such binary", location=Location(str(binary)))
    with TemporaryDirectory(prefix="codexwire-") as temporary:
        room = _Room(binary.resolve(), Path(temporary), limits)
        version = _version(room.run("--version"))
        usage = room.run(*_BUNDLE.command, "--help")
        if usage.code != 0:
            raise IngestError(
                f"this codex cannot write its schema: {usage.last_error}",
                hint=f"releases before {_BUNDLE.since} have no `{' '.join(_BUNDLE.command)}`",
            )
        bundles = {}
        channels = {"stable": (), "experimental": (_EXPERIMENTAL,)}
        for channel, options in channels.items():
            if options and _EXPERIMENTAL not in usage.output.decode("utf-8", "replace"):
                continue
            say(f"running {' '.join((COMMAND, *options))}")
            bundles[channel] = room.bundle(channel, _BUNDLE, options)
        lines = {p.source: found for p in _OF_LINES if (found := _lines(room, p, say)) is not None}
        return Derived(version, bundles, lines)


_OF_LINES = tuple(profile for profile in PROFILES if profile.root and profile.bundle.command)


def _lines(room: _Room, profile: Profile, say: Say) -> bytes | None:
    """Return the schema of a protocol of lines; None where the release is too old to write one."""
    command = profile.bundle.command
    if room.run(*command, "--help").code != 0:
        return None
    say(f"running codex {' '.join(command)} --out DIR")
    return room.bundle(profile.source, profile.bundle)


def binary_version(binary: Path, *, limits: Limits = LIMITS) -> Version | None:
    """Return the release that a codex binary says it is, None where it names none; IngestError."""
    with TemporaryDirectory(prefix="codexwire-") as temporary:
        return _version(_Room(binary.resolve(), Path(temporary), limits).run("--version"))


@dataclass(frozen=True, slots=True)
class _Room:
    """An empty place for a binary to run in."""

    binary: Path
    folder: Path
    limits: Limits

    def run(self, *arguments: str, out: Path | None = None) -> Finished:
        home, work = self.folder / "home", self.folder / "work"
        for path in (home, work):
            path.mkdir(exist_ok=True)
        return run(
            [str(self.binary), *arguments, *(("--out", str(out)) if out else ())],
            name=f"codex {' '.join(arguments)}",
            writes=self.folder,
            limits=self.limits,
            folder=work,
            environment=_environment(home),
        )

    def bundle(self, channel: str, bundle: Bundle, options: tuple[str, ...] = ()) -> bytes:
        out = self.folder / channel
        finished = self.run(*bundle.command, *options, out=out)
        if finished.code != 0:
            raise IngestError(f"codex failed to write its {channel} schema: {finished.last_error}")
        path = out / bundle.file
        if path.is_symlink() or not path.is_file():
            raise IngestError(f"codex wrote no {bundle.file} for its {channel} schema")
        return path.read_bytes()


def _environment(home: Path) -> dict[str, str]:
    kept = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    own = ("HOME", "USERPROFILE", "CODEX_HOME", "TMPDIR", "TMP", "TEMP")
    return {**kept, **dict.fromkeys(own, str(home))}


def _version(finished: Finished) -> Version | None:
    match = _VERSION.search(finished.output) if finished.code == 0 else None
    return None if match is None else Version.parse(match[1].decode())
