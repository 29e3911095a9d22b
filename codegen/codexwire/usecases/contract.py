"""What a client sends and reads, from recordings of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple

from codexwire.diff.contract import Contract
from codexwire.diff.usage import Uses, listed_in
from codexwire.diff.value_sets import ValueSets
from codexwire.direction import Kind, Side
from codexwire.errors import TranscriptError, UsageError
from codexwire.ir.model import UNIONS, Protocol, ref_to
from codexwire.model.cached import cached
from codexwire.model.exchange import Exchange
from codexwire.model.message import MessageKind, RequestId, kind_of, request_id
from codexwire.model.profile import profile_of
from codexwire.model.read import read
from codexwire.normalize import ProjectRules
from codexwire.transcript.entry import Entry, FileIssue, TranscriptItem
from codexwire.transcript.formats.table import detect
from codexwire.transcript.server_guess import Origin, ServerGuess, sniff
from codexwire.transcript.source import STDIN, OpenRecording
from codexwire.usecases.comparable import open_release
from codexwire.usecases.ladder import UNRELEASED
from codexwire.usecases.meant import with_meant
from codexwire.usecases.notices import Notice, first_names, holes_of
from codexwire.usecases.project import rules_of
from codexwire.usecases.recordings import recordings
from codexwire.usecases.releases import mended_releases
from codexwire.usecases.schema_choice import choose
from codexwire.usecases.senders import with_senders
from codexwire.wire import Validators, decode

__all__ = ["ContractMade", "contract_from"]


@dataclass(frozen=True, slots=True)
class ContractMade:
    """The contract of recordings, how many messages it was made of, and what a reader must know.

    `is_whole` is false where a part of a recording was not understood.
    """

    contract: Contract
    messages: int
    notices: tuple[Notice, ...]
    is_whole: bool = True


def contract_from(
    *paths: str | Path, schema: str | None = None, project: Path | None = None
) -> ContractMade:
    """Return the contract of the methods, fields and values that recordings use.

    Paths are files, folders and globs, one may be `-`. The recordings are read as `schema`, a version or a
    path, by default what they say, or the release nearest to that; with the rules of the project of the
    folder `project`. What the server refused is no part of the contract. TranscriptError for a file that
    is no recording, UsageError for recordings of two releases.
    """
    recorder = _Recorder(schema, rules_of(project))
    silent = [path for path in recordings(map(str, paths)).paths if not recorder.read(path)]
    for path in silent:
        recorder.read(path, guess=True)
    return ContractMade(
        recorder.contract(), recorder.messages, tuple(recorder.told()), recorder.is_whole
    )


_CUT = "the last line is cut short and is left out"
_UNREAD = "not read, because they are no messages"
_TAKEN = frozenset({-32603, -32001})
"""The codes of errors after which a request was taken: the server failed, or was too busy."""


def _told(reason: str, count: int) -> str:
    return (
        reason if reason is _CUT else f"lines {reason}: {count} (`codexwire validate` lists them)"
    )


def _source(server: ServerGuess) -> tuple[str, str]:
    """Return what to read a recording as, and a remark when it does not say that itself."""
    named = (
        server.origin in (Origin.USER_AGENT, Origin.CLI_VERSION) and server.version != UNRELEASED
    )
    return (str(server.version), "") if named else choose(server)


class _Asked(NamedTuple):
    """A request that waits for its answer."""

    method: str
    params: Any
    sender: Side


class _Recorder:
    """Collects what the messages of several recordings use."""

    def __init__(self, schema: str | None, project: ProjectRules) -> None:
        self.messages = 0
        self.is_whole = True
        self._notices: list[Notice] = []
        self._project = project
        self._schema = schema
        self._source = ""
        self._protocol: Protocol | None = None
        self._methods: dict[str, set[str]] = {}
        self._uses: dict[Side, Uses] = {}
        self._requests: Exchange[tuple[str, Side, RequestId], _Asked] = Exchange()
        self._refused: Counter[str] = Counter()
        self._unknown: set[str] = set()

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

    def told(self) -> Iterator[Notice]:
        """Yield what a reader of the contract must know."""
        yield from self._notices
        kept = {name for names in self._methods.values() for name in names}
        if gone := sorted(set(self._refused) - kept):
            text = f"left out, because the server refused it: {first_names(gone)}"
            yield Notice("note", text)
        unknown = self._unknown.union(*(uses.unknown for uses in self._uses.values()))
        if unknown:
            text = f"left out, because {self.release or 'the schema'} does not have it"
            known = [] if self._protocol is None else [self._protocol]
            yield Notice("warning", f"{text}: {first_names(with_meant(sorted(unknown), known))}")

    def read(self, path: str, *, guess: bool = False) -> bool:
        """Add a recording; TranscriptError when it is none.

        Return False, and add nothing, for one that does not say its release when no other has said it,
        unless it may be a `guess`. Standard input is added at once, because it cannot be read again.
        """
        with OpenRecording(path) as source:
            format = detect(source)
            first, server, rest = sniff(format.read(source))
            if self._is_open and server.origin is Origin.NOTHING and not (guess or path == STDIN):
                return False
            validators = self._validators(server)
            unread: Counter[str] = Counter()
            before = self.messages
            for item in with_senders(chain(first, rest), lambda: validators):
                unread.update(self._item(item))
            self._notices += [
                Notice("warning", f"{source.name}: {_told(*u)}") for u in unread.items()
            ]
            for _, asked in self._requests:
                self._sent(asked, Kind.REQUEST)
            self._requests = Exchange()
            if source.damage is not None:
                raise source.damage
        if self.messages == before:
            raise TranscriptError(f"{path}: no message in this recording")
        return True

    @property
    def _is_open(self) -> bool:
        """Whether nothing has said yet which schema it is."""
        return self._protocol is None and self._schema is None

    def _validators(self, server: ServerGuess) -> Validators:
        said = server.origin is not Origin.NOTHING
        source, remark = (self._schema, "") if self._schema else _source(server)
        if self._protocol is None:
            self._source = source
            self._protocol = open_release(source, self._project)
            self._notices += [Notice("warning", remark)] if remark else []
            self._notices += holes_of(self._protocol)
            value_sets = cached(ValueSets, self._protocol)
            self._uses = {
                Side.CLIENT: Uses(value_sets, listed_in(mended_releases())),
                Side.SERVER: Uses(value_sets),
            }
        elif said and source != self._source:
            raise UsageError(
                f"the recordings are of {self._source} and of {source}",
                hint="read both as one release with --schema",
            )
        return cached(Validators, self._protocol)

    def _item(self, item: TranscriptItem) -> Iterator[str]:
        """Add an item of a recording; yield why it could not be read, if so."""
        if isinstance(item, FileIssue) and item.unread:
            self.is_whole = False
            yield _UNREAD
        if not isinstance(item, Entry):
            return
        body, broken = decode(item.data)
        if broken is None and isinstance(body, dict):
            self._message(item, body)
        else:
            yield _UNREAD if item.complete else _CUT

    def _message(self, entry: Entry, body: dict[str, Any]) -> None:
        self.messages += 1
        rid, kind, sender = request_id(body.get("id")), kind_of(body), entry.sender
        assert sender is not None, "with_senders says it of every message"
        if kind in (MessageKind.REQUEST, MessageKind.NOTIFICATION):
            asked = _Asked(str(body["method"]), body.get("params"), sender)
            if kind is MessageKind.REQUEST and rid is not None:
                self._requests.ask((entry.connection, sender, rid), asked)
            else:
                self._sent(asked, Kind(kind.value))
        elif kind.is_answer and rid is not None:
            answered = self._requests.take((entry.connection, sender.other, rid))
            if answered is not None:
                self._answer(answered, body, kind)

    def _answer(self, asked: _Asked, body: dict[str, Any], kind: MessageKind) -> None:
        """Note a request that was answered, and the result; nothing of one that was refused."""
        error = body.get("error")
        code = error.get("code") if isinstance(error, dict) else None
        refused = kind is MessageKind.ERROR and code not in _TAKEN
        if refused and asked.sender is Side.CLIENT:
            self._refused[asked.method] += 1
            return
        self._sent(asked, Kind.REQUEST)
        if kind is MessageKind.RESPONSE:
            self._result(asked.sender.other, asked.method, body["result"])

    def _sent(self, asked: _Asked, kind: Kind) -> None:
        assert self._protocol is not None
        method = self._protocol.method(asked.method, asked.sender, kind)
        if method is None:
            if not self._legacy_event(asked.params):
                self._unknown.add(asked.method)
            return
        sides = asked.sender, kind
        union = next(u.union for u in UNIONS if (u.sender, u.kind) == sides)
        self._methods.setdefault(union, set()).add(asked.method)
        uses = self._uses[asked.sender]
        if (found := uses.value_sets.types.params(method)) is not None:
            uses.add(found, asked.params)

    def _legacy_event(self, params: Any) -> bool:
        """Note the event that a notification carries which no union lists; whether it does."""
        assert self._protocol is not None
        event = params.get("msg") if isinstance(params, dict) else None
        events = [e for e in profile_of(self._protocol).events if e in self._protocol.types]
        if not isinstance(event, dict) or not events:
            return False
        for name in events:
            self._uses[Side.SERVER].add(read(ref_to(name)), event)
        return True

    def _result(self, sender: Side, asked: str, result: Any) -> None:
        assert self._protocol is not None
        method = self._protocol.method(asked, sender.other, Kind.REQUEST)
        if method is not None and method.result is not None:
            self._uses[sender].add(read(ref_to(method.result)), result)
