"""Release versions of codex and ranges of them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import total_ordering

from codexwire.errors import UsageError

__all__ = ["VERSION_TEXT", "Version", "VersionRange", "nearest", "nearest_first"]

VERSION_TEXT = r"\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+|(?:a|b|rc)\d+)?"
"""How a version reads inside a longer text, as a regular expression without groups."""

_VERSION = re.compile(r"(\d+)\.(\d+)\.(\d+)(?:-([0-9A-Za-z.-]+)|(a|b|rc)(\d+))?\Z")
_PHASES = {"a": "alpha", "b": "beta", "rc": "rc"}
"""How PyPI spells the phase of a pre-release → how upstream and npm do."""


@total_ordering
@dataclass(frozen=True, slots=True)
class Version:
    """A release such as `0.163.0` or `0.164.0-alpha.2` (ordered as semver orders them).

    PyPI's spelling of a pre-release (`0.164.0a2`) is read as well; it prints as upstream spells it.
    """

    major: int
    minor: int
    patch: int
    pre: str = ""

    @classmethod
    def parse(cls, text: str) -> Version:
        """Return the version that `text` spells; ValueError when it spells none."""
        match = _VERSION.match(text)
        if match is None:
            raise ValueError(f"not a version: {text!r}")
        major, minor, patch, pre, phase, number = match.groups()
        if phase is not None:
            pre = f"{_PHASES[phase]}.{int(number)}"
        return cls(int(major), int(minor), int(patch), pre or "")

    @classmethod
    def read(cls, text: str) -> Version | None:
        """Return the version that `text` spells, or None when it spells none."""
        try:
            return cls.parse(text)
        except ValueError:
            return None

    @classmethod
    def named(cls, text: str, *, otherwise: str = "") -> Version:
        """Return the version that a user named; UsageError says how one reads, and what else would do."""
        version = cls.read(text)
        if version is None:
            raise UsageError(
                f"{text!r} is no version", hint=f"a version reads like 0.163.0{otherwise}"
            )
        return version

    @property
    def pypi(self) -> str:
        """How PyPI spells it: `0.164.0a2` for `0.164.0-alpha.2`."""
        phase, _, number = self.pre.partition(".")
        short = next((p for p, long in _PHASES.items() if long == phase), None)
        if short is None or not number.isdigit():
            return str(self)
        return f"{self.major}.{self.minor}.{self.patch}{short}{number}"

    def __str__(self) -> str:
        core = f"{self.major}.{self.minor}.{self.patch}"
        return f"{core}-{self.pre}" if self.pre else core

    def _key(self) -> tuple[object, ...]:
        pre = tuple(
            (0, int(part), "") if part.isdigit() else (1, 0, part) for part in self.pre.split(".")
        )
        return (self.major, self.minor, self.patch, not self.pre, pre if self.pre else ())

    def __lt__(self, other: object) -> bool:
        if not isinstance(other, Version):
            return NotImplemented
        return self._key() < other._key()


@dataclass(frozen=True, slots=True)
class VersionRange:
    """The releases from `first` to `last`, both included; None means open."""

    first: Version | None = None
    last: Version | None = None

    @classmethod
    def parse(cls, text: str) -> VersionRange:
        """Return the range that `"0.80.0..0.115.0"`, `"0.107.0.."`, `"..0.99.0"` or `"*"` spells."""
        if text == "*":
            return cls()
        first, dots, last = text.partition("..")
        if not dots:
            first = last = text
        return cls(
            Version.parse(first) if first else None,
            Version.parse(last) if last else None,
        )

    def __contains__(self, version: Version) -> bool:
        return not (
            (self.first is not None and version < self.first)
            or (self.last is not None and self.last < version)
        )

    def __str__(self) -> str:
        if self.first is None and self.last is None:
            return "*"
        if self.first == self.last:
            return str(self.first)
        return f"{self.first or ''}..{self.last or ''}"


def nearest(version: Version, known: Iterable[Version]) -> Version:
    """Return the version of `known` that is nearest to `version`, of two equally near the newer."""
    return nearest_first(version, known)[0]


def nearest_first(version: Version, known: Iterable[Version]) -> list[Version]:
    """Return versions by how near they are to `version`, of two equally near the newer first."""

    def place(release: Version) -> int:
        return (release.major * 1000 + release.minor) * 1000 + release.patch

    def distance(other: Version) -> tuple[int, bool]:
        return abs(place(other) - place(version)), other.pre != version.pre

    return sorted(sorted(known, reverse=True), key=distance)
