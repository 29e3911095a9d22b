"""What a shell completes: releases, methods and types, ids of rules; imported when asked for."""

from __future__ import annotations

__all__ = ["language", "name", "release", "rule"]


def language(incomplete: str) -> list[str]:
    """Return the languages of available emitters that begin so."""
    from codexwire.emit.emitters import languages

    return [known for known in languages() if known.startswith(incomplete)]


def release(incomplete: str) -> list[str]:
    """Return the available releases that begin so, the newest first."""
    from codexwire.ingest.archive import archive

    return [str(v) for v in reversed(archive().versions) if str(v).startswith(incomplete)]


def name(incomplete: str) -> list[str]:
    """Return the methods and types of the newest schema that begin so, types with and without namespace."""
    from codexwire.ingest import DEFAULT_VERSION, load

    protocol = load(str(DEFAULT_VERSION))
    bare = {protocol.namespaces.bare(known) for known in protocol.types}
    names = {method.name for method in protocol.methods} | set(protocol.types) | bare
    return sorted(known for known in names if known.startswith(incomplete))


def rule(incomplete: str) -> list[str]:
    """Return the ids of rules that begin so."""
    from codexwire.usecases.rule_index import rule_entries

    return [entry.id for entry in rule_entries() if entry.id.startswith(incomplete)]
