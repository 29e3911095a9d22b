"""Loads and normalizes a schema; the result for an available release is kept, and read the next time."""

from __future__ import annotations

from codexwire.ingest import files_of, load
from codexwire.ingest.available import is_available
from codexwire.ingest.made import keep, name_of, recall
from codexwire.ir.model import Protocol
from codexwire.model.normalization import Compared, Effect
from codexwire.model.profile import profile_of
from codexwire.normalize import Normalized, ProjectRules, Rule, normalize
from codexwire.normalize.packed import packed, unpacked
from codexwire.normalize.project import NONE
from codexwire.version import Version

__all__ = ["normalized", "rules_compared"]


def normalized(
    source: str,
    *,
    channel: str = "experimental",
    effects: tuple[Effect, ...] = tuple(Effect),
    compared: tuple[Compared, ...] = tuple(Compared),
    project: ProjectRules = NONE,
    exact: bool = True,
) -> Normalized:
    """Return a source as `load` reads it after the rules of some effects and comparisons.

    The result for a release is kept, unless a project has rules of its own. Raises CodexwireError.
    """
    known = None if project.all else files_of(source)
    if known is None or not (
        exact or is_available(Version.parse(source.rpartition("@")[2]), known[0])
    ):
        return _made(source, channel, effects, compared, project, exact)
    profile, files = known
    name = name_of(profile.source, source, channel, effects, compared, files=files)
    content = None if name is None else recall(name)
    found = None if content is None else unpacked(content, profile)
    if found is None:
        found = _made(source, channel, effects, compared, project, exact)
        made = packed(found)
        if name is not None and made is not None:
            keep(name, made)
    return found


def _made(
    source: str,
    channel: str,
    effects: tuple[Effect, ...],
    compared: tuple[Compared, ...],
    project: ProjectRules,
    exact: bool,
) -> Normalized:
    protocol = load(source, channel=channel, exact=exact)
    rules = rules_compared(protocol, compared)
    return normalize(protocol, effects=effects, rules=rules, project=project)


def rules_compared(protocol: Protocol, compared: tuple[Compared, ...]) -> tuple[Rule, ...]:
    """Return the rules of a protocol that are applied for some comparisons."""
    return tuple(rule for rule in profile_of(protocol).rules.all if rule.compared in compared)
