"""The neutral view: what a saved session or a recording says, whatever wrote it.

None, and the status `unknown`, stand for what the source does not say. `schema/report/session.schema.json`
describes these types as JSON.
"""

from __future__ import annotations

from typing import Any, TypeAlias

import msgspec

__all__ = [
    "UNKNOWN",
    "VERSION",
    "Agent",
    "Call",
    "ChangedFile",
    "Command",
    "Compaction",
    "Context",
    "File",
    "FileChange",
    "History",
    "Image",
    "Item",
    "Link",
    "Note",
    "Other",
    "Picture",
    "Place",
    "Plan",
    "Reasoning",
    "Review",
    "Search",
    "Session",
    "Step",
    "SubAgent",
    "Thread",
    "Tool",
    "Turn",
    "Usage",
    "User",
]

VERSION = 1
"""The version of the types; it changes when a reader of the JSON would notice."""

UNKNOWN = "unknown"


class Place(msgspec.Struct, frozen=True):
    """Where something is said: a file, and its line counted from 1."""

    file: str
    line: int


class Usage(msgspec.Struct, frozen=True):
    """Counts of tokens; None for a count that is not told."""

    input_tokens: int | None = None
    cached_input_tokens: int | None = None
    cache_write_input_tokens: int | None = None
    output_tokens: int | None = None
    reasoning_output_tokens: int | None = None
    total_tokens: int | None = None


class Note(msgspec.Struct, frozen=True):
    """Something that a reader of the file should know: what kind, in words, where first, how often."""

    rule: str
    text: str
    place: Place
    count: int = 1


class Picture(msgspec.Struct, frozen=True):
    """A picture that a user gave: a path, a URL, or the type of one that stands in the message itself."""

    path: str | None = None
    url: str | None = None
    media_type: str | None = None


class ChangedFile(msgspec.Struct, frozen=True):
    """A file that was changed; `kind` is `add`, `delete`, `update` or another word.

    `path` is the old one where the file was moved, to `moved_to`. `diff` is the content of a new or
    deleted file, else a unified diff, or a hunk of the model's patch.
    """

    path: str
    kind: str = UNKNOWN
    moved_to: str | None = None
    diff: str | None = None


class Step(msgspec.Struct, frozen=True):
    """A step of a plan; `status` is `pending`, `inProgress`, `completed`, `unknown` or another word."""

    text: str
    status: str = UNKNOWN


