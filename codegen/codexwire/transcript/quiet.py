"""One line of codexwire's own recordings at a glance: valid, and nothing that a session remembers?

Most lines are such notifications of the server (pieces of text, above all), and nothing need be made of
them: the gate that finds a line valid has its ids already. What is found here depends on the line alone,
so that lines can be looked at anywhere and in any order; whether the session at that moment lets a quiet
line pass is for the judge to say, who takes them in order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Literal, NamedTuple, TypeAlias

from msgspec import UNSET, Raw, Struct, UnsetType, defstruct, field
from msgspec.structs import fields

from codexwire.direction import Side
from codexwire.model.session import Vocabulary
from codexwire.transcript.entry import Entry, Item
from codexwire.transcript.own_record import entry_of_own, record_of
from codexwire.wire import Validators

__all__ = ["About", "Glance", "Glanced", "Quiet"]

About: TypeAlias = tuple[str, str, str | None, str | None]
"""Connection, method, thread and turn: quiet lines that have these in common differ in nothing."""


class Quiet(Struct, frozen=True, gc=False):
    """A line that holds a valid notification of the server which leaves the session as it is.

    Or `count` lines, one after the other, that are about the same. They are to be looked at closely only
    where a check speaks about them in the state before them: then `entries` are their messages.
    """

    line: int
    about: About
    text: bytes
    count: int = 1

    def entries(self) -> Iterator[Entry]:
        """Yield the messages as entries."""
        for number, line in enumerate(self.text.rstrip().split(b"\n"), self.line):
            entry = entry_of_own(number, line.strip(), valid=True)
            assert entry is not None
            yield entry


Glanced: TypeAlias = "Item | Quiet"
"""What a reader yields that looks at lines."""


class _Places(NamedTuple):
    """Where the Struct of a method's params has the ids that a notification is about."""

    method: str
    thread: str
    turn: str


class Glance:
    """Looks at lines by the gates of one protocol.

    `look(line, text)` takes the number of a line and its text, without white space around it. It returns
    a quiet line as such, the entry of another record (marked as valid where that is known already), and
    None for what is no record of our own. No line is quiet until the protocol is known.
    """

    def __init__(self) -> None:
        self.look: Callable[[int, bytes], Quiet | Entry | None] = entry_of_own

    def know(self, validators: Validators, vocabulary: Vocabulary) -> None:
        """Learn the protocol, and what its messages mean."""
        self.look = _Gates(validators, vocabulary).look


class _Gates:
    """What looks at lines by gates."""

    def __init__(self, validators: Validators, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        self._places: dict[type[Struct], _Places | None] = {}
        self._find = validators.gates(Side.SERVER, self._of_message, _record).find

    def look(self, line: int, text: bytes) -> Quiet | Entry | None:
        """Return what a line is; see `Glance`."""
        if text.count(b'"method"') != 1 or b'"dir":"server"' not in text:
            return entry_of_own(line, text)
        record = self._find(text)
        if record is None:
            return entry_of_own(line, text)
        message = record.msg
        places = self._places[type(message)]
        if places is not None and message.codexwire_id is message.codexwire_jsonrpc is UNSET:
            thread = getattr(message.params, places.thread)
            turn = getattr(message.params, places.turn)
            if type(thread) is type(turn) is str and thread and turn:
                connection = bytes(record.conn).decode()
                return Quiet(line, (connection, places.method, thread, turn), text)
        return entry_of_own(line, text, valid=True)

    def _of_message(self, method: str, struct: type[Struct]) -> type[Struct] | None:
        """Return the Struct of a method's messages, which of a notification has what makes it none."""
        if struct.__struct_config__.forbid_unknown_fields:
            return None
        is_request = "id" in struct.__struct_encode_fields__
        if not is_request:
            struct = defstruct(struct.__name__, _BESIDE, bases=(struct,), kw_only=True, gc=False)
        self._places[struct] = None if is_request else self._places_in(method, struct)
        return struct

    def _places_in(self, method: str, struct: type[Struct]) -> _Places | None:
        """Return where the ids are; None for a method whose messages are not always quiet."""
        vocabulary = self._vocabulary
        params = next((f for f in fields(struct) if f.encode_name == "params"), None)
        if method in vocabulary.moments or method in vocabulary.reports or params is None:
            return None
        if not (isinstance(params.type, type) and issubclass(params.type, Struct)):
            return None
        names = {f.encode_name: f.name for f in fields(params.type)}
        thread, turn = (names.get(m or "") for m in vocabulary.identities.best_members(method))
        return None if thread is None or turn is None else _Places(method, thread, turn)


def _record(messages: Any) -> type[Struct]:
    return record_of(Literal["server"], messages)


_BESIDE = [
    ("codexwire_id", Raw | UnsetType, field(name="id", default=UNSET)),
    ("codexwire_jsonrpc", Raw | UnsetType, field(name="jsonrpc", default=UNSET)),
]
