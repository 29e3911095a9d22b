"""A comparison as a report: findings by type for readers, a changelog, a document for programs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any, NamedTuple

from codexwire.diff import Diff, DiffFinding
from codexwire.diff.rule import Harmless, Skew
from codexwire.diff.semver_hint import suggested_bump
from codexwire.diff.table import RULES
from codexwire.diff.verdict import BROKEN, Verdict
from codexwire.finding import Level, pages
from codexwire.ir.model import UNIONS
from codexwire.model.observed import Observed
from codexwire.report.report import Chapter, Group, Report
from codexwire.usecases.diff_seen import seen_on_wires

__all__ = ["diff_report"]

_SKEWS = {Skew.OLD_CLIENT: "old client ↔ new server", Skew.NEW_CLIENT: "new client ↔ old server"}
_RULES = {rule.id: rule for rule in RULES}
_UNIONS = frozenset(union.union for union in UNIONS)
_PUBLIC = (
    "type",
    "pointer",
    "methods",
    "directions",
    "effect",
    "breaks",
    "levels",
    "conditional",
    "stability",
    "old",
    "new",
    "witness",
    "fingerprint",
)
"""The facts of a finding that stand in the document, in that order."""


def diff_report(
    diff: Diff,
    old: str,
    new: str,
    *,
    ignored: Mapping[str, str] | None = None,
    applied: Mapping[str, Mapping[str, tuple[str, ...]]] | None = None,
    profiles: Mapping[str, Observed] | None = None,
) -> Report:
    """Return the report of a comparison of two versions by their names.

    `ignored` are the fingerprints of findings that do not count, with the reason. `applied` says under
    a key of the document which rules a version was read with: version → ids. `profiles` are what was
    observed of `old` and `new`, where they were probed.
    """
    reasons = ignored or {}
    found = [replace(f, ignored=reasons.get(f.fingerprint, "")) for f in diff.findings]
    counted = [f for f in found if not f.ignored]
    bump = suggested_bump(counted)
    return Report(
        command="codexwire diff",
        groups=_by_type(found),
        summary=tuple(_summary(found, counted, diff.texts, bump)),
        rules={rule.id: rule.title for rule in RULES},
        document=_document(
            found, counted, diff.texts, bump, (old, new), applied or {}, profiles or {}
        ),
        versions=(old, new),
        skews={skew.value: title for skew, title in _SKEWS.items()},
        chapters=tuple(_chapters(found)),
    )


def _by_type(findings: Iterable[DiffFinding]) -> tuple[Group, ...]:
    """Group findings by owning type, in order."""
    groups: dict[str, list[DiffFinding]] = {}
    for finding in findings:
        groups.setdefault(finding.type, []).append(finding)
    return tuple(Group(type, tuple(g), methods=_methods(type, g)) for type, g in groups.items())


def _methods(type: str, findings: list[DiffFinding]) -> tuple[str, ...]:
    """The methods whose messages contain a type; those of a union are its findings."""
    return () if type in _UNIONS else tuple(sorted({m for f in findings for m in f.methods}))


def _counts(findings: list[DiffFinding], skew: Skew) -> dict[str, int]:
    verdicts = [finding.verdict(skew) for finding in findings]
    order = (Verdict.BREAKS, Verdict.CONDITIONAL, Verdict.UNPROVEN, Verdict.SAFE)
    return {verdict.value: verdicts.count(verdict) for verdict in order}


def _summary(
    found: list[DiffFinding], counted: list[DiffFinding], texts: int, bump: str
) -> Iterator[str]:
    """Yield the counts as sentences."""
    for skew, title in _SKEWS.items():
        counts = _counts(counted, skew)
        broken = [f for f in counted if f.verdict(skew) is Verdict.BREAKS]
        minor = sum(f.level_of(skew) is not Level.ERROR for f in broken)
        parts = [f"{counts['breaks']} break" + (f" ({minor} of them minor)" if minor else "")]
        for verdict, words in (("conditional", "break if sent"), ("unproven", "unproven")):
            if counts[verdict]:
                parts.append(f"{counts[verdict]} {words}")
        yield f"{title}: {', '.join(parts)}"
    ignored = len(found) - len(counted)
    changes = f"{len(found)} changes" if found else "nothing changed"
    yield changes + (f", {ignored} of them ignored" if ignored else "")
    rules = [finding.rule for finding in found]
    added, removed = rules.count("type-added"), rules.count("type-removed")
    if added or removed:
        yield f"{added} types added, {removed} removed"
    if texts:
        yield f"{texts} descriptions say something else"
    yield f"suggested bump: {bump}"


def _document(
    found: list[DiffFinding],
    counted: list[DiffFinding],
    texts: int,
    bump: str,
    names: tuple[str, str],
    applied: Mapping[str, Mapping[str, tuple[str, ...]]],
    profiles: Mapping[str, Observed],
) -> dict[str, Any]:
    levels = [finding.level for finding in counted]
    return {
        "version": 1,
        "old": names[0],
        "new": names[1],
        "summary": {
            "findings": len(found),
            "ignored": len(found) - len(counted),
            "levels": {level.value: levels.count(level) for level in Level},
            "breaks": {skew.value: _counts(counted, skew) for skew in _SKEWS},
            "descriptions_changed": texts,
            "suggested_bump": bump,
        },
        "pages": pages(found),
        "findings": [_public(f, profiles) for f in found],
        **{
            key: {version: list(rules) for version, rules in versions.items()}
            for key, versions in applied.items()
            if versions
        },
    }


def _public(finding: DiffFinding, profiles: Mapping[str, Observed]) -> dict[str, Any]:
    """Return what the document says of a finding."""
    facts = {key: finding.facts[key] for key in _PUBLIC}
    seen = seen_on_wires(finding, profiles)
    return {"rule": finding.rule, **facts, **({"observed": seen} if seen else {})}


class _Heading(NamedTuple):
    """A chapter of the changelog, what it means, and which changes stand there."""

    title: str
    explanation: str
    belongs: Callable[[DiffFinding], bool]
    skew: str = ""


def _harmless(*kinds: Harmless) -> Callable[[DiffFinding], bool]:
    """Return what tells changes in messages that break nothing, by rules of these kinds."""
    return lambda f: f.safe and bool(f.senders) and _RULES[f.rule].harmless in kinds


_HEADINGS = (
    _Heading(
        "Breaks old clients on a new server",
        "A client built for the old version, talking to the new one.",
        lambda f: f.old_client in BROKEN,
        Skew.OLD_CLIENT,
    ),
    _Heading(
        "Breaks new clients on an old server",
        "A client built for the new version, talking to the old one.",
        lambda f: f.new_client in BROKEN,
        Skew.NEW_CLIENT,
    ),
    _Heading(
        "Needs a new server",
        "Fine until a new client uses it on an old server.",
        lambda f: f.new_client is Verdict.CONDITIONAL and f.old_client not in BROKEN,
    ),
    _Heading(
        "New and harmless",
        "The other side ignores it, or takes unknown values there anyway.",
        _harmless(Harmless.NEW),
    ),
    _Heading(
        "Gone without harm",
        "Nobody could rely on it, and the other side ignores it.",
        _harmless(Harmless.GONE),
    ),
    _Heading("Other changes", "", _harmless(Harmless.OTHER)),
    _Heading(
        "In no message",
        "What changed in types that no message of both versions contains.",
        lambda f: not f.senders and _RULES[f.rule].harmless is not Harmless.NOT,
    ),
)


def _chapters(found: list[DiffFinding]) -> Iterator[Chapter]:
    for title, explanation, belongs, skew in _HEADINGS:
        chosen = [f for f in found if not f.ignored and belongs(f)]
        if chosen:
            yield Chapter(title, explanation, _by_type(chosen), skew)
    if ignored := [f for f in found if f.ignored]:
        yield Chapter("Ignored", "", _by_type(ignored))
