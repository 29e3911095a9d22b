"""A probe as a report: what was asked and seen, and what of it the schema does not say."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

from codexwire.direction import Kind, Side, Stability
from codexwire.finding import Finding, Level, pages
from codexwire.ir.model import Method, Protocol
from codexwire.location import Location
from codexwire.model.message import MessageKind
from codexwire.model.observed import as_document
from codexwire.probe.learn import ResultVerdict
from codexwire.probe.log import RequestOutcome, Stage
from codexwire.probe.observe import gates_of, hidden_methods
from codexwire.probe.rules import RULES
from codexwire.report.report import Group, Report, Section
from codexwire.transcript.rules import TITLES
from codexwire.usecases.probe import ProbeOutcome
from codexwire.usecases.sightings import sightings

__all__ = ["probe_report"]

_LEVELS = {rule.id: rule.level for rule in RULES}
_DISAGREEMENTS = 200
_OF_THE_ROOM = re.compile(r"""[^\s"']*codexwire-probe-[^\s"'/\\]*|http://127\.0\.0\.1:\d+""")
"""The home of a probe and the address of its model: others every time."""


def probe_report(found: ProbeOutcome) -> Report:
    """Return the report of a probe."""
    findings = tuple(_findings(found))
    release = str(found.protocol.version or "unknown")
    return Report(
        command="codexwire probe",
        groups=(Group(f"codex {release}", findings),),
        summary=tuple(_summary(found, findings)),
        rules={**TITLES, **{rule.id: rule.title for rule in RULES}},
        document=_document(found, findings),
        ascii=True,
        sections=tuple(_sections(found)),
    )


def _finding(rule: str, text: str, *, method: str = "", pointer: str | None = None) -> Finding:
    id = f"probe/{rule}"
    return Finding(id, _LEVELS[id], Location(None, None, pointer), text, {"method": method})


def _findings(found: ProbeOutcome) -> Iterator[Finding]:
    yield from (_finding(trouble, text) for trouble, text in found.probed.log.troubles)
    for rejection in found.rejected:
        violation = rejection.violation
        facts = {"method": rejection.label, "count": rejection.count}
        place, text = Location(None, None, rejection.pointer), violation.message
        yield Finding(violation.rule, Level.ERROR, place, text, facts)
    for finding in found.order:
        facts = {"method": finding.facts["method"]}
        yield Finding(finding.rule, finding.level, Location(), finding.message, facts)
    yield from _of_responses(found)
    yield from _of_gates(found)
    yield from _of_hidden(found)
    yield from _of_members(found)
    listed = dict.fromkeys(d for d in found.probed.damages.disagreements if not d.rule)
    for damage in [*listed][:_DISAGREEMENTS]:
        text = f"only the {damage.accepted_by} takes {damage.kind} at {damage.place or 'params'}"
        yield _finding("damaged-request", text, method=damage.method)


def _of_responses(found: ProbeOutcome) -> Iterator[Finding]:
    for response in found.responses:
        name = response.method
        if response.verdict is ResultVerdict.LEARNED:
            text = f"the answers are {response.type}"
            yield _finding("learned-response", text, method=name)
        elif response.verdict is ResultVerdict.OPEN:
            several = ", ".join(response.candidates[:5]) or "nothing decides"
            yield _finding("open-response", several, method=name)


def _of_gates(found: ProbeOutcome) -> Iterator[Finding]:
    log, table = found.probed.log, {m.name: m for m in _requests(found.protocol)}
    gates = gates_of(log, found.protocol, found.recipe)
    for name in sorted(gates.open):
        if table[name].published:
            yield _finding("experimental-open", "it is answered all the same", method=name)
    for name, member in sorted(gates.stable):
        place = f"params.{member}" if member else "the request itself"
        yield _finding("stable-gated", f"{place} is stable in the schema", method=name)
    for name in sorted({str(h.body["method"]) for h in log.heard if not h.experimental}):
        notification = found.protocol.method(name, Side.SERVER, Kind.NOTIFICATION)
        if notification is not None and notification.stability is Stability.EXPERIMENTAL:
            yield _finding("experimental-sent", "it comes all the same", method=name)


def _of_hidden(found: ProbeOutcome) -> Iterator[Finding]:
    for name in hidden_methods(found.probed.log, found.protocol, found.recipe):
        known = any(m.name == name for m in _requests(found.protocol))
        text = f"the schema does not have it{', a rule adds it' if known else ''}"
        yield _finding("hidden-method", text, method=name)


def _of_members(found: ProbeOutcome) -> Iterator[Finding]:
    for name, seen in found.observed().types.items():
        for place in seen.undeclared:
            yield _finding("undeclared-member", f"{name} is sent with {place}")


def _requests(protocol: Protocol) -> tuple[Method, ...]:
    return protocol.table(Side.CLIENT, Kind.REQUEST)


def _summary(found: ProbeOutcome, findings: tuple[Finding, ...]) -> Iterator[str]:
    log, counts = found.probed.log, _counts(found)
    yield (
        f"{counts['sent']} of {counts['requests']} requests sent, {counts['answered']} answered with a"
        f" result; {counts['notifications']} of {counts['known notifications']} notifications and"
        f" {counts['server requests']} of {counts['known server requests']} server requests seen;"
        f" {log.server_messages:,} server messages"
    )
    verdicts = Counter(r.verdict for r in found.responses)
    yield "response types: " + ", ".join(f"{verdicts[v]} {v}" for v in ResultVerdict)
    damages = found.probed.damages
    reasons = ", ".join(
        f"{n} {rule or 'unexplained'}" for rule, n in sorted(damages.by_rule.items())
    )
    if damages.count:
        differences = f"{len(damages.disagreements)} differences" + (
            f" ({reasons})" if reasons else ""
        )
        yield f"damaged requests: {damages.count:,} judged, {differences}"
    levels = Counter(finding.level for finding in findings)
    yield ", ".join(f"{levels[level]} {level}" for level in Level)


def _counts(found: ProbeOutcome) -> dict[str, int]:
    log = found.probed.log
    known = {m.name for m in _requests(found.protocol)}
    answered = {e.method for e in log.exchanges if e.outcome is RequestOutcome.ANSWERED}
    counts = {
        "requests": len(known),
        "sent": len(known & log.sent()),
        "answered": len(known & answered),
    }
    for label, kind in _SEEN.items():
        published = {m.name for m in found.protocol.table(Side.SERVER, Kind(kind.value))}
        counts |= {label: len(published & log.seen(kind)), f"known {label}": len(published)}
    return counts


_SEEN = {"notifications": MessageKind.NOTIFICATION, "server requests": MessageKind.REQUEST}


def _sections(found: ProbeOutcome) -> Iterator[Section]:
    if found.evidence:
        proved = (f"{rule}: {', '.join(labels)}" for rule, labels in found.evidence.items())
        yield Section("What the published schema rejects and a rule lets in", tuple(proved))
    for title, rows in _reasons(found).items():
        if rows:
            yield Section(title, tuple(f"{name}: {reason}" for name, reason in rows.items()))


def _reasons(found: ProbeOutcome) -> dict[str, dict[str, str]]:
    """Return what was not reached, and why: requests without a result, messages that did not come."""
    log, recipe = found.probed.log, found.recipe
    requests = {
        m.name: recipe.forbidden.get(m.name) or _refusal(found, m.name)
        for m in _requests(found.protocol)
        if not any(e.outcome is RequestOutcome.ANSWERED for e in log.of(m.name))
    }
    tables = {"Requests without a result": requests}
    for label, kind in _SEEN.items():
        seen = log.seen(kind)
        missing = [m.name for m in found.protocol.table(Side.SERVER, Kind(kind.value))]
        tables[f"{label.capitalize()} that did not come"] = {
            name: recipe.unseen.get(name) or _no_cause(found, name)
            for name in missing
            if name not in seen
        }
    return tables


def _no_cause(found: ProbeOutcome, name: str) -> str:
    """Return why a message did not come that comes from other servers."""
    if found.visited:
        return "nothing was asked that causes it"
    elsewhere = next((s for s in sightings(name) if s.releases), None)
    return "no scenario caused it" if elsewhere is None else f"not here, but {elsewhere}"


def _refusal(found: ProbeOutcome, method: str) -> str:
    """Return why a request has no result, in the server's words if there are any."""
    exchanges = [*found.probed.log.of(method)]
    if not exchanges and found.visited and method not in found.recipe.reading:
        return "not sent: it may change something (--allow-changes)"
    if not exchanges:
        return "not sent: the probe did not get there"
    words = (e.refusal for e in exchanges if e.stage is not Stage.CLOSED and e.refusal)
    if not exchanges[0].answer:
        return "no answer"
    return "refused: " + _OF_THE_ROOM.sub("…", next(words, exchanges[0].refusal))


def _document(found: ProbeOutcome, findings: tuple[Finding, ...]) -> dict[str, Any]:
    return {
        "version": 1,
        "release": str(found.protocol.version or "unknown"),
        "counts": {**_counts(found), "server messages": found.probed.log.server_messages},
        "pages": pages(findings),
        "findings": [
            {
                "rule": finding.rule,
                "level": finding.level.value,
                "method": finding.facts.get("method", ""),
                "pointer": finding.location.pointer,
                "count": finding.facts.get("count", 1),
                "message": finding.message,
            }
            for finding in findings
        ],
        "responses": [
            {
                "method": r.method,
                "verdict": r.verdict,
                "type": r.type,
                "candidates": list(r.candidates),
            }
            for r in found.responses
        ],
        "not_reached": _reasons(found),
        "damaged": {
            "judged": found.probed.damages.count,
            "differences": {
                rule or "unexplained": n for rule, n in sorted(found.probed.damages.by_rule.items())
            },
        },
        "observed": as_document(found.observed()),
    }