class _Item(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind"):
    """What all items have.

    `id` is the protocol's, or where the source has none one of ours, by its line (`own_id`). `written`
    is the time at which the line was written, `started` and `ended` are what the source says.
    """

    id: str
    own_id: bool = False
    place: Place
    written: str | None = None
    started: str | None = None
    ended: str | None = None


class User(_Item, frozen=True, kw_only=True, tag="user"):
    """What the user wrote."""

    text: str
    pictures: tuple[Picture, ...] = ()


class Agent(_Item, frozen=True, kw_only=True, tag="agent"):
    """A message of the agent."""

    text: str
    phase: str | None = None


class Reasoning(_Item, frozen=True, kw_only=True, tag="reasoning"):
    """The agent's reasoning: its summary, and the text itself where it is shown."""

    text: str
    raw: str | None = None


class Command(_Item, frozen=True, kw_only=True, tag="command"):
    """A command; `shell` is what ran the line (`/bin/bash -lc`), `output_cut` when a part is left out."""

    command: str
    shell: str | None = None
    cwd: str | None = None
    status: str = UNKNOWN
    exit_code: int | None = None
    output: str | None = None
    output_cut: bool = False


class FileChange(_Item, frozen=True, kw_only=True, tag="file_change"):
    """Files that were changed together."""

    changes: tuple[ChangedFile, ...]
    status: str = UNKNOWN


class Tool(_Item, frozen=True, kw_only=True, tag="tool"):
    """A call of a tool of an MCP server, or without a `server` one of the client's."""

    server: str | None = None
    name: str
    arguments: Any = None
    status: str = UNKNOWN
    output: str | None = None
    error: str | None = None


class Search(_Item, frozen=True, kw_only=True, tag="search"):
    """A search on the web, or a page that was opened; `call_id` where it has a second id."""

    query: str
    action: Any = None
    call_id: str | None = None


class Image(_Item, frozen=True, kw_only=True, tag="image"):
    """An image that the agent looked at (`action` is `view`) or made (`generate`)."""

    action: str
    path: str | None = None
    prompt: str | None = None
    status: str = UNKNOWN


class Review(_Item, frozen=True, kw_only=True, tag="review"):
    """The beginning (`phase` is `entered`) or end (`exited`) of a review."""

    phase: str
    text: str = ""


class Compaction(_Item, frozen=True, kw_only=True, tag="compaction"):
    """The history was replaced by a summary."""

    summary: str | None = None


class SubAgent(_Item, frozen=True, kw_only=True, tag="sub_agent"):
    """A call about other agents: `tool` is `spawn_agent`, `wait`, `close_agent` …, `threads` whom.

    Where a source tells instead what becomes of one, `tool` is `started`, `interacted`, `completed` ….
    """

    tool: str
    threads: tuple[str, ...] = ()
    prompt: str | None = None
    status: str = UNKNOWN


class Plan(_Item, frozen=True, kw_only=True, tag="plan"):
    """A plan that the agent wrote as a text."""

    text: str


class Context(_Item, frozen=True, kw_only=True, tag="context"):
    """A text that the model was given and that nobody typed in the turn.

    `origin` are the names that Codex gives such texts (`environments.environment_context`), written
    or told by how they begin; `unknown` where neither is so.
    """

    role: str
    origin: tuple[str, ...]
    text: str


class Call(_Item, frozen=True, kw_only=True, tag="call"):
    """A call of the model for which the protocol has no item."""

    name: str
    arguments: Any = None
    output: str | None = None


class Other(_Item, frozen=True, kw_only=True, tag="other"):
    """An item of a type that this view does not know, as it was written."""

    type: str
    value: Any = None


Item: TypeAlias = (
    User
    | Agent
    | Reasoning
    | Command
    | FileChange
    | Tool
    | Search
    | Image
    | Review
    | Compaction
    | SubAgent
    | Plan
    | Context
    | Call
    | Other
)


class Turn(msgspec.Struct, frozen=True, kw_only=True):
    """A turn of a thread.

    `status` is `completed`, `failed`, `interrupted`, `unknown` or another word of the source. `usage` is
    what the turn used, `total_usage` what its thread had used after the last of it. `continues` is None
    where the source does not tell whether this is a turn of its own or goes on with the one before, into
    which its first message was sent while it ran; both have no `usage` then. `copied` says whether the
    turn is one of the thread that this one was forked from, None where that cannot be told.
    `rolled_back` is a turn that was taken back later.
    """

    id: str
    own_id: bool = False
    place: Place
    status: str = UNKNOWN
    error: str | None = None
    started: str | None = None
    ended: str | None = None
    duration_ms: int | None = None
    usage: Usage | None = None
    total_usage: Usage | None = None
    plan: tuple[Step, ...] = ()
    continues: bool | None = False
    copied: bool | None = False
    rolled_back: bool = False
    items: tuple[Item, ...] = ()


class Link(msgspec.Struct, frozen=True):
    """The thread that one hangs below, as `fork`, `sub_agent` or `review`; `given` if it was read, too."""

    thread_id: str
    relation: str
    given: bool = False


class History(msgspec.Struct, frozen=True):
    """What a thread goes on from and its file does not hold.

    These are `lines` lines of a thread, itself or another one; with the file given, they end before
    `end`, and `turns` are the ids of their turns.
    """

    thread_id: str
    lines: int | None
    given: bool = False
    end: Place | None = None
    turns: tuple[str, ...] = ()


class Thread(msgspec.Struct, frozen=True, kw_only=True):
    """A thread as its files say it.

    `source` is `rollout`, `exec` or `recording`, `history_mode` that of a rollout. `children` are the ids of
    the forks and sub-agents that were read, too, and come next. `usage` is the final total of the
    thread, `own_usage` is without what a fork took over. `lost` names what this kind of source does not
    say, or not always.
    """

    id: str
    place: Place
    files: tuple[str, ...]
    source: str
    history_mode: str | None = None
    parent: Link | None = None
    children: tuple[str, ...] = ()
    depth: int = 0
    history: tuple[History, ...] = ()
    name: str | None = None
    cwd: str | None = None
    created: str | None = None
    cli_version: str | None = None
    originator: str | None = None
    usage: Usage | None = None
    own_usage: Usage | None = None
    turns: tuple[Turn, ...] = ()
    notes: tuple[Note, ...] = ()
    lost: tuple[str, ...] = ()


class File(msgspec.Struct, frozen=True, kw_only=True):
    """What was understood of a file: lines read, those of unknown type counted by it, what is odd."""

    path: str
    source: str
    lines: int = 0
    threads: tuple[str, ...] = ()
    turns: int = 0
    unknown_status: int = 0
    unknown: dict[str, int] = {}
    notes: tuple[Note, ...] = ()


class Session(msgspec.Struct, frozen=True, kw_only=True):
    """All threads of some files, each followed by those that hang below it.

    `usage` adds up what is known of the threads' own usage; `usage_unknown` threads have none.
    """

    version: int = VERSION
    files: tuple[File, ...] = ()
    threads: tuple[Thread, ...] = ()
    usage: Usage = Usage()
    usage_unknown: int = 0
