"""Apply the rules in table order, say where each one matched, and which claims no longer hold."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from codexwire.errors import NormalizeError
from codexwire.ir.chains import following_chains
from codexwire.ir.edit import map_schemas
from codexwire.ir.model import UNIONS, Protocol, Schema
from codexwire.ir.wellformed import endless
from codexwire.location import JsonPath, join_pointer
from codexwire.model.normalization import BUILT_IN, Effect, NormalizationRule, NormalizationRules
from codexwire.model.profile import profile_of
from codexwire.normalize.gates import mark_gates
from codexwire.normalize.holes import fill_references, state_keywords, state_results
from codexwire.normalize.project import NONE, PROJECT, ProjectRules

__all__ = ["Application", "Normalized", "Stale", "apply", "normalize"]


@dataclass(frozen=True, slots=True)
class Application:
    """A rule and the places where it matched (`v2/Thread#/properties/createdAt`, `turn/start`)."""

    rule: NormalizationRule
    places: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Stale:
    """A rule whose claimed versions and reality differ; `reason` is one sentence."""

    rule: NormalizationRule
    reason: str


@dataclass(frozen=True, slots=True)
class Normalized:
    """The normalized protocol, which rules applied where, and which claims were wrong."""

    protocol: Protocol
    applied: tuple[Application, ...]
    stale: tuple[Stale, ...]

    @property
    def restored(self) -> tuple[str, ...]:
        """The ids of the applied rules that put back what the release's own bundle lost."""
        rules = [a.rule for a in self.applied]
        completions = profile_of(self.protocol).rules.completions
        return tuple(r.id for r in rules if r.effect is Effect.RESTORE or r in completions)

    @property
    def project_rules(self) -> tuple[str, ...]:
        """The ids of the applied rules that are the project's or an installed package's."""
        return tuple(a.rule.id for a in self.applied if a.rule.origin != BUILT_IN)


def normalize(
    protocol: Protocol,
    *,
    effects: Iterable[Effect] = tuple(Effect),
    rules: tuple[NormalizationRule, ...] | None = None,
    project: ProjectRules = NONE,
) -> Normalized:
    """Return the protocol after the rules whose effect is in `effects`.

    `rules` are those of its profile, or some of them.
    `effects=(Effect.ANNOTATE,)` keeps the set of valid messages as published. `project` has the rules
    that are not codexwire's own (`project_rules`). What stays unknown (a reference to nothing, the
    response type of a request) is among the `holes` of the protocol. Raises NormalizeError when a rule
    of the project or of a package fails, IngestError for types in a chain too long for one of ours.
    """
    wanted = frozenset(effects)
    applied: list[Application] = []
    stale: list[Stale] = []
    table = profile_of(protocol).rules
    for stage in _stages(table, table.all if rules is None else rules, project):
        for rule in stage:
            if rule.effect not in wanted:
                continue
            protocol, places = _applied(rule, protocol)
            if places:
                applied.append(Application(rule, places))
            stale += _staleness(rule, protocol, bool(places))
            stale += _stale_rows(rule, protocol, places)
        protocol = fill_references(protocol)
    protocol = mark_gates(state_keywords(state_results(protocol)))
    return Normalized(protocol, tuple(applied), tuple(stale))


def _stages(
    table: NormalizationRules, rules: tuple[NormalizationRule, ...], project: ProjectRules
) -> tuple[
    tuple[NormalizationRule, ...], tuple[NormalizationRule, ...], tuple[NormalizationRule, ...]
]:
    """Return the rules in the order in which they run; after each stage nothing dangles.

    The project states results before the response map looks for them, and corrects shapes before
    knowledge is read off them.
    """
    mending = [r for r in rules if r not in table.completions and r not in table.knowledge]
    place = mending.index(table.responses) if table.responses in mending else len(mending)
    mending[place:place] = project.responses
    return (
        tuple(r for r in rules if r in table.completions),
        (*mending, *project.rules),
        tuple(r for r in rules if r in table.knowledge),
    )


