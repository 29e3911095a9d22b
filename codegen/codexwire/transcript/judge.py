"""One recording from bytes to findings: read, decode, match answers to requests, check, fold."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from itertools import chain, product
from typing import Any

from codexwire.direction import Side
from codexwire.finding import Level
from codexwire.ir.hole import HoleKind
from codexwire.ir.model import open_sides
from codexwire.model.message import MessageKind, request_id
from codexwire.model.profile import profile_of
from codexwire.model.session import (
    ConnectionRecord,
    Handshake,
    Phase,
    SentRequest,
    SessionStep,
    TurnRecord,
)
from codexwire.model.session_check import CheckNote, SessionCheck
from codexwire.model.session_message import SessionMessage
from codexwire.transcript.coverage import Coverage
from codexwire.transcript.entry import ConnectionEnd, Entry, FileIssue
from codexwire.transcript.judgement import Choose, Judgement, JudgeOptions, Schema
from codexwire.transcript.meant import Meant
from codexwire.transcript.message_text import odd_members, odd_text
from codexwire.transcript.quiet import About, Glance, Glanced, Valid
from codexwire.transcript.senders import infer_sender
from codexwire.transcript.server_guess import sniff
from codexwire.transcript.session.state import SessionState, server_version
from codexwire.transcript.stand_in import Excuses
from codexwire.transcript.violations import explained, violations
from codexwire.version import Version
from codexwire.wire import Validators, Violation, decode

__all__ = ["judge_items"]

_DROPPED = frozenset({"envelope/json", "envelope/object", "envelope/kind"})
"""What servers ignore silently, in every release: sent by a client it is a warning."""

_MOST_IDLE = 10_000

_MEMBERS = frozenset({"method", "result", "error"})


def judge_items(
    items: Iterator[Glanced],
    judgement: Judgement,
    choose: Choose,
    options: JudgeOptions,
    glance: Glance | None = None,
) -> None:
    """Add the findings about items to `judgement`, as they come; CodexwireError without a schema.

    `glance` is what the reader of the items looks at lines with, if it does.
    """
    first, server, rest = sniff(items)
    schema = choose(server)
    judgement.schema = schema.label
    judgement.server = str(server.version) if server.version else None
    judgement.stands_in = schema.stand_in is not None
    judgement.project_rules = schema.project_rules
    if schema.remark:
        judgement.add("transcript/schema-version", Level.WARNING, server.line, schema.remark)
    judging = _Pass(judgement, schema, options, server.version)
    if glance is not None and not judging.looks_at_all:
        glance.know(schema.validators)
    judging.run(chain(first, rest))


class _Pass:
    """The pass over the items of one recording."""

    def __init__(
        self, judgement: Judgement, schema: Schema, options: JudgeOptions, version: Version | None
    ) -> None:
        self.judgement = judgement
        self.validators = schema.validators
        self.tolerances = schema.tolerances
        self.show_values = options.show_values
        self.protocol = schema.validators.protocol
        profile = profile_of(self.protocol)
        self.vocabulary = profile.vocabulary
        self.session = SessionState(self.protocol, version, self.validators.knows)
        self.checks = profile.checks
        self.release = version  # what the recording says first
        self.concerned = lru_cache(4096)(self._concerned)
        self.coverage = Coverage(self.protocol) if options.coverage else None
        self.versioned: set[Side] = set()
        self.noted: set[tuple[str, Side | None, str]] = set()
        self.open_sides = open_sides(self.protocol)
        self.looks_at_all = self.coverage is not None or bool(self.tolerances)
        self.idle: set[About] = set()  # see `_is_idle`
        self.phases = 0
        self.meant = Meant(self.protocol)
        self.excuses = Excuses(schema.stand_in) if schema.stand_in is not None else None

    def run(self, items: Iterator[Glanced]) -> None:
        """Judge every item, then what is left open."""
        self._holes()
        self._take(items)
        for connection in self.session.connections.values():
            self._end(connection)
        if self.coverage is not None:
            self.judgement.seen = frozenset(self.coverage.seen)

    def _take(self, items: Iterator[Glanced]) -> None:
        for item in items:
            if isinstance(item, Valid):
                about, known = item.about, self.phases == self.session.phases
                if about and ((known and about in self.idle) or self._is_idle(about)):
                    self.judgement.messages += item.count
                elif item.count > 1:
                    self._take(item.each())
                elif (message := item.message()) is not None:
                    self._valid(message)
                else:
                    self._entry(item.entry())
            elif isinstance(item, Entry):
                self._entry(item)
            elif isinstance(item, FileIssue):
                self.judgement.add_issue(item)
            else:
                self._closed(item)

    def _holes(self) -> None:
        """Note what the schema leaves open, unknown results aside: those are noted where they come."""
        rest = tuple(h for h in self.protocol.holes if h.kind is not HoleKind.RESULT)
        self.judgement.holes = rest
        for hole in rest:
            self.judgement.add(
                f"schema/unknown-{hole.kind}", Level.INFO, None, f"{hole.place}: {hole.text}"
            )

    def _closed(self, item: ConnectionEnd) -> None:
        self.session.end(item.connection)
        self._ended()

    def _end(self, connection: ConnectionRecord) -> None:
        for check in self.checks:
            if check.at_end is not None:
                self._notes(check.rule, check.at_end(connection))
            for turn in connection.unfinished.values():
                self._left(check, connection, turn)

    def _left(self, check: SessionCheck, connection: ConnectionRecord, turn: TurnRecord) -> None:
        if check.unfinished is not None:
            self._notes(check.rule, check.unfinished(connection, turn))

    def _ended(self) -> None:
        """Report on connections that ended."""
        ended, self.session.ended = self.session.ended, []
        for connection in ended:
            self._end(connection)

    def _given_up(self, connection: ConnectionRecord) -> None:
        """Report on turns that nobody waits for any longer."""
        turns, connection.given_up = connection.given_up, []
        for check, turn in product(self.checks, turns):
            self._left(check, connection, turn)

    def _entry(self, entry: Entry) -> None:
        body, broken = decode(entry.data)
        if broken is not None:
            if entry.complete or broken.rule != "envelope/json":
                self._violation(broken, entry.line, entry.sender)
            else:
                text = "the last line is cut short"
                self.judgement.add(
                    "transcript/truncated", Level.WARNING, entry.line, text, sender=entry.sender
                )
            return
        self.judgement.messages += isinstance(body, dict)
        if not isinstance(body, dict) or _MEMBERS.isdisjoint(body):
            for violation in self.validators.check_envelope(body):
                self._violation(violation, entry.line, entry.sender)
            return
        sender = entry.sender or self._infer(entry, body)
        if not self.looks_at_all and self._passes(entry, sender, body):
            return
        message = SessionMessage.of(entry.line, entry.connection, sender, body)
        self._version_member(message)
        self._text(entry, message)
        self._message(message, entry.data)

    def _valid(self, message: SessionMessage) -> None:
        """Take in a message that is known to be valid."""
        self.judgement.messages += 1
        self._version_member(message)
        self._message(message)

    def _passes(self, entry: Entry, sender: Side, body: dict[str, Any]) -> bool:
        """Take a valid notification of the server that changes nothing and that no check speaks about.

        Most of a recording is such, and nothing is made of it. The fast path takes no lone surrogate, and no
        message that names two methods; one that names the same twice is left to be noted.
        """
        method = body.get("method")
        if (
            sender is not Side.SERVER
            or type(method) is not str
            or "id" in body
            or not self.vocabulary.is_silent(method)
            or ("jsonrpc" in body and sender not in self.versioned)
            or entry.data.count(b'"method"') > 1
        ):
            return False
        thread, turn = self.vocabulary.identities.subject(method, body.get("params"))
        about = (entry.connection, method, thread, turn)
        return self._is_idle(about) and self.validators.fast_accepts(entry.data, sender)

    def _is_idle(self, about: About) -> bool:
        """Whether a server's silent notification would change nothing of the state, nor be noticed in it.

        If so, that is remembered until messages meet another phase.
        """
        if self.phases != self.session.phases or len(self.idle) > _MOST_IDLE:
            self.phases = self.session.phases
            self.idle.clear()
        if about in self.idle:
            return True
        name, method, thread, turn = about
        connection = self.session.connections.get(name)
        if (
            connection is None
            or connection.handshake is Handshake.NONE
            or not (thread is None or connection.has_met(thread))
        ):
            return False
        phase = connection.phase(connection.turn(thread, turn))
        if self.concerned(MessageKind.NOTIFICATION, method, phase):
            return False
        self.session.hear(connection, Side.SERVER)
        self.idle.add(about)
        return True

    def _concerned(
        self, kind: MessageKind, method: str | None, phase: Phase
    ) -> tuple[SessionCheck, ...]:
        """Return the checks that can speak about messages of a kind and method in a phase."""
        return tuple(check for check in self.checks if check.is_about(kind, method, phase))

    def _infer(self, entry: Entry, body: dict[str, Any]) -> Side:
        rid = request_id(body.get("id"))

        def pending(side: Side) -> str | None:
            request = self.session.pending(entry.connection, side, rid)
            return request.method if request else None

        return infer_sender(body, self.validators, pending)

    def _version_member(self, message: SessionMessage) -> None:
        """Note what the envelope has beyond the protocol."""
        if "jsonrpc" in message.body and message.sender not in self.versioned:
            self.versioned.add(message.sender)
            text = f"the {message.sender} sends `jsonrpc`, which the protocol leaves out"
            self._add("envelope/jsonrpc", Level.INFO, message, text, pointer="/jsonrpc")

    def _text(self, entry: Entry, message: SessionMessage) -> None:
        """Note what the schema says nothing of."""
        for rule, text, pointer in (*odd_text(entry.data), *odd_members(message)):
            self._add(rule, Level.WARNING, message, text, pointer=pointer)

    def _message(self, message: SessionMessage, data: bytes | None = None) -> None:
        """Take in a message; without its text it is known to be valid."""
        request = None
        if message.kind.is_answer:
            request = self._answered_by(message)
            step = self.session.answer(message, request)
            if message.kind is MessageKind.RESPONSE and request is not None:
                self._result(message, request)
        else:
            step = self.session.step(message)
        if data is not None:
            self._violations(message, request, step.method, data)
        for tolerance in self.tolerances:
            for found in tolerance(message, step.method):
                self._add(found.rule, Level.INFO, message, found.message, pointer=found.pointer)
        self._check(step, message.method if request is None else request.method)
        if self.coverage is not None:
            self.coverage.step(step)
        self.session.advance(step)
        if self.session.ended:
            self._ended()
        if step.connection.given_up:
            self._given_up(step.connection)

    def _violations(
        self, message: SessionMessage, request: SentRequest | None, method: str | None, data: bytes
    ) -> None:
        """Report what the schema says against a message."""
        wrong = violations(self.validators, message, request, data, show=self.show_values)
        excuse = self._excuse(wrong, message, request) if wrong else ""
        for violation in wrong:
            self._violation(violation, message.line, message.sender, method, excuse)

    def _check(self, step: SessionStep, method: str | None) -> None:
        """Ask the session checks that can speak about such a message."""
        phase = step.connection.phase(step.turn)
        for check in self.concerned(step.message.kind, method, phase):
            if check.on_step is not None:
                self._notes(check.rule, check.on_step(step))

    def _result(self, message: SessionMessage, request: SentRequest) -> None:
        """Note a server of another release, and a result that nobody knows the type of."""
        release = server_version(message.result)
        if release not in (None, self.release):
            text = f"a server of {release} answers from here on; judged by {self.judgement.schema}"
            self._add("transcript/schema-version", Level.WARNING, message, text, pointer="")
        method, requester = request.method, request.sender
        unknown = self.validators.result_type(method, requester) is None
        if unknown and self.validators.knows(method, requester):
            text = f"the response type of {method} is not known: any JSON is accepted"
            self._unchecked("schema/unknown-result", message.line, message.sender, method, text)

    def _unchecked(self, rule: str, line: int, sender: Side | None, method: str, text: str) -> None:
        self.judgement.unchecked += 1
        if (key := (rule, sender, method)) not in self.noted:
            self.noted.add(key)
            self.judgement.add(rule, Level.INFO, line, text, sender=sender, method=method)

    def _answered_by(self, message: SessionMessage) -> SentRequest | None:
        def fits(request: SentRequest) -> bool:
            return self.validators.accepts_response(message.body, request.method, request.sender)

        return self.session.match(message, fits)

    def _excuse(
        self, found: tuple[Violation, ...], message: SessionMessage, request: SentRequest | None
    ) -> str:
        """Return why what is wrong may only be a difference of releases, if it may."""
        if self.excuses is None:
            return ""

        def check(other: Validators) -> tuple[Violation, ...]:
            return explained(other, message, request, show=False)

        excuse = self.excuses.taken_elsewhere(found, check)
        if not excuse and (excuse := self.excuses.unheard_of(found, message.sender)):
            self.judgement.unchecked += 1
        return excuse

    def _violation(
        self,
        found: Violation,
        line: int,
        sender: Side | None,
        method: str | None = None,
        excuse: str = "",
    ) -> None:
        if found.rule == "schema/unknown-method" and sender in self.open_sides:
            text = f"{found.message}, which leaves the name of a method open"
            self._unchecked(found.rule, line, sender, method or "", text)
            return
        dropped = found.rule in _DROPPED and sender is Side.CLIENT
        text = found.message
        if found.rule == "schema/unknown-method" and sender is not None and not excuse:
            asker = sender if found.pointer else sender.other  # at the root it is of an answer
            text += self.meant.method(method or "", asker)
        self.judgement.add(
            found.rule,
            Level.WARNING if dropped or excuse else Level.ERROR,
            line,
            f"{text} ({excuse})" if excuse else text,
            pointer=found.pointer,
            sender=sender,
            method=method,
        )

    def _notes(self, rule: str, notes: Iterator[CheckNote]) -> None:
        for note in notes:
            self.judgement.add(
                rule,
                note.level,
                note.line,
                note.message,
                sender=note.sender,
                method=note.method,
            )

    def _add(
        self, rule: str, level: Level, message: SessionMessage, text: str, *, pointer: str
    ) -> None:
        self.judgement.add(
            rule,
            level,
            message.line,
            text,
            pointer=pointer,
            sender=message.sender,
            method=message.method,
        )
