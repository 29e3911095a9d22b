"""What a flat v2 bundle leaves out: server requests, client notifications, envelopes, responses.

The flat bundle of a release is part of its full one (compared for 0.115.0, 0.140.0 and 0.163.0). If the
full bundle is at hand, it is taken; else the missing types are those of the embedded default.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cache

from codexwire.ingest.document import Document, open_document
from codexwire.ingest.embedded import DEFAULT_VERSION, index
from codexwire.ir.model import Schema
from codexwire.ir.walk import references

__all__ = ["complete"]

_ROOTS = ("ServerRequest", "ClientNotification", "JSONRPCMessage", "RequestId")


def complete(document: Document) -> Document:
    """Return a flat document with what its release's full bundle has beside it."""
    for release in reversed(index()):
        full = _full(str(release.file)) if release.file else None
        if full is not None and _part_of(document, full):
            return replace(full, origin=document.origin)
    return _from_default(document)


@cache
def _full(path: str) -> Document:
    return open_document(path)


def _part_of(flat: Document, full: Document) -> bool:
    return all(full.types.get(name) == node for name, node in flat.types.items())


def _from_default(document: Document) -> Document:
    experimental = [r for r in index() if r.version == DEFAULT_VERSION][-1]
    default = _full(str(experimental.file)).types
    roots = [n for n in default if n in _ROOTS or (n.endswith("Response") and "/" not in n)]
    added = {n: default[n] for n in _closure(default, roots) if n not in document.types}
    return replace(document, types={**document.types, **added}, complete=True)


def _closure(types: dict[str, Schema], roots: list[str]) -> Iterator[str]:
    seen: set[str] = set()
    todo = list(roots)
    while todo:
        name = todo.pop()
        if name in seen:
            continue
        seen.add(name)
        yield name
        todo += references(types[name])
