"""Which schemas are at hand, where: with codexwire, in the project, in the cache."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from codexwire.ingest.cache import Cache, default_cache, listed
from codexwire.ingest.embedded import Release, index, project_index, published

__all__ = ["Kept", "kept_schemas", "known_schemas"]


@dataclass(frozen=True, slots=True)
class Kept:
    """One schema of one release and its place: `embedded`, `vendored`, `cached`, or `known` only."""

    place: str
    release: Release


def kept_schemas(cache: Cache | None = None) -> tuple[Kept, ...]:
    """Return every schema at hand, oldest first."""
    kept = [*_kept(cache or default_cache())]
    return tuple(sorted(kept, key=lambda k: k.release.version))


def known_schemas() -> tuple[Kept, ...]:
    """Return every schema at hand, and of the other releases what is known of them, oldest first."""
    kept = kept_schemas()
    have = {k.release.version for k in kept}
    known = [Kept("known", r) for r in published() if r.version not in have]
    return tuple(sorted((*kept, *known), key=lambda k: k.release.version))


def _kept(cache: Cache) -> Iterator[Kept]:
    yield from (Kept("embedded", r) for r in index() if r.file)
    yield from (Kept("vendored", r) for r in project_index())
    for entry in listed(cache):
        yield from (Kept("cached", r) for r in entry.releases)
