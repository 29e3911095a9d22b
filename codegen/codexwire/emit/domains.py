"""Which module a type belongs to: an ordered table of domains and the names that belong to them.

A type is placed in the domain of its longest matching prefix, or later: modules import only from
modules above them in the table, so a type lives no earlier than what it refers to. The first domain
takes what no prefix matches: a new type never drags those that use it away.
"""

from __future__ import annotations

from functools import lru_cache

from codexwire.model.profile import Domain

__all__ = ["domain_index"]


@lru_cache(maxsize=8)
def _prefixes(domains: tuple[Domain, ...]) -> tuple[tuple[str, int], ...]:
    """Return every prefix and the index of its domain, the longest first."""
    listed = ((prefix, index) for index, domain in enumerate(domains) for prefix in domain.prefixes)
    return tuple(sorted(listed, key=lambda entry: -len(entry[0])))


def domain_index(domains: tuple[Domain, ...], owner: str) -> int:
    """Return the index in `domains` for a type's name without namespace."""
    for index, domain in enumerate(domains):
        if domain.suffixes and owner.endswith(domain.suffixes):
            return index
    for prefix, index in _prefixes(domains):
        rest = owner.removeprefix(prefix)
        if rest != owner and (not rest or not rest[0].islower()):
            return index
    return 0
