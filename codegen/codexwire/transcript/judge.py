"""One recording from bytes to findings: read, decode, match answers to requests, check, fold."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import chain
from typing import Any

from codexwire.direction import Kind, Side
from codexwire.errors import CodexwireError, TranscriptError, UsageError
from codexwire.finding import Level
from codexwire.ir.hole import HoleKind
from codexwire.ir.model import open_sides
from codexwire.location import Location
from codexwire.model.message import MessageKind, request_id
from codexwire.model.profile import profile_of
from codexwire.model.session import Connection, Request, Step
from codexwire.model.session_check import Note
from codexwire.model.session_message import Message
from codexwire.transcript.coverage import Coverage
from codexwire.transcript.entry import Closed, Entry, Item, Oddity
from codexwire.transcript.formats.table import detect
from codexwire.transcript.hints import look
from codexwire.transcript.judgement import Choose, Judgement, Options, Schema
from codexwire.transcript.ladder import Climb
from codexwire.transcript.line_judge import judge_lines
from codexwire.transcript.senders import infer_sender
from codexwire.transcript.session.state import Session
from codexwire.transcript.source import LONGEST, Source
from codexwire.version import Version
from codexwire.wire import Violation, decode

__all__ = ["judge", "judge_items"]

_DROPPED = frozenset({"envelope/json", "envelope/object", "envelope/kind"})
"""What servers drop without a word, in every release: of a client it is a warning."""

_MEMBERS = frozenset({"method", "result", "error"})
_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")


def judge(
    source: Source, choose: Choose, options: Options, climb: Climb | None = None
) -> Judgement:
    """Return the judgement of a recording, which is opened and closed here.

    `choose` gives the schema of messages, `climb` those of lines; without it a file of lines cannot be
    judged. What is wrong with the recording never raises: it is a finding, and `unusable` where nothing
    more could be checked.
    """
    judgement = Judgement(source.name, options.limit)
    try:
        with source:
            format = detect(source)
            judgement.format = format.id
            try:
                if format.profile is None:
                    judge_items(format.read(source), judgement, choose, options)
                elif climb is not None:
                    judge_lines(format.read(source), judgement, format.profile, climb, options)
                else:
                    raise UsageError(f"no schemas of a {format.title} are at hand")
            finally:
                judgement.bytes = source.size
            for number in source.too_long:
                text = f"a line of more than {LONGEST >> 20} MiB was passed over"
                judgement.odd(Oddity(number, "long-line", Level.ERROR, text, unread=True))
            if source.damage is not None:
                raise source.damage
            if not (judgement.messages or judgement.counts[Level.ERROR]):
                raise TranscriptError(
                    f"no {judgement.what} in this recording",
                    location=Location(source.name),
                    hint="was anything recorded?",
                )
    except CodexwireError as error:
        judgement.unusable = error
        line = error.location.line if error.location else None
        judgement.add("transcript/unusable", Level.ERROR, line, error.message)
    return judgement


def judge_items(
    items: Iterator[Item], judgement: Judgement, choose: Choose, options: Options
) -> None:
    """Add to `judgement` what is to be said of items, as they come; CodexwireError without a schema."""
    first, hint, rest = look(items)
    schema = choose(hint)
    judgement.schema = schema.label
    judgement.project_rules = schema.project_rules
    if schema.remark:
        judgement.add("transcript/schema-version", Level.WARNING, hint.line, schema.remark)
    _Pass(judgement, schema, options, hint.version).run(chain(first, rest))


class _Pass:
    """The pass over the items of one recording."""

    def __init__(
        self, judgement: Judgement, schema: Schema, options: Options, version: Version | None
    ) -> None:
        self.judgement = judgement
        self.validators = schema.validators
        self.tolerances = schema.tolerances
        self.show_values = options.show_values
        self.protocol = schema.validators.protocol
        profile = profile_of(self.protocol)
        self.session = Session(version or self.protocol.version, profile.vocabulary)
        self.checks = profile.checks
        self.by_kind = {
            kind: [(c.rule, c.on_step) for c in self.checks if c.on_step and kind in c.kinds]
            for kind in MessageKind
        }
        self.coverage = Coverage(self.protocol) if options.coverage else None
        self.versioned: set[Side] = set()
        self.noted: set[tuple[str, Side | None, str]] = set()
        self.open_sides = open_sides(self.protocol)

    def run(self, items: Iterator[Item]) -> None:
        """Judge every item, then what is left open."""
        self._holes()
        for item in items:
            if isinstance(item, Entry):
                self._entry(item)
            elif isinstance(item, Oddity):
                self.judgement.odd(item)
            else:
                self._closed(item)
        for connection in self.session.connections.values():
            self._end(connection)
        if self.coverage is not None:
            self.judgement.seen = frozenset(self.coverage.seen)

    def _holes(self) -> None:
        """Note what the schema leaves open, unknown results aside: those are noted where they come."""
        rest = tuple(h for h in self.protocol.holes if h.kind is not HoleKind.RESULT)
        self.judgement.holes = rest
        for hole in rest:
            self.judgement.add(
                f"schema/unknown-{hole.kind}", Level.INFO, None, f"{hole.place}: {hole.text}"
            )

    def _closed(self, item: Closed) -> None:
        connection = self.session.connections.pop(item.connection, None)
        if connection is not None:
            self._end(connection)

    def _end(self, connection: Connection) -> None:
        for check in self.checks:
            if check.at_end is not None:
                self._notes(check.rule, check.at_end(connection))

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
        if not isinstance(body, dict) or not body.keys() & _MEMBERS:
            for violation in self.validators.check_envelope(body):
                self._violation(violation, entry.line, entry.sender)
            return
        sender = entry.sender or self._infer(entry, body)
        message = Message.of(entry.line, entry.connection, sender, body)
        self._envelope(entry, message)
        self._message(message)

    def _infer(self, entry: Entry, body: dict[str, Any]) -> Side:
        rid = request_id(body.get("id"))

        def pending(side: Side) -> str | None:
            request = self.session.pending(entry.connection, side, rid)
            return request.method if request else None

        return infer_sender(body, self.validators, pending)

    def _envelope(self, entry: Entry, message: Message) -> None:
        """Note what the envelope has beyond the protocol."""
        if "jsonrpc" in message.body and message.sender not in self.versioned:
            self.versioned.add(message.sender)
            text = f"the {message.sender} sends `jsonrpc`, which the protocol leaves out"
            self._add("envelope/jsonrpc", Level.INFO, message, text, pointer="/jsonrpc")
        if _SURROGATE.search(entry.data) and not _encodable(entry.data):
            text = "a lone surrogate in a string; servers drop such a message"
            self._add("envelope/surrogate", Level.WARNING, message, text, pointer="")
        if entry.data.count(b'"method"') > 1 and _has_two_methods(entry.data):
            text = "two members `method`; servers drop such a message"
            self._add("envelope/duplicate-key", Level.WARNING, message, text, pointer="/method")

    def _message(self, message: Message) -> None:
        request = self._answered_by(message)
        step = self.session.step(message, request)
        if message.kind is MessageKind.RESPONSE and request is not None:
            self._result(message, request)
        for violation in self._violations(message, request):
            self._violation(violation, message.line, message.sender, step.method)
        for tolerance in self.tolerances:
            for found in tolerance(message, step.method):
                self._add(found.rule, Level.INFO, message, found.message, pointer=found.pointer)
        for rule, on_step in self.by_kind[message.kind]:
            self._notes(rule, on_step(step, self.protocol))
        if self.coverage is not None:
            _cover(self.coverage, step)
        ended = self.session.advance(step)
        if ended is not None:
            self._end(ended)

    def _result(self, message: Message, request: Request) -> None:
        """Count a result that nobody knows the type of, and note its method once."""
        method, requester = request.method, request.sender
        known = self.validators.knows(method, requester)
        if known and self.validators.result_type(method, requester) is None:
            text = f"the response type of {method} is not known: any JSON is accepted"
            self._unchecked("schema/unknown-result", message.line, message.sender, method, text)

    def _unchecked(self, rule: str, line: int, sender: Side | None, method: str, text: str) -> None:
        self.judgement.unchecked += 1
        if (key := (rule, sender, method)) not in self.noted:
            self.noted.add(key)
            self.judgement.add(rule, Level.INFO, line, text, sender=sender, method=method)

    def _answered_by(self, message: Message) -> Request | None:
        def fits(request: Request) -> bool:
            return self.validators.accepts_response(message.body, request.method, request.sender)

        return self.session.match(message, fits)

    def _violations(self, message: Message, request: Request | None) -> tuple[Violation, ...]:
        validators, body = self.validators, message.body
        if "method" in body:
            if validators.accepts_message(body, message.sender):
                return ()
            return validators.check_message(body, message.sender, show_values=self.show_values)
        if request is None or message.kind is not MessageKind.RESPONSE:
            return validators.check_envelope(body, show_values=self.show_values)
        method, requester = request.method, request.sender
        if validators.accepts_response(body, method, requester):
            return ()
        return validators.check_response(body, method, requester, show_values=self.show_values)

    def _violation(
        self, found: Violation, line: int, sender: Side | None, method: str | None = None
    ) -> None:
        if found.rule == "schema/unknown-method" and sender in self.open_sides:
            text = f"{found.message}, which leaves the name of a method open"
            self._unchecked(found.rule, line, sender, method or "", text)
            return
        dropped = found.rule in _DROPPED and sender is Side.CLIENT
        level = Level.WARNING if dropped else Level.ERROR
        self.judgement.add(
            found.rule,
            level,
            line,
            found.message,
            pointer=found.pointer,
            sender=sender,
            method=method,
        )

    def _notes(self, rule: str, notes: Iterator[Note]) -> None:
        for note in notes:
            self.judgement.add(
                rule,
                note.level,
                note.line,
                note.message,
                sender=note.sender,
                method=note.method,
            )

    def _add(self, rule: str, level: Level, message: Message, text: str, *, pointer: str) -> None:
        self.judgement.add(
            rule,
            level,
            message.line,
            text,
            pointer=pointer,
            sender=message.sender,
            method=message.method,
        )


def _cover(coverage: Coverage, step: Step) -> None:
    message, request = step.message, step.request
    kinds = {MessageKind.REQUEST: Kind.REQUEST, MessageKind.NOTIFICATION: Kind.NOTIFICATION}
    kind = kinds.get(message.kind)
    if kind is not None:
        coverage.message(message.method or "", message.sender, kind, message.params)
    elif request is not None and message.kind is MessageKind.RESPONSE:
        coverage.response(request.method, request.sender, message.result)


def _encodable(data: bytes) -> bool:
    """Whether every string of a message can be encoded."""
    try:  # long integers cannot be printed, and no number matters here
        json.dumps(json.loads(data, parse_int=float), ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return False
    return True


def _has_two_methods(data: bytes) -> bool:
    """Whether the outermost object of a JSON text has two members `method`."""
    outermost: list[tuple[str, Any]] = []

    def note(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        outermost[:] = pairs
        return dict(pairs)

    try:
        json.loads(data, object_pairs_hook=note, parse_int=str, parse_float=str)
    except (ValueError, RecursionError):
        return False
    return sum(key == "method" for key, _ in outermost) > 1
