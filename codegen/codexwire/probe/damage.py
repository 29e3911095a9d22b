"""Damaged requests: who refuses them, the schema or the server.

Most go to a server before `initialize`. It reads each to the end, and answers what is wrong with it, or else
that it is not initialized: nothing that is in them is carried out.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from codexwire.direction import Side
from codexwire.ir.model import Method
from codexwire.probe.line import GoneError
from codexwire.probe.log import refusal_of
from codexwire.probe.recipe import Recipe
from codexwire.probe.requests import DamagedParams
from codexwire.probe.session import ProbeSession
from codexwire.wire import Validators

__all__ = ["DamageJudge", "Disagreement", "Judged"]

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


@dataclass(frozen=True, slots=True)
class DamageJudge:
    """Sends damaged requests and compares what the server says with what the schema says."""

    validators: Validators
    recipe: Recipe
    judged: Judged

    def send(self, left: list[tuple[Method, DamagedParams]], session: ProbeSession) -> None:
        """Send requests to a server that was not greeted, many at a time, taking them from the list."""
        while left:
            batch, left[:_AT_ONCE] = left[:_AT_ONCE], []
            asked = [(m, d, *session.ask(m.name, d.params)) for m, d in batch]
            for method, made, number, body in asked:
                words = _words(session, number)
                if words.startswith((self.recipe.malformed, self.recipe.too_early)):
                    self.compare(method, made, body, words)
                elif words == self.recipe.busy:
                    left.append((method, made))

    def greet(self, left: list[tuple[Method, DamagedParams]], session: ProbeSession) -> None:
        """Send hellos one by one, taking them from the list, until the server takes one."""
        while left:
            method, made = left.pop(0)
            number, body = session.ask(method.name, made.params)
            words = _words(session, number)
            self.compare(method, made, body, words)
            if not words:
                return

    def compare(self, method: Method, made: DamagedParams, body: Any, words: str) -> None:
        """Judge a request to which the server said these words: none, or why it refuses it."""
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


def _words(session: ProbeSession, number: int) -> str:
    """Return what a server says against a request, nothing where it takes it; GoneError without an answer."""
    answer = session.answer_to(number, _SECONDS)
    if answer is None:
        raise GoneError("it no longer answers")
    return refusal_of(answer)
