"""What a client sends and reads, from recordings of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

from codexwire.diff.contract import Contract
from codexwire.diff.shapes import Shapes
from codexwire.diff.usage import Uses
from codexwire.direction import Kind, Side
from codexwire.errors import TranscriptError, UsageError
from codexwire.finding import Level
from codexwire.ingest import DEFAULT_VERSION
from codexwire.ir.model import UNIONS, Protocol, ref_to
from codexwire.model.exchange import Exchange
from codexwire.model.message import MessageKind, RequestId, kind_of, request_id
from codexwire.model.once import once
from codexwire.model.profile import profile_of
from codexwire.model.read import read
from codexwire.normalize import ProjectRules
from codexwire.transcript.entry import Entry, Item, Oddity
from codexwire.transcript.formats.table import detect
from codexwire.transcript.hints import look
from codexwire.transcript.senders import infer_sender
from codexwire.transcript.source import Source
from codexwire.usecases.comparable import open_release
from codexwire.usecases.notices import Notice, holes_of
from codexwire.usecases.project import rules_of
from codexwire.wire import Validators, decode

__all__ = ["ContractMade", "contract_from"]


@dataclass(frozen=True, slots=True)
class ContractMade:
    """The contract of recordings, how many messages it was made of, and what a reader must know."""

    contract: Contract
    messages: int
    notices: tuple[Notice, ...]


def contract_from(
    *paths: str | Path, schema: str | None = None, project: Path | None = None
) -> ContractMade:
    """Return the contract of the methods, fields and values that recordings use.

    One path may be `-`. The recordings are read as `schema`, a version or a path, by default what the
    first one says; with the rules of the project of the folder `project`. TranscriptError for a file that
    is no recording, UsageError for recordings of two releases.
    """
    recorder = _Recorder(schema, rules_of(project))
    for path in paths:
        recorder.read(str(path))
    return ContractMade(recorder.contract(), recorder.messages, tuple(recorder.notices))


_CUT = "the last line is cut short and is left out"
_UNREAD = "not read, because they are no messages"


def _told(reason: str, count: int) -> str:
    return (
        reason if reason is _CUT else f"lines {reason}: {count} (`codexwire validate` lists them)"
    )


class _Recorder:
    """Collects what the messages of several recordings use."""

    def __init__(self, schema: str | None, project: ProjectRules) -> None:
        self.messages = 0
        self.notices: list[Notice] = []
        self._project = project
        self._schema = schema
        self._protocol: Protocol | None = None
        self._methods: dict[str, set[str]] = {}
        self._uses: dict[Side, Uses] = {}
        self._requests: Exchange[tuple[str, Side, RequestId], str] = Exchange()

    @property
    def release(self) -> str:
        """The release that the messages were read as."""
        return str(self._protocol.version or "") if self._protocol is not None else ""

    def contract(self) -> Contract:
        """Return what was seen so far."""
        return Contract(
            {union: frozenset(names) for union, names in self._methods.items()},
            self._uses[Side.CLIENT].types,
            self._uses[Side.SERVER].types,
            self.release,
        )

    def read(self, path: str) -> None:
        """Add a recording; TranscriptError when it is none."""
        with Source(path) as source:
            format = detect(source)
            first, hint, rest = look(format.read(source))
            validators = self._validators(str(hint.version or ""))
            unread: Counter[str] = Counter()
            for item in chain(first, rest):
                unread.update(self._item(item, validators))
            self.notices += [
                Notice("warning", f"{source.name}: {_told(*u)}") for u in unread.items()
            ]
            self._requests = Exchange()
            if source.damage is not None:
                raise source.damage
        if not self.messages:
            raise TranscriptError(f"{path}: no message in this recording")

    def _validators(self, hinted: str) -> Validators:
        if self._protocol is None:
            source = self._schema or hinted or str(DEFAULT_VERSION)
            self._protocol = open_release(source, self._project)
            self.notices += holes_of(self._protocol)
            self._uses = {side: Uses(once(Shapes, self._protocol)) for side in Side}
        elif not self._schema and hinted and hinted != self.release:
            raise UsageError(
                f"the recordings are of {self.release} and of {hinted}",
                hint="read both as one release with --schema",
            )
        return once(Validators, self._protocol)

    def _item(self, item: Item, validators: Validators) -> Iterator[str]:
        """Add an item of a recording; yield why it could not be read, if so."""
        if isinstance(item, Oddity) and item.level is Level.ERROR:
            yield _UNREAD
        if not isinstance(item, Entry):
            return
        body, broken = decode(item.data)
        if broken is None and isinstance(body, dict):
            self._message(item, body, validators)
        else:
            yield _UNREAD if item.complete else _CUT

    def _message(self, entry: Entry, body: dict[str, Any], validators: Validators) -> None:
        self.messages += 1
        rid = request_id(body.get("id"))

        def pending(side: Side) -> str | None:
            return None if rid is None else self._requests.match((entry.connection, side, rid))

        sender = entry.sender or infer_sender(body, validators, pending)
        kind = kind_of(body)
        if kind in (MessageKind.REQUEST, MessageKind.NOTIFICATION):
            if kind is MessageKind.REQUEST and rid is not None:
                self._requests.ask((entry.connection, sender, rid), str(body["method"]))
            self._method(sender, Kind(kind.value), str(body["method"]), body.get("params"))
        elif kind.is_answer and rid is not None:
            asked = self._requests.take((entry.connection, sender.other, rid))
            if asked is not None and kind is MessageKind.RESPONSE:
                self._result(sender, asked, body["result"])

    def _method(self, sender: Side, kind: Kind, name: str, params: Any) -> None:
        assert self._protocol is not None
        method = self._protocol.method(name, sender, kind)
        if method is None:
            self._legacy_event(params)
            return
        union = next(u.union for u in UNIONS if (u.sender, u.kind) == (sender, kind))
        self._methods.setdefault(union, set()).add(name)
        uses = self._uses[sender]
        if (found := uses.shapes.types.params(method)) is not None:
            uses.add(found, params)

    def _legacy_event(self, params: Any) -> None:
        """Note the event that a notification carries which no union lists."""
        assert self._protocol is not None
        event = params.get("msg") if isinstance(params, dict) else None
        if isinstance(event, dict):
            for name in profile_of(self._protocol).events:
                if name in self._protocol.types:
                    self._uses[Side.SERVER].add(read(ref_to(name)), event)

    def _result(self, sender: Side, asked: str, result: Any) -> None:
        assert self._protocol is not None
        method = self._protocol.method(asked, sender.other, Kind.REQUEST)
        if method is not None and method.result is not None:
            self._uses[sender].add(read(ref_to(method.result)), result)
