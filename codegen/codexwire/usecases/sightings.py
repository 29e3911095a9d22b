"""What the probed releases tell of one method, type or rule: in which of them a server did what."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

from codexwire.ingest.observed import Profiles, observed_profiles
from codexwire.model.observed import Observed
from codexwire.version import Version

__all__ = ["Sighting", "proofs", "sightings"]

_SEEN = "seen on a wire"

_Fact: TypeAlias = "tuple[str, str]"
"""What a server did, and the word that stands for `{}` in it; empty where there is none."""


@dataclass(frozen=True, slots=True)
class Sighting:
    """What servers did, the probed releases whose servers did it, and how many were probed."""

    what: str
    releases: tuple[Version, ...]
    probed: int

    def as_json(self) -> dict[str, Any]:
        """Return it as plain JSON values."""
        releases = [str(release) for release in self.releases]
        return {"what": self.what, "releases": releases, "probed": self.probed}

    def __str__(self) -> str:
        if not self.releases:
            return f"never {self.what} ({self.probed} releases were probed)"
        ends = dict.fromkeys(str(end) for end in (self.releases[0], self.releases[-1]))
        counted = f"{len(self.releases)} of {self.probed} releases that were probed"
        return f"{self.what} in {' … '.join(ends)} ({counted})"


def sightings(name: str, profiles: Profiles | None = None) -> tuple[Sighting, ...]:
    """Return what servers did with a method or type; the first says where it was seen, maybe nowhere.

    `profiles` are those of all probed releases, for callers that ask about many names. Empty where no
    release was probed.
    """
    return _collected(lambda observed: _facts(observed, name), {(_SEEN, ""): []}, profiles)


def proofs(rule: str) -> tuple[Sighting, ...]:
    """Return the messages of servers, or taken by them, that the schema rejects without a rule."""
    what = "the published schema rejects {}"
    return _collected(lambda found: ((what, label) for label in found.rules.get(rule, ())), {})


def _collected(
    facts: Callable[[Observed], Iterable[_Fact]],
    found: dict[_Fact, list[Version]],
    profiles: Profiles | None = None,
) -> tuple[Sighting, ...]:
    """Return the facts of all profiles; those that hold in the same releases and differ in a word are one."""
    profiles = observed_profiles() if profiles is None else profiles
    for version, observed in profiles:
        for fact in facts(observed):
            found.setdefault(fact, []).append(version)
    alike: dict[tuple[str, tuple[Version, ...]], list[str]] = {}
    for (what, word), seen in found.items():
        alike.setdefault((what, tuple(seen)), []).append(word)
    return tuple(
        Sighting(what.format(", ".join(words)), seen, len(profiles))
        for (what, seen), words in alike.items()
        if profiles
    )


def _facts(observed: Observed, name: str) -> Iterator[_Fact]:
    """Yield what the profile of a release says of a method or type."""
    request, seen = observed.requests.get(name), observed.types.get(name)
    if observed.has(name):
        yield _SEEN, ""
    if request is not None and request.gated:
        yield "refused without experimentalApi", ""
    if request is not None and request.ungated:
        yield "not refused without experimentalApi", ""
    for member in request.gated_members if request is not None else ():
        yield "without experimentalApi refused with params.{}", member
    if name in observed.to_stable:
        yield "sent without experimentalApi, too,", ""
    if name in observed.hidden:
        yield "known to servers, but not to their schemas,", ""
    for place in seen.undeclared if seen is not None else ():
        yield "sent with the undeclared {}", place
