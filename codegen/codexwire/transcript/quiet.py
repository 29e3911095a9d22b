"""Finds lines of codexwire's own recordings that are valid and change nothing in a session.

Most lines are such notifications of the server (pieces of text, above all), and nothing need be made of
them: the fast path that finds a line valid has its ids already. What is found here depends on the line alone,
so that lines can be looked at anywhere and in any order; whether the session at that moment lets a quiet
line pass is for the judge to say, who takes them in order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any, Literal, NamedTuple, TypeAlias

from msgspec import UNSET, MsgspecError, Raw, Struct, StructMeta, UnsetType, defstruct, field
from msgspec.json import Decoder
from msgspec.structs import fields

from codexwire.direction import Side
from codexwire.model.profile import profile_of
from codexwire.model.session_message import SessionMessage
from codexwire.transcript.entry import Entry, TranscriptItem
from codexwire.transcript.own_record import entry_of_own, record_of
from codexwire.wire import Validators

__all__ = ["About", "Glance", "Glanced", "Valid"]

_LONG = 20_000
"""A longer line may hold an integer of more digits than are read; the fast path may not look at it."""

About: TypeAlias = tuple[str, str, str | None, str | None]
"""Connection, method, thread and turn: a session treats silent messages alike that have these in common."""


class Valid(Struct, frozen=True, gc=False):
    """A record that holds a valid request or notification, of the server unless `sender` says otherwise.

    `about` is set for a silent notification, one that leaves the session as it is: it has to be looked at
    closely only where a session check may speak about it. It is None for any other message. One value can
    stand for `count` consecutive records that are about the same.
    """

    line: int
    text: bytes
    about: About | None = None
    count: int = 1
    sender: Side = Side.SERVER

    def each(self) -> Iterator[Valid]:
        """Yield the records one by one."""
        for line, text in enumerate(self.text.rstrip(b"\n").split(b"\n"), self.line):
            yield Valid(line, text, self.about)

    def message(self) -> SessionMessage | None:
        """Return the message; None for one with a number that only the reader of entries reads."""
        try:
            own: Any = _whole(self.text)
        except MsgspecError:
            return None
        connection = bytes(own.conn).decode()
        return SessionMessage.of(self.line, connection, self.sender, own.msg)

    def entry(self) -> Entry:
        """Return the message as the entry of any record."""
        entry = entry_of_own(self.line, self.text)
        assert entry is not None
        return entry


Glanced: TypeAlias = "TranscriptItem | Valid"
"""What a reader yields that looks at the lines as it reads them."""


class Glance:
    """Looks at lines by the fast path of one protocol.

    `look(line, text)` takes the number of a line and its text. It returns `Valid` for a record that is
    known to be valid, an `Entry` for another record, and None for a line that is no record of codexwire's
    own format. Before `know` is called, no record is known to be valid.
    """

    def __init__(self) -> None:
        self.look: Callable[[int, bytes], Valid | Entry | None] = entry_of_own

    def know(self, validators: Validators) -> None:
        """Learn the protocol."""
        self.look = _fast_look(validators).look


class _Place(NamedTuple):
    """Where params have an id: the attribute to look at first, and others that may hold it instead."""

    best: str
    others: tuple[str, ...]

    def id_in(self, params: Any) -> Any:
        """Return the id, None where there is none, UNSET where another attribute may hold it."""
        found = getattr(params, self.best, None)
        if type(found) is str and found:
            return found
        for name in self.others:
            if getattr(params, name) is not UNSET:
                return UNSET
        return None


class _Silent(NamedTuple):
    """A method whose notifications are silent, and where their ids are."""

    method: str
    thread: _Place
    turn: _Place


class _FastLook:
    """What looks at lines by the fast paths of both sides."""

    def __init__(self, validators: Validators) -> None:
        self._vocabulary = profile_of(validators.protocol).vocabulary
        self._silent: dict[type[Struct], _Silent | None] = {}
        self._of_server = validators.fast_path(Side.SERVER, self._of_message, _by_server).find
        self._of_client = validators.fast_path(Side.CLIENT, _as_it_is, _by_client).find

    def look(self, line: int, text: bytes) -> Valid | Entry | None:
        """Return what a line is; see `Glance`."""
        if len(text) >= _LONG or text.count(b'"method"') != 1:
            return entry_of_own(line, text)
        if b'"dir":"client"' in text or b'"dir": "client"' in text:
            takes = self._of_client(text) is not None
            return Valid(line, text, sender=Side.CLIENT) if takes else entry_of_own(line, text)
        record = self._of_server(text)
        if record is None:
            return entry_of_own(line, text)
        message = record.msg
        silent = self._silent[type(message)]
        if silent is not None and message.codexwire_id is UNSET is message.codexwire_jsonrpc:
            thread = silent.thread.id_in(message.params)
            turn = silent.turn.id_in(message.params)
            if thread is not UNSET is not turn:
                name = bytes(record.conn).decode()
                return Valid(line, text, (name, silent.method, thread, turn))
        return Valid(line, text)

    def _of_message(self, method: str, struct: type[Struct]) -> type[Struct] | None:
        """Return the Struct of a method's messages; of silent ones it has all that may hold an id, too."""
        if _as_it_is(method, struct) is None:
            return None
        params = next((f for f in fields(struct) if f.encode_name == "params"), None)
        may_be = self._vocabulary.is_silent(method) and "id" not in struct.__struct_encode_fields__
        silent = None
        if may_be and params is not None and isinstance(params.type, StructMeta):
            inner, places = self._with_ids(method, params.type)
            more = [(params.name, inner, field(name="params")), *_BESIDE]
            struct = defstruct(struct.__name__, more, bases=(struct,), kw_only=True, gc=False)
            silent = _Silent(method, *places)
        self._silent[struct] = silent
        return struct

    def _with_ids(self, method: str, params: Any) -> tuple[type[Struct], list[_Place]]:
        """Return a Struct of params with all members that may hold an id, and where thread and turn are."""
        members = [self._vocabulary.identities.members(kind, method) for kind in ("thread", "turn")]
        declared = set(params.__struct_encode_fields__)
        if not params.__struct_config__.forbid_unknown_fields:
            undeclared = sorted(frozenset().union(*(names for _, names in members)) - declared)
            more = [
                (f"codexwire_{i}", _PRESENT, field(name=name, default=UNSET))
                for i, name in enumerate(undeclared)
            ]
            params = defstruct(params.__name__, more, bases=(params,), kw_only=True, gc=False)
        attributes = {f.encode_name: f.name for f in fields(params)}
        places = []
        for best, names in members:
            decides = best if best in declared else None
            others = tuple(attributes[n] for n in sorted(names) if n in attributes and n != decides)
            places.append(_Place(attributes.get(decides or "", ""), others))
        return params, places


@lru_cache(1 << 3)
def _fast_look(validators: Validators) -> _FastLook:
    """Return what other recordings have been looked at with, which knows their methods."""
    return _FastLook(validators)


def _by_server(messages: Any) -> type[Struct]:
    return record_of(Literal["server"], messages)


def _by_client(messages: Any) -> type[Struct]:
    return record_of(Literal["client"], messages)


def _as_it_is(_method: str, struct: type[Struct]) -> type[Struct] | None:
    """Return the Struct of a method's messages, None for one that refuses members that it does not know."""
    return None if struct.__struct_config__.forbid_unknown_fields else struct


_whole = Decoder(record_of(Side, dict[str, Any])).decode


_PRESENT = Raw | UnsetType
_BESIDE = [
    ("codexwire_id", _PRESENT, field(name="id", default=UNSET)),
    ("codexwire_jsonrpc", _PRESENT, field(name="jsonrpc", default=UNSET)),
]
"""Members beside `params`: one that makes a message a request, and one that is reported."""
