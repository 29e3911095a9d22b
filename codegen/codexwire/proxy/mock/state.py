"""The state of a mock server: threads and their turns, with ids and times that are the same in every run."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Protocol

from codexwire.model.message import Json
from codexwire.model.turn_state import TurnState
from codexwire.profiles.app_server import turns
from codexwire.version import Version

__all__ = ["MockThread", "MockTurn", "Running", "ServerState", "texts"]


_BEGAN = 1_767_225_600_000  # the first moment of 2026, in milliseconds: any would do
_PROJECT = "/home/user/project"
_SESSIONS = "/home/user/.codex/sessions"
_NUMBERED_TURNS = Version(0, 107, 0)  # the first release with UUIDs


class Running(Protocol):
    """A turn's way to its end; `steered` is input that came after it began."""

    steered: list[list[Any]]

    def interrupt(self) -> None:
        """End the turn as interrupted."""


@dataclass(slots=True)
class MockTurn:
    """One turn: its input as on the wire, status, error and times (milliseconds).

    `state` is what the clients that listen know of it.
    """

    id: str
    input: list[Any]
    started: int
    status: str = "inProgress"
    state: TurnState = field(default_factory=turns.start)
    error: Json | None = None
    ended: int | None = None
    running: Running | None = None

    @property
    def items(self) -> list[Json]:
        """The items that were completed, as on the wire."""
        return [dict(item.wire) for item in self.state.items if item.completed is not None]

    def wire(self, *, items: bool = False, begun: bool = True) -> Json:
        """Return the turn as the newest release writes it, with or without its items."""
        done = self.ended
        return {
            "id": self.id,
            "rootTurnId": self.id,
            "items": self.items if items else [],
            "itemsView": "full" if items else "notLoaded",
            "status": self.status,
            "error": self.error,
            "startedAt": self.started // 1000 if begun else None,
            "completedAt": None if done is None else done // 1000,
            "durationMs": None if done is None else done - self.started,
        }


@dataclass(slots=True)
class MockThread:
    """One thread (a conversation, in v1): what it was started with and what came of it."""

    id: str
    params: Json
    created: int
    version: str
    legacy: bool = False
    archived: bool = False
    name: str | None = None
    forked_from: str | None = None
    turns: list[MockTurn] = field(default_factory=list)
    answers: int = 0

    @property
    def running(self) -> MockTurn | None:
        """The turn that runs, if one does."""
        return next((turn for turn in self.turns if turn.running is not None), None)

    @property
    def cwd(self) -> str:
        """The folder that the thread works in."""
        return str(self.params.get("cwd") or _PROJECT)

    @property
    def model(self) -> str:
        """The model that was asked for, or one of the mock's own."""
        return str(self.params.get("model") or "mock-model")

    @property
    def path(self) -> str:
        """Where a real server would keep the thread."""
        return f"{_SESSIONS}/rollout-{self.id}.jsonl"

    @property
    def preview(self) -> str:
        """The first text of the user."""
        return next((text for turn in self.turns for text in texts(turn.input)), "")

    def status(self) -> Json:
        """Return the status as the newest release writes it."""
        return {"type": "active", "activeFlags": []} if self.running else {"type": "idle"}

    def wire(self, *, turns: bool = False) -> Json:
        """Return the thread as the newest release writes it, with or without its turns."""
        seconds = self.created // 1000
        last = self.turns[-1].started // 1000 if self.turns else seconds
        return {
            "id": self.id,
            "sessionId": self.id,
            "forkedFromId": self.forked_from,
            "parentThreadId": None,
            "preview": self.preview,
            "ephemeral": bool(self.params.get("ephemeral")),
            "historyMode": "full",
            "modelProvider": "mock",
            "model": self.model,
            "createdAt": seconds,
            "updatedAt": last,
            "recencyAt": last,
            "status": self.status(),
            "path": self.path,
            "cwd": self.cwd,
            "cliVersion": self.version,
            "source": "vscode",
            "originator": "mock",
            "name": self.name,
            "gitInfo": None,
            "turns": [turn.wire(items=True) for turn in self.turns] if turns else [],
        }


def texts(items: list[Any]) -> Iterator[str]:
    """Yield the texts of input items, of v2 or v1."""
    for item in items:
        data = item.get("data", item) if isinstance(item, dict) else {}
        if isinstance(data, dict) and isinstance(data.get("text"), str):
            yield data["text"]


class ServerState:
    """The threads of one server. Ids depend on the seed and on how many there were before."""

    def __init__(self, seed: int, version: Version | None) -> None:
        self.threads: dict[str, MockThread] = {}
        self.version = str(version or Version(0, 0, 0))
        self._numbered = version is not None and version < _NUMBERED_TURNS
        self._seed = seed
        self._ids = 0
        self._ticks = 0

    def now(self) -> int:
        """Return the time in milliseconds: each look at the clock is one later."""
        self._ticks += 1
        return _BEGAN + self._ticks

    def new_id(self) -> str:
        """Return a fresh id in the form of a UUID of version 7."""
        self._ids += 1
        digest = hashlib.sha256(f"{self._seed}/id/{self._ids}".encode()).hexdigest()
        head = f"{0x019B7000 + self._ids:08x}-{digest[:4]}"
        return f"{head}-7{digest[4:7]}-8{digest[7:10]}-{digest[10:22]}"

    def new_thread(
        self, params: Json, *, legacy: bool = False, fork_of: MockThread | None = None
    ) -> MockThread:
        """Start a thread, with the turns of another one when it is its fork."""
        thread = MockThread(self.new_id(), params, self.now(), self.version, legacy=legacy)
        if fork_of is not None:
            thread.forked_from = fork_of.id
            thread.params = {**fork_of.params, **params}
            thread.turns = [turn for turn in fork_of.turns if turn.running is None]
        self.threads[thread.id] = thread
        return thread

    def new_turn_id(self, thread: MockThread) -> str:
        """Return an id for the next turn of a thread: up to 0.99.0 its number."""
        return str(len(thread.turns)) if self._numbered else self.new_id()

    def listed(self, *, archived: bool) -> list[MockThread]:
        """Return the threads, archived or not, newest first."""
        return [t for t in reversed(self.threads.values()) if t.archived is archived]
