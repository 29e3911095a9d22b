"""Orders the changes of a comparison by how grave they are, and gives the words for it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from codexwire.finding import Finding, Level

__all__ = ["BY_GRAVITY", "LEGEND", "NO_MESSAGE", "OPEN", "by_methods", "gravity"]

NO_MESSAGE = "In no message of both versions"

BY_GRAVITY: Mapping[str, tuple[str, str, bool]] = {
    "sure": ("Sure breaks", "One side sends what the other rejects or cannot do without.", True),
    "unproven": (
        "Unproven breaks",
        "By the schemas one side may send what the other rejects; no message was found that shows it.",
        True,
    ),
    "minor": (
        "Breaks for strict readers",
        "Whoever takes unknown values and does without absent ones notices nothing.",
        True,
    ),
    "conditional": (
        "Breaks if it is used",
        "Fine until a new client sends what is new to a server that does not know it.",
        True,
    ),
    "safe": ("Harmless changes", "They break nobody.", False),
    "ignored": ("Ignored changes", "The ignore file accepts them, and says why.", False),
}
"""Gravity → title, what it means, and whether its chapter is open from the start."""

OPEN = frozenset(name for name, (_, _, is_open) in BY_GRAVITY.items() if is_open)
"""What somebody has to decide about."""

LEGEND = (
    ("breaks", "A message that one side may send is rejected by the other; an example shows it."),
    ("conditional", "It breaks only if the new client sends what is new."),
    ("unproven", "The schemas say that it may break, but no message was found that shows it."),
    ("experimental", "Only for clients that ask for the experimental API."),
    ("not there", "The version before, or after, has nothing at that place."),
)
"""Words of a comparison, and what they mean."""


def gravity(finding: Finding) -> str:
    """Return how grave a change is: a key of `BY_GRAVITY`."""
    verdicts = set(finding.facts["breaks"].values())
    if finding.facts["ignored"]:
        return "ignored"
    if "breaks" in verdicts:
        return "sure" if finding.level is Level.ERROR else "minor"
    return next((name for name in ("unproven", "conditional") if name in verdicts), "safe")


def by_methods(findings: Iterable[Finding]) -> list[tuple[tuple[str, ...], list[Finding]]]:
    """Group changes by the methods whose messages they are in: one method, several, last none."""
    groups: dict[tuple[str, ...], list[Finding]] = {}
    for finding in findings:
        groups.setdefault(tuple(sorted(finding.facts["methods"])), []).append(finding)
    return sorted(groups.items(), key=lambda item: (not item[0], len(item[0]) > 1, item[0]))
