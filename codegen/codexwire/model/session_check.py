"""What a session check is: a frozen value with an id, evidence, and one or two functions."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TypeAlias

from msgspec import Struct, field

from codexwire.direction import Side
from codexwire.finding import Level
from codexwire.model.message import MessageKind
from codexwire.model.session import ConnectionRecord, Phase, SentRequest, SessionStep, TurnRecord
from codexwire.version import Version, VersionRange

__all__ = [
    "ANY",
    "CheckNote",
    "Methods",
    "SessionCheck",
    "about_request",
    "at_step",
    "usual",
]

Methods: TypeAlias = "frozenset[str | None] | None"
"""Methods of messages; that of an answer is its request's, and None when it answers nothing."""

ANY: Methods = None
"""Every method."""


class CheckNote(Struct, frozen=True):
    """What a check noticed: the line it is about, how much it matters, one sentence.

    `method` and `sender` are those of the message on that line. Sentences name lines and methods and
    never quote ids or other strings of the recording.
    """

    line: int
    level: Level
    message: str
    sender: Side | None = None
    method: str | None = None


class SessionCheck(Struct, frozen=True):
    """One thing that a session should not do, or that a reader should know of.

    `id` is stable; `level` is what it reports unless the file says
    otherwise; `evidence` says what real servers do. `on_step(step)` is asked before a message
    takes effect, of those that the check can speak about: `about` has their kinds and methods,
    `when(phase, method)` in which phases it can (None: in all).
    `at_end(connection)` is asked once, when the connection or file ends, `unfinished(connection, turn)` then
    of each turn that has not ended; of one that has not for very long, earlier. A check reads the state and
    never changes it.
    """

    id: str
    title: str
    level: Level
    evidence: tuple[str, ...]
    on_step: Callable[[SessionStep], Iterator[CheckNote]] | None = None
    about: Mapping[MessageKind, Methods] = field(
        default_factory=lambda: dict.fromkeys(MessageKind, ANY)
    )
    when: Callable[[Phase, str | None], bool] | None = None
    at_end: Callable[[ConnectionRecord], Iterator[CheckNote]] | None = None
    unfinished: Callable[[ConnectionRecord, TurnRecord], Iterator[CheckNote]] | None = None

    @property
    def rule(self) -> str:
        """The rule of its findings."""
        return f"session/{self.id}"

    def is_about(self, kind: MessageKind, method: str | None, phase: Phase) -> bool:
        """Whether it can speak about messages of a kind and method in a phase."""
        methods = self.about.get(kind, frozenset())
        return (
            self.on_step is not None
            and (methods is None or method in methods)
            and (self.when is None or self.when(phase, method))
        )


def usual(version: Version | None, known: str, otherwise: Level) -> Level:
    """Return info for a release that does this as a rule (`known` is a range), else `otherwise`."""
    return Level.INFO if version and version in VersionRange.parse(known) else otherwise


def at_step(step: SessionStep, level: Level, message: str) -> CheckNote:
    """Return a note about the message of a step."""
    return CheckNote(step.message.line, level, message, step.message.sender, step.method)


def about_request(request: SentRequest, level: Level, message: str) -> CheckNote:
    """Return a note about a request that was seen earlier."""
    return CheckNote(request.line, level, message, request.sender, request.method)
