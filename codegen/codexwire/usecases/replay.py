"""What is replayed, and to whom: the connections of a recording, and the server for its client."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractAsyncContextManager
from itertools import chain

from codexwire.direction import Side
from codexwire.errors import TranscriptError, UsageError
from codexwire.location import Location
from codexwire.model.message import MessageKind
from codexwire.profiles.table import DEFAULT
from codexwire.proxy.recorded import RecordedConnection, RecordedMessage, recorded_connections
from codexwire.runtime.transport import Transport, open_stdio, open_unix_socket, open_websocket
from codexwire.transcript.entry import ConnectionEnd, Entry, FileIssue
from codexwire.transcript.formats.table import detect
from codexwire.transcript.server_guess import sniff
from codexwire.transcript.source import OpenRecording
from codexwire.usecases.schema_choice import SchemaChoice
from codexwire.usecases.senders import with_senders
from codexwire.usecases.server import server_command

__all__ = ["chosen_connections", "read_connections", "server_to_play_to"]

_WHICH = f"--connect, or `-- codex {DEFAULT.source}`"


def read_connections(path: str) -> dict[str, RecordedConnection]:
    """Return the connections of a recording of any format; TranscriptError.

    Who sent what is inferred where the recording does not say it: by the schema of the server's release.
    """
    with OpenRecording(path) as source:
        found = recorded_connections(_messages(source))
        if source.damage is not None:
            raise source.damage
    played = {
        name: connection
        for name, connection in found.items()
        if any(step.kind is not MessageKind.OTHER for step in connection.steps)
    }
    if not played:
        raise TranscriptError("there is nothing to replay", location=Location(source.name))
    return played


def _messages(source: OpenRecording) -> Iterator[RecordedMessage]:
    first, server, rest = sniff(detect(source).read(source))
    for item in with_senders(chain(first, rest), lambda: SchemaChoice()(server).validators):
        if isinstance(item, FileIssue) and item.unread:
            raise TranscriptError(
                item.message,
                location=Location(source.name, item.line),
                hint="what cannot be read cannot be played; `codexwire validate` lists all of it",
            )
        if isinstance(item, ConnectionEnd):
            yield RecordedMessage(item.line, item.connection, item.sender or Side.SERVER, None)
        elif isinstance(item, Entry) and item.complete:
            if item.sender is None:
                raise TranscriptError(
                    "this is no message, and the recording does not say who sent it",
                    location=Location(source.name, item.line),
                    hint="record with `codexwire record`",
                )
            yield RecordedMessage(item.line, item.connection, item.sender, item.data, item.seconds)


def chosen_connections(
    path: str, name: str | None, *, several: bool
) -> dict[str, RecordedConnection]:
    """Return the connections of a recording to play: the one of a `name`, else the only one, or `several`.

    UsageError where it is not clear which, TranscriptError as `read_connections`.
    """
    found = read_connections(path)
    names = ", ".join(n or "(unnamed)" for n in found)
    if name is not None:
        if name not in found:
            raise UsageError(
                f"no connection {name!r}", location=Location(path), hint=f"there are: {names}"
            )
        return {name: found[name]}
    if len(found) > 1 and not several:
        raise UsageError(
            f"the recording has {len(found)} connections",
            location=Location(path),
            hint=f"choose with --conn: {names}",
        )
    return found


def server_to_play_to(
    side: Side, command: list[str] | None, listen: str | None, connect: str | None
) -> AbstractAsyncContextManager[Transport] | None:
    """Return how to reach the server that a client is played to; None when we are the server.

    UsageError for options that do not go together.
    """
    if side is Side.SERVER:
        if command or connect:
            raise UsageError("--connect and `-- COMMAND` need --as client")
        return None
    if listen is not None:
        raise UsageError("a client does not listen", hint=_WHICH)
    if bool(command) == (connect is not None):
        raise UsageError("give either --connect or `-- COMMAND`", hint=_WHICH)
    if connect is None:
        return open_stdio(server_command(command or []))
    if connect.startswith("unix://"):
        return open_unix_socket(connect.removeprefix("unix://"))
    return open_websocket(connect)
