"""Findings: frozen data about the user's input. No finding knows how it is shown."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, TypeAlias

from codexwire.location import Location

__all__ = ["DOCUMENTATION", "Finding", "Kind", "Level", "RuleText", "page_url", "pages"]

DOCUMENTATION = "https://codexwire.github.io/codexwire/"
"""Where the documentation is published, as `[project.urls]` of pyproject.toml says."""

Kind: TypeAlias = "tuple[str, ...]"
_INDEX = re.compile(r"/\d+(?=/|\Z)")


class Level(StrEnum):
    """How much a finding matters."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"

    @property
    def rank(self) -> int:
        """0 for error, 1 for warning, 2 for info."""
        return ("error", "warning", "info").index(self.value)


@dataclass(frozen=True, slots=True)
class Finding:
    """One observation, of every command that reports: rule id, level, place, one sentence.

    The sentence has no full stop. `facts` are what only some commands know of a finding, as plain JSON
    values by name (`method`, `count`, `fingerprint`); `codexwire.report` shows those that it knows.
    """

    rule: str
    level: Level
    location: Location
    message: str
    facts: Mapping[str, Any] = field(default_factory=dict)

    @property
    def kind(self) -> Kind:
        """What two findings have in common that say the same of two places of one file."""
        pointer = _INDEX.sub("/*", self.location.pointer or "")
        about = (str(self.facts.get(name) or "") for name in ("direction", "method", "fingerprint"))
        return (self.rule, self.level, pointer, self.message, *about)


@dataclass(frozen=True, slots=True)
class RuleText:
    """What `codexwire rules` tells of findings that have no rule file of their own.

    `id` is the rule of such findings, `level` the gravest that they can have, `title` one sentence.
    """

    id: str
    level: Level
    title: str
    doc: str


def page_url(rule: str) -> str:
    """Return the address of a rule's page: `schema/type` has one that ends in `rules/schema/type/`."""
    return f"{DOCUMENTATION}rules/{rule}/"


def pages(findings: Iterable[Finding]) -> dict[str, str]:
    """Return the rule of every finding with the address of its page, as JSON reports have it."""
    return {rule: page_url(rule) for rule in sorted({finding.rule for finding in findings})}
