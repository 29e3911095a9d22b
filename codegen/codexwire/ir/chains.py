"""Types that refer to types that refer to types: too many for what follows them one inside another."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from codexwire.errors import IngestError
from codexwire.ir.model import Protocol
from codexwire.ir.walk import references

__all__ = ["following_chains", "heights"]

_LONG = 100
"""So many types in a chain are no problem for anything: where a shorter one fails, the fault is ours."""


@contextmanager
def following_chains(protocol: Protocol, what: str) -> Iterator[None]:
    """Raise IngestError, which names the longest chain, where a block is nested too deeply by it.

    `what` is said to be what the chain is too long for.
    """
    try:
        yield
    except RecursionError:
        found = heights(protocol)
        first = max(found, key=lambda name: found[name], default="")
        if not first or found[first] <= _LONG:
            raise
        raise IngestError(
            f"{found[first]} types refer to each other in a chain that begins with {first!r},"
            f" too long for {what}",
            hint=f"let them refer to the type that is meant in the end; {_LONG} are no problem",
        ) from None


def heights(protocol: Protocol) -> dict[str, int]:
    """Return of how many types the longest chain of references is that begins with each type.

    What leads back to a type that it began with is not followed again.
    """
    below = {
        name: sorted(protocol.types.keys() & set(references(typedef.schema)))
        for name, typedef in protocol.types.items()
    }
    found: dict[str, int] = {}
    for start in sorted(below):
        waiting = [start]
        while waiting:
            name = waiting[-1]
            if name not in found:
                found[name] = 0  # begun
                waiting += [inner for inner in below[name] if inner not in found]
            else:
                waiting.pop()
                found[name] = found[name] or 1 + max((found[n] for n in below[name]), default=0)
    return found