def _applied(rule: NormalizationRule, protocol: Protocol) -> tuple[Protocol, tuple[str, ...]]:
    """Apply a rule; one that is not ours and fails is one clear line, as is a chain too long for ours."""
    if rule.origin == BUILT_IN:
        with following_chains(protocol, f"the rule {rule.id}"):
            return apply(rule, protocol)
    try:
        changed, places = apply(rule, protocol)
        if places and (circle := endless({n: t.schema for n, t in changed.types.items()})):
            raise ValueError(f"it makes {circle[0]} consist of nothing but itself")
    except Exception as error:
        said = str(error) if isinstance(error, ValueError) else f"{type(error).__name__}: {error}"
        raise NormalizeError(
            f"the rule {rule.id} of {_owner(rule)} fails: {said}",
            hint="--no-project-rules leaves it out",
        ) from None
    return changed, places


def _owner(rule: NormalizationRule) -> str:
    return "pyproject.toml" if rule.origin == PROJECT else f"the package {rule.origin}"


def _staleness(rule: NormalizationRule, protocol: Protocol, matched: bool) -> Iterator[Stale]:
    version = protocol.version
    claims = profile_of(protocol).claims
    if version is None or not claims or (version in rule.versions) is matched:
        return
    if rule.origin != BUILT_IN:
        if not matched:
            reason = "what it names is not there, or it is so without this rule"
            yield Stale(rule, f"does nothing in {version} ({rule.versions}): {reason}")
    elif matched:
        yield Stale(rule, f"matches in {version}, which it does not claim ({rule.versions})")
    elif not rule.experimental or any(s.channel == "experimental" for s in protocol.sources):
        yield Stale(rule, f"claims {version} ({rule.versions}), where its pattern is gone")


def _stale_rows(
    rule: NormalizationRule, protocol: Protocol, places: tuple[str, ...]
) -> Iterator[Stale]:
    """Yield the rows of a rule's table that are not where they claim to be, or are elsewhere too."""
    version = protocol.version
    if version is None or not profile_of(protocol).claims:
        return
    for row in rule.rows:
        found = any(map(row.names, places))
        if found is not (version in row.versions):
            what = "found in" if found else "gone in"
            yield Stale(rule, f"{row.place} ({row.versions}) is {what} {version}")


def apply(rule: NormalizationRule, protocol: Protocol) -> tuple[Protocol, tuple[str, ...]]:
    """Return the protocol after one rule, and the places where the rule matched."""
    if rule.protocol is not None:
        changed = rule.protocol(protocol)
        return (protocol, ()) if changed is None else (changed, tuple(_changes(protocol, changed)))
    places: list[str] = []
    if rule.typedef is not None:
        return _apply_to_types(rule, protocol, places), tuple(places)
    return _apply_to_nodes(rule, protocol, places), tuple(places)


def _apply_to_types(rule: NormalizationRule, protocol: Protocol, places: list[str]) -> Protocol:
    assert rule.typedef is not None
    changed = {}
    for name, typedef in protocol.types.items():
        schema = rule.typedef(protocol, typedef)
        if schema is not None and schema != typedef.schema:
            changed[name] = replace(typedef, schema=schema)
            places.append(name)
    return protocol.with_types(changed) if changed else protocol


def _apply_to_nodes(rule: NormalizationRule, protocol: Protocol, places: list[str]) -> Protocol:
    handler = rule.node
    assert handler is not None

    def change(owner: str, path: JsonPath, node: Schema) -> Schema:
        new = handler(protocol, node)
        if new is None or new == node:
            return node
        places.append(f"{owner}#{join_pointer(path)}" if path else owner)
        return new

    return map_schemas(protocol, change)


def _changes(before: Protocol, after: Protocol) -> Iterator[str]:
    for name, typedef in after.types.items():
        if before.types.get(name) is not typedef:
            yield name
    yield from (f"-{name}" for name in before.types if name not in after.types)
    old = {(m.sender, m.kind, m.name): m for m in before.methods}
    for method in after.methods:
        if old.get((method.sender, method.kind, method.name)) is not method:
            yield method.name
    for union in UNIONS:
        if before.envelope.get(union.union) != after.envelope.get(union.union):
            yield union.union
