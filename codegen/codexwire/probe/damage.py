"""Damaged requests: who refuses them, the schema or the server.

They go to a server to which nobody has said hello. It reads each of them to the end, and then says what is
wrong with it, or else that nobody has said hello: whatever is in them, nothing happens.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from codexwire.direction import Kind, Side
from codexwire.ir.model import Method, Protocol
from codexwire.probe.line import GoneError
from codexwire.probe.log import refusal_of
from codexwire.probe.recipe import Recipe
from codexwire.probe.requests import Damage, Requests
from codexwire.probe.session import OMITTED, Session
from codexwire.wire import Validators

__all__ = ["Disagreement", "Judge", "Judged", "plan"]

_AT_ONCE = 50
_SECONDS = 10.0


@dataclass(frozen=True, slots=True, order=True)
class Disagreement:
    """A damaged request that server and schema judge differently; `rule` says why, if that is known."""

    method: str
    place: str
    kind: str
    accepted_by: str
    rule: str = ""


@dataclass(slots=True)
class Judged:
    """How many damaged requests were judged, and those about which server and schema disagree."""

    count: int = 0
    disagreements: list[Disagreement] = field(default_factory=list)

    @property
    def by_rule(self) -> Counter[str]:
        """How many disagreements each rule explains, the unexplained ones under an empty text."""
        return Counter(d.rule for d in self.disagreements)


def plan(protocol: Protocol, requests: Requests, opening: str) -> list[tuple[Method, Damage]]:
    """Return every damaged request, each once; `opening` is the request that would begin the session."""
    found: list[tuple[Method, Damage]] = []
    for method in protocol.table(Side.CLIENT, Kind.REQUEST):
        seen: set[str] = set()
        for made in requests.damaged(method) if method.name != opening else ():
            text = "" if made.params is OMITTED else json.dumps(made.params, sort_keys=True)
            if text not in seen:
                seen.add(text)
                found.append((method, made))
    return found


@dataclass(frozen=True, slots=True)
class Judge:
    """Sends damaged requests and compares what the server says with what the schema says."""

    validators: Validators
    recipe: Recipe
    judged: Judged

    def send(self, left: list[tuple[Method, Damage]], session: Session) -> None:
        """Send the requests many at a time, taking them from the list."""
        while left:
            batch, left[:_AT_ONCE] = left[:_AT_ONCE], []
            asked = [(m, d, *session.ask(m.name, d.params)) for m, d in batch]
            for method, made, number, body in asked:
                answer = session.answer_to(number, _SECONDS)
                if answer is None:
                    raise GoneError("it no longer answers")
                words = refusal_of(answer)
                if words.startswith((self.recipe.malformed, self.recipe.too_early)):
                    self._compare(method, made, body, words)
                elif words == self.recipe.busy:
                    left.append((method, made))

    def _compare(self, method: Method, made: Damage, body: Any, words: str) -> None:
        refusal = words if words.startswith(self.recipe.malformed) else ""
        valid = not self.validators.check_message(body, Side.CLIENT)
        self.judged.count += 1
        if valid is bool(refusal):
            known = (
                d.id for d in self.recipe.differences if d.explains(made.place, made.kind, refusal)
            )
            by = "schema" if valid else "server"
            found = Disagreement(method.name, made.place, made.kind, by, next(known, ""))
            self.judged.disagreements.append(found)
