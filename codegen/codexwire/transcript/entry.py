"""What a reader yields: messages as bytes, the ends of connections, and issues of the file itself."""

from __future__ import annotations

from typing import TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from codexwire.direction import Side
from codexwire.finding import Level

__all__ = ["ConnectionEnd", "Entry", "FileIssue", "LineInDocument", "TranscriptItem", "unread"]


class LineInDocument(int):
    """The line of a message in a JSON document, and the JSON pointer of the message in that."""

    pointer: str

    def __new__(cls, line: int, pointer: str) -> LineInDocument:
        """Return the line, which is an integer like others."""
        made = super().__new__(cls, line)
        made.pointer = pointer
        return made


class Entry(Struct, frozen=True, gc=False):
    """One message: the line it starts on, its JSON text, who sent it (None: not recorded), and the
    connection it belongs to. The line is a `LineInDocument` where one line may hold many messages.

    `data` is the text as it was on the wire where the format keeps it; nobody has looked inside yet,
    so it may be no JSON at all. `complete` is false where the file ends before the text's end of line.
    `seconds` since the start are known of codexwire's own recordings.
    """

    line: int
    data: bytes
    sender: Side | None = None
    connection: str = ""
    complete: bool = True
    seconds: float | None = None

    def sent_by(self, sender: Side) -> Entry:
        """Return the entry with its sender."""
        return replace(self, sender=sender)


class ConnectionEnd(Struct, frozen=True, gc=False):
    """The end of a connection, and who ended it, if that is known."""

    line: int
    connection: str = ""
    sender: Side | None = None


class FileIssue(Struct, frozen=True, gc=False):
    """Something about the file rather than about a message: a finding `transcript/<rule>`.

    `unread` when a part of the file could not be understood: what it holds was not judged.
    """

    line: int
    rule: str
    level: Level
    message: str
    sender: Side | None = None
    unread: bool = False


TranscriptItem: TypeAlias = "Entry | ConnectionEnd | FileIssue"


def unread(line: int, message: str, sender: Side | None = None) -> FileIssue:
    """Return what says that a part of the file was not understood."""
    return FileIssue(line, "not-a-record", Level.ERROR, message, sender, unread=True)
