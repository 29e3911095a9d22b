"""Notices and progress: what a use case says besides its result."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from codexwire.ir.hole import Hole, HoleKind
from codexwire.ir.layout import Namespaces
from codexwire.ir.model import Protocol
from codexwire.model.normalization import BUILT_IN
from codexwire.normalize import Normalized
from codexwire.progress import Say, silent

__all__ = [
    "Notice",
    "RuleIds",
    "Say",
    "first_names",
    "holes_of",
    "project_rules_of",
    "restored_in",
    "silent",
    "skipped_in",
    "stale_rules_of",
]

RuleIds: TypeAlias = Mapping[str, tuple[str, ...]]
"""Schema, by its name in reports → ids of rules that were applied to it, where there are any."""

_MOST_NAMED = 8


@dataclass(frozen=True, slots=True)
class Notice:
    """Something that a reader of the result should know: its `level` is `note`, `warning` or `error`."""

    level: str
    text: str


def holes_of(protocol: Protocol, holes: Iterable[Hole] | None = None) -> tuple[Notice, ...]:
    """Return what is not known about a protocol: its own holes, or those given."""
    name = f"{protocol.name} {protocol.version}" if protocol.version else "the schema"
    texts = _texts(protocol.namespaces, protocol.holes if holes is None else tuple(holes))
    return tuple(Notice("warning", f"{name}: {text}") for text in texts)


def restored_in(restored: RuleIds) -> tuple[Notice, ...]:
    """Return which schemas have more than was published, and by which rules."""
    if not restored:
        return ()
    schemas = ", ".join(f"{name} ({', '.join(rules)})" for name, rules in restored.items())
    text = f"as published, but for what a bundle lost and a rule puts back: {schemas}"
    return (Notice("note", text),)


def skipped_in(paths: tuple[str, ...]) -> tuple[Notice, ...]:
    """Return which files in folders were taken for no recordings."""
    if not paths:
        return ()
    named = ", ".join(paths[:_MOST_NAMED]) + (" …" if len(paths) > _MOST_NAMED else "")
    files = "1 file was" if len(paths) == 1 else f"{len(paths)} files were"
    return (Notice("note", f"{files} taken for no recording: {named}"),)


def project_rules_of(applied: RuleIds) -> tuple[Notice, ...]:
    """Return which schemas were read with which rules that are not codexwire's own."""
    return tuple(
        Notice("note", f"{name} is read with {first_names(list(rules))}")
        for name, rules in applied.items()
    )


def stale_rules_of(normalized: Normalized) -> tuple[Notice, ...]:
    """Return which rules of the project do nothing: a name may be misspelled."""
    stale = (s for s in normalized.stale if s.rule.origin != BUILT_IN)
    return tuple(Notice("warning", f"{s.rule.id} {s.reason}") for s in stale)


def _texts(spaces: Namespaces, holes: tuple[Hole, ...]) -> Iterator[str]:
    unknown = [hole.name for hole in holes if hole.kind is HoleKind.RESULT]
    if unknown:
        one = len(unknown) == 1
        lines = [
            f"the response type of {', '.join(unknown)} is not known; any JSON is accepted there."
            f" {'It' if one else 'Each'} can be stated in pyproject.toml:",
            "    [tool.codexwire.responses]",
            *(f'    "{name}" = "{spaces.full(spaces.newest, "TYPE")}"' for name in unknown),
        ]
        yield "\n".join(lines)
    others = [f"{hole.place}: {hole.text}" for hole in holes if hole.kind is not HoleKind.RESULT]
    if others:
        yield first_names(others, "; ")


def first_names(names: list[str], between: str = ", ") -> str:
    """Return the first of some names, and how many more there are."""
    more = f" and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else ""
    return between.join(names[:_MOST_NAMED]) + more
