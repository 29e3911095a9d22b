"""Servers and judgements for tests of clients: what `codexwire.pytest_plugin` makes fixtures of.

`Mock` and `Replay` are servers for one test: `client()` and `async_client()` speak with them in memory,
`command` is the command line of the same as a process. `check_transcript` judges what was said.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeAlias, TypeVar

from codexwire.direction import Side
from codexwire.errors import UsageError
from codexwire.files import write_whole
from codexwire.finding import Level
from codexwire.ingest import DEFAULT_VERSION
from codexwire.proxy.memory import ServerEnd, open_beside
from codexwire.proxy.mock import load_script, open_mock, parse_script
from codexwire.proxy.player import Divergence
from codexwire.proxy.replay import ReplayOptions, play
from codexwire.runtime.client.core import AsyncClient
from codexwire.runtime.client.options import ClientOptions
from codexwire.runtime.client.sync import Client
from codexwire.runtime.client.watch import observe_all
from codexwire.runtime.transport.base import TransportOpener
from codexwire.transcript.entry import Entry, TranscriptItem
from codexwire.transcript.judge import judge_items
from codexwire.transcript.judgement import Judgement, JudgeOptions
from codexwire.transcript.recording_judge import judge
from codexwire.transcript.source import OpenRecording
from codexwire.usecases.mock import make_server
from codexwire.usecases.replay import read_connections
from codexwire.usecases.schema_choice import AUTO, SchemaChoice

__all__ = ["Messages", "Mock", "Replay", "check_transcript"]

Messages: TypeAlias = "Iterable[Entry | bytes | str | Mapping[str, Any] | tuple[str, Any]]"
"""Messages as entries, as texts or as JSON values, each alone or behind its sender (`client` or
`server`)."""

C = TypeVar("C", bound=Client)
A = TypeVar("A", bound=AsyncClient)

_COMMAND = (sys.executable, "-m", "codexwire")
_SHOWN = 20


class _Server:
    """A server for a test, in memory and as a command line."""

    def __init__(self, opener: TransportOpener, command: Iterable[str]) -> None:
        self.opener = opener
        self.command = [*_COMMAND, *command]
        self.messages: list[Entry] = []
        self._connections = 0

    def client(self, kind: type[C] = Client, options: ClientOptions | None = None) -> C:  # type: ignore[assignment]  # the default is its own bound
        """Return a blocking client (of a generated class, if one is given); use it with `with`."""
        return kind(self.opener, self._watched(options))

    def async_client(self, kind: type[A] = AsyncClient, options: ClientOptions | None = None) -> A:  # type: ignore[assignment]  # likewise
        """Return a client for asyncio or trio; use it with `async with`."""
        return kind(self.opener, self._watched(options))

    def _watched(self, options: ClientOptions | None) -> ClientOptions:
        """Return the options with an observer that keeps every message in `messages`."""
        given = options or ClientOptions()
        self._connections += 1
        connection = str(self._connections)

        def keep(side: Side, text: bytes) -> None:
            self.messages.append(Entry(len(self.messages) + 1, text, side, connection))

        watching = [keep] if given.observer is None else [keep, given.observer]
        return replace(given, observer=observe_all(watching))


class Mock(_Server):
    """A mock of the app-server of a schema (a version or a path).

    `script` is TOML text, or the path of a file of it; it can be set anew between connections. `folder`
    is where the command's script is kept. With the folder of a `project`, its rules and those of installed
    packages apply; the command has those of the folder that it is started in. CodexwireError for a schema
    or script that cannot be used.
    """

    def __init__(
        self,
        folder: Path,
        *,
        schema: str | None = None,
        script: str | Path = "",
        seed: int = 0,
        channel: str = "experimental",
        project: Path | None = None,
    ) -> None:
        schema = schema or str(DEFAULT_VERSION)
        self.server = make_server(schema, channel, seed, project=project)
        self._file = folder / "mock.toml"
        options = ["--schema", schema, "--channel", channel, "--seed", str(seed)]
        options += ["--no-project-rules"] if project is None else []
        super().__init__(open_mock(self.server), ("mock", *options, "--script", str(self._file)))
        self.set_script(script)

    def set_script(self, script: str | Path) -> None:
        """Let connections from now on, and processes started from now on, play another script."""
        told = load_script(script) if isinstance(script, Path) else parse_script(script)
        self.server.use(told)
        text = script.read_text("utf-8") if isinstance(script, Path) else script
        write_whole(self._file, text.encode())


class Replay(_Server):
    """The server of a recording, played to one client.

    `departures` says where a client in memory did something else than in the recording. TranscriptError
    for a file that cannot be played.
    """

    def __init__(self, path: Path, *, connection: str | None = None, strict: bool = False) -> None:
        self.departures: list[str] = []
        connections = read_connections(str(path))
        name = next(iter(connections)) if connection is None else connection
        if name not in connections:
            known = ", ".join(n or "(unnamed)" for n in connections)
            raise UsageError(f"no connection {name!r} in {path}", hint=f"there are: {known}")
        self._scene = connections[name]
        self._manner = ReplayOptions(path.name, strict=strict)
        options = [*(["--strict"] if strict else []), *(["--conn", name] if name else [])]
        super().__init__(open_beside(self._play), ("replay", *options, str(path)))

    async def _play(self, end: ServerEnd) -> None:
        try:
            await play(end, self._scene, Side.SERVER, self._manner)
        except Divergence as departure:
            self.departures.append(str(departure))
            await end.stderr(str(departure))


def check_transcript(
    what: str | Path | Messages,
    schema: str | None = None,
    fail_on: Level | str = Level.ERROR,
    project: Path | None = None,
) -> Judgement:
    """Return the judgement of a recording's path or of messages; AssertionError when it is not valid.

    `schema` is a version or a path; by default the recording says which. With the folder of a `project`,
    its rules and those of installed packages apply. What is graver than, or as
    grave as, `fail_on` makes it invalid, and so does a recording that cannot be read or says nothing.
    """
    choice = SchemaChoice(schema or AUTO, project=project)
    if isinstance(what, (str, Path)):
        judgement = judge(OpenRecording(str(what)), choice, JudgeOptions(), choice.ladder)
    else:
        judgement = Judgement("messages")
        judge_items(_items(what), judgement, choice, JudgeOptions())
    level = Level(fail_on)
    grave = [f for f in judgement.findings if f.level.rank <= level.rank]
    lines = [f"{f.level} {f.location} {f.rule}: {f.message}" for f in grave]
    if not judgement.messages and not lines:
        lines = ["it has no messages"]
    if lines:
        raise AssertionError(_told(judgement, lines))
    return judgement


def _told(judgement: Judgement, lines: list[str]) -> str:
    head = f"{judgement.path} is no valid transcript of {judgement.schema or 'any schema'}:"
    more = len(lines) - _SHOWN
    shown = [*lines[:_SHOWN], f"and {more} more"] if more > 0 else lines
    return "\n  ".join([head, *shown])


def _items(messages: Messages) -> Iterator[TranscriptItem]:
    for number, message in enumerate(messages, 1):
        if isinstance(message, Entry):
            yield message
        elif isinstance(message, tuple):
            yield Entry(number, _text(message[1]), Side(message[0]))
        else:
            yield Entry(number, _text(message))


def _text(message: Any) -> bytes:
    if isinstance(message, bytes):
        return message
    return (message if isinstance(message, str) else json.dumps(message)).encode()
