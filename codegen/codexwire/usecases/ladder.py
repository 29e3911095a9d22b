"""Which releases judge a file of lines: its own, then the later ones, newest first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from codexwire.errors import UsageError
from codexwire.ingest import load
from codexwire.ingest.available import available_versions
from codexwire.ingest.cache import default_cache
from codexwire.ingest.described import described_versions
from codexwire.model.normalization import AS_PUBLISHED, Effect
from codexwire.model.profile import Profile
from codexwire.normalize import Normalized, ProjectRules
from codexwire.profiles.table import of_source
from codexwire.transcript.ladder import Ladder
from codexwire.usecases.normalized import normalized
from codexwire.version import Version
from codexwire.wire.lines import LineValidators

__all__ = ["UNRELEASED", "LineSchemas", "ladder_of"]

UNRELEASED = Version.parse("0.0.0")
"""What an unreleased build calls itself."""

_VALID = (Effect.PATCH, Effect.RESTORE)
"""The effects that change which lines are valid."""


@dataclass(frozen=True, slots=True)
class LineSchemas:
    """How the schemas of lines are read: as published or mended, and by which rules of the project."""

    as_published: bool
    formats: bool
    project: ProjectRules

    def validators(self, source: str, often: bool) -> LineValidators:
        """Return the validators of a schema; those asked `often` are compiled, and few are kept."""
        make = _compiled if often else _walked
        return make(source, self.as_published, self.formats, self.project)

    def ladder(self, sources: Sequence[str], remark: str = "", *, is_newer: bool = False) -> Ladder:
        """Return the ladder of schemas, which are called in reports as they are on a command line."""
        rules = _normalized(sources[0], self.as_published, self.project).project_rules
        return Ladder(tuple(sources), self.validators, remark, is_newer, rules)


def ladder_of(
    profile: Profile, version: Version | None, schema: str | None, schemas: LineSchemas
) -> Ladder:
    """Return the ladder for a file that a release made; `schema` names the only one that is to judge.

    UsageError for a schema of another protocol.
    """
    return _ladder(profile.source, version, schema, schemas, _pulled_at())


def _pulled_at() -> int:
    """Return when releases were last added to the cache."""
    folder = default_cache().root / "schema"
    return folder.stat().st_mtime_ns if folder.is_dir() else 0


@lru_cache(maxsize=256)
def _ladder(
    protocol: str, version: Version | None, schema: str | None, schemas: LineSchemas, _pulled: int
) -> Ladder:
    profile = of_source(protocol)
    assert profile is not None
    if schema is not None:
        source = _forced(profile, schema)
        return schemas.ladder([source])
    known = described_versions(profile) if profile.described else available_versions(profile)
    newest, names = known[-1], {v: f"{profile.source}@{v}" for v in known}
    newest_first = [names[v] for v in reversed(known)]
    if profile.lines is not None and profile.lines.release is None:
        return schemas.ladder(newest_first)
    if version is None or version == UNRELEASED:
        who = "an unreleased build made it" if version else "nothing says which release made it"
        remark = f"{who}; judged by {newest}, and by all before it"
        return schemas.ladder(newest_first, remark)
    if version > newest:
        remark = (
            f"made by {version}, newer than all releases that are known; lines are unchecked beyond what "
            f"{newest} says (`codexwire schema pull {version}` gets its own)"
        )
        return schemas.ladder([names[newest]], remark, is_newer=True)
    own = max((v for v in known if v <= version), default=known[0])
    later = [names[v] for v in reversed(known) if v > own]
    return schemas.ladder([names[own], *later])


def _forced(profile: Profile, schema: str) -> str:
    """Return the one schema that was asked for: a release, by its number alone, is the file's protocol's."""
    source = f"{profile.source}@{schema}" if Version.read(schema) else schema
    found = load(source, exact=True)
    if found.layout is not profile:
        raise UsageError(
            f"{schema} is a schema of {found.name}, and this is a {profile.title}",
            hint="--schema auto takes that of the release that made it",
        )
    return source


@cache
def _normalized(source: str, as_published: bool, project: ProjectRules) -> Normalized:
    effects = AS_PUBLISHED if as_published else _VALID
    return normalized(source, effects=effects, project=project)


@lru_cache(maxsize=4)
def _compiled(
    source: str, as_published: bool, formats: bool, project: ProjectRules
) -> LineValidators:
    return LineValidators(_normalized(source, as_published, project).protocol, formats=formats)


@cache
def _walked(
    source: str, as_published: bool, formats: bool, project: ProjectRules
) -> LineValidators:
    protocol = _normalized(source, as_published, project).protocol
    return LineValidators(protocol, compiled=False, formats=formats)
