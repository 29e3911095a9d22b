"""Which schema a recording is judged by: the one asked for, or the nearest to the server's release."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path

from codexwire.errors import UsageError
from codexwire.ingest import DEFAULT_VERSION
from codexwire.ingest.available import available_versions, is_available
from codexwire.ingest.described import described_versions, is_described
from codexwire.ir.model import Protocol
from codexwire.model.cached import cached
from codexwire.model.profile import Profile
from codexwire.normalize import AS_PUBLISHED, Effect, Normalized, ProjectRules
from codexwire.profiles.table import of_source
from codexwire.transcript.judgement import Schema
from codexwire.transcript.ladder import Ladder
from codexwire.transcript.server_guess import Origin, ServerGuess
from codexwire.transcript.stand_in import StandIn
from codexwire.usecases.ladder import UNRELEASED, LineSchemas, ladder_of
from codexwire.usecases.normalized import normalized
from codexwire.usecases.notices import RuleIds
from codexwire.usecases.project import rules_of
from codexwire.usecases.releases import mended_releases
from codexwire.version import Version, nearest, nearest_first
from codexwire.wire import Validators

__all__ = ["AUTO", "SchemaChoice", "choose"]

AUTO = "auto"


@dataclass(frozen=True, slots=True)
class SchemaChoice:
    """The options that decide: `schema` is a version, a path, or `auto`.

    The rules of the project of the folder `project` apply, and those of installed packages; none of
    them without it. Called with what a recording says of its server, it returns the schema. Loading one
    raises CodexwireError.
    """

    schema: str = AUTO
    as_published: bool = False
    formats: bool = False
    project: Path | None = None

    def __call__(self, server: ServerGuess) -> Schema:
        """Return the schema for a recording."""
        source, remark = (self.schema, "") if self.schema != AUTO else choose(server)
        validators = self._validators(source)
        if validators.protocol.layout.root:
            raise UsageError(
                f"{source} is a schema of lines, and these are messages",
                hint="--schema auto takes that of the server's release",
            )
        rules = self._normalized(source).project_rules
        stand_in = _stand_in(server) if remark and self.schema == AUTO else None
        return Schema(_label(source, validators), validators, remark, rules, stand_in=stand_in)

    def ladder(self, profile: Profile, version: Version | None) -> Ladder:
        """Return the schemas for a file of lines that a release made."""
        schemas = LineSchemas(self.as_published, self.formats, self._rules)
        return ladder_of(profile, version, None if self.schema == AUTO else self.schema, schemas)

    def check(self) -> None:
        """Load the schema that was asked for, so that nothing is read when it cannot be used."""
        if self.schema != AUTO:
            self._validators(self.schema)

    def protocol(self, label: str) -> Protocol:
        """Return the protocol behind the label of a schema that this choice made."""
        return self._validators(self._source(label)).protocol

    def restored(self, labels: Iterable[str]) -> RuleIds:
        """Return by which rules the schemas behind labels are more than what was published."""
        if not self.as_published:
            return {}
        found = {v: self._normalized(self._source(v)).restored for v in sorted(labels)}
        return {label: rules for label, rules in found.items() if rules}

    def _source(self, label: str) -> str:
        named = self.schema == AUTO or of_source(label) is not None
        return label if named else self.schema

    @property
    def _rules(self) -> ProjectRules:
        return rules_of(self.project)

    def _normalized(self, source: str) -> Normalized:
        return _normalized(source, self.as_published, self._rules)

    def _validators(self, source: str) -> Validators:
        return _validators(source, self.as_published, self._rules, self.formats)


def _stand_in(server: ServerGuess) -> StandIn | None:
    """Return what tells of the other releases, where a recording names one that is not available."""
    if server.version is None or of_source(server.source) is not None:
        return None
    newest = available_versions()[-1]
    version = newest if server.version == UNRELEASED else server.version
    is_newer = server.version == UNRELEASED or version > newest
    return StandIn(server.version, is_newer, partial(_others, version))


def _others(version: Version) -> Iterator[tuple[str, Validators]]:
    """Yield the last available release of every minor version, the nearest to `version` first."""
    protocols = _last_of_minors()
    for each in nearest_first(version, protocols):
        yield str(each), cached(Validators, protocols[each])


@cache
def _last_of_minors() -> Mapping[Version, Protocol]:
    known = {p.version: p for p in mended_releases() if p.version is not None}
    last = {(v.major, v.minor): v for v in sorted(known)}
    return {version: known[version] for version in last.values()}


def _label(source: str, validators: Validators) -> str:
    version = validators.protocol.version
    return source if version is None or is_described(source) else str(version)


@cache
def _validators(
    source: str, as_published: bool, project: ProjectRules, formats: bool
) -> Validators:
    return Validators(_normalized(source, as_published, project).protocol, formats=formats)


@cache
def _normalized(source: str, as_published: bool, project: ProjectRules) -> Normalized:
    effects = AS_PUBLISHED if as_published else tuple(Effect)
    return normalized(source, effects=effects, project=project)


def choose(server: ServerGuess) -> tuple[str, str]:
    """Return the source of the nearest schema, and a remark where it is not the server's own."""
    if (profile := of_source(server.source)) is not None:
        return _described(profile, server)
    if server.version is None:
        return str(DEFAULT_VERSION), (
            f"nothing says which release the server is; judged by {DEFAULT_VERSION}"
        )
    if server.version == UNRELEASED:
        newest = available_versions()[-1]
        return str(newest), f"the server is an unreleased build; judged by {newest}"
    if is_available(server.version):
        return str(server.version), ""
    near = nearest(server.version, available_versions())
    return str(near), (
        f"the server is {server.version}; judged by {near}, the nearest available schema"
        f" (`codexwire schema pull {server.version}` gets its own)"
    )


def _described(profile: Profile, server: ServerGuess) -> tuple[str, str]:
    """Return the schema of a protocol that codexwire describes; from the first recorded release on."""
    known, name = described_versions(profile), profile.source
    if server.origin is not Origin.RELEASE or server.version is None:
        version = server.version or known[-1]
        return f"{name}@{version}", (
            f"an {name} session, which does not name its release; judged by {version}"
        )
    if server.version in known:
        return f"{name}@{server.version}", ""
    near = max((v for v in known[1:] if v <= server.version), default=known[1])
    return f"{name}@{near}", (
        f"the {name} is {server.version}; judged by {near}, the last one before that was recorded"
    )
