"""What the tables hold: names, types and meaning of their columns. No column has a value of a message."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

__all__ = ["SESSIONS", "TABLES", "TABLE_OF", "VERSION", "Column"]

VERSION = 1
"""The version of the tables; it changes when a reader of them would notice."""

SESSIONS = "sessions"

TABLE_OF: Mapping[str, str] = {
    "validate": "findings",
    "coverage": "coverage",
    "drift": "drift",
    "usage": "usage",
}
"""Command → the table of its results, beside that of the sessions."""


class Column(NamedTuple):
    """A column: `type` is `string`, `int64` or `timestamp`; all but `path` of a session may be null."""

    name: str
    type: str
    text: str


_PATH = Column("path", "string", "The address of the file.")
_COUNTS = ("completed", "failed", "interrupted", "unknown")
_TOKENS = {
    "input_tokens": "Tokens that the model read",
    "cached_input_tokens": "Those of them that were cached",
    "cache_write_input_tokens": "Those of them that were written into the cache",
    "output_tokens": "Tokens that the model wrote",
    "reasoning_output_tokens": "Those of them that were reasoning",
    "total_tokens": "All tokens",
}

TABLES: Mapping[str, tuple[Column, ...]] = {
    SESSIONS: (
        Column("command", "string", "`validate`, `coverage`, `drift` or `usage`."),
        _PATH,
        Column("size", "int64", "Bytes of the file as it is stored; null where nobody says."),
        Column("stamp", "string", "The ETag, or the time of the last change, as it was listed."),
        Column("modified", "timestamp", "When the file was changed last."),
        Column("tool", "string", "The version of codexwire, and a digest of its code."),
        Column("settings", "string", "A digest of the schemas or models, and of the options."),
        Column("format", "string", "The format of the file."),
        Column("release", "string", "The release that the session names."),
        Column("schema", "string", "What it was judged by."),
        Column("entries", "int64", "Messages, or lines of a saved session, that were read."),
        Column("bytes", "int64", "Bytes read, of what the file unpacks to."),
        Column("unread", "int64", "Lines, or parts of the file, that were not understood."),
        Column(
            "unchecked", "int64", "Messages accepted where the schema does not say what they are."
        ),
        Column("errors", "int64", "Findings, or kinds of drift, of level error."),
        Column("warnings", "int64", "Those of level warning."),
        Column("infos", "int64", "Those of level info."),
        Column("problem", "string", "`unreadable`, `damaged`, `internal` or `died`; else null."),
        Column("error", "string", "What the problem is, in one line."),
    ),
    "findings": (
        _PATH,
        Column("line", "int64", "The line of the file."),
        Column("place", "string", "The JSON pointer in a file that is one JSON document."),
        Column("rule", "string", "The rule; `codexwire rules explain` tells of it."),
        Column("level", "string", "`error`, `warning` or `info`."),
        Column("direction", "string", "Who sent the message: `client` or `server`."),
        Column("method", "string", "The method of the message, or of the request it answers."),
        Column("pointer", "string", "The JSON pointer in the message."),
        Column("message", "string", "One sentence."),
    ),
    "coverage": (
        Column("path", "string", "The address of the file; null: a point that the schema has."),
        Column("schema", "string", "The schema that has the point."),
        Column("category", "string", "`client requests`, `union variants`, `enum values` …."),
        Column("place", "string", "A method, or the place of a union or enum."),
        Column("value", "string", "The variant or value; empty for a method."),
    ),
    "drift": (
        _PATH,
        Column("rule", "string", "The kind of drift, or the tolerance that applied."),
        Column("level", "string", "`error`, `warning` or `info`."),
        Column("method", "string", "The method, or the type of a line."),
        Column("pointer", "string", "The JSON pointer, with `*` for indices and keys of maps."),
        Column("message", "string", "One sentence."),
        Column("count", "int64", "How often in this file."),
    ),
    "usage": (
        _PATH,
        Column("thread_id", "string", "The id of the thread; a digest of one that is no UUID."),
        Column("source", "string", "`rollout`, `exec` or `recording`."),
        Column("relation", "string", "How it hangs below another thread: `fork`, `sub_agent` …."),
        Column("parent_id", "string", "The id of that thread."),
        Column("created", "timestamp", "When the thread was created."),
        Column("release", "string", "The release of codex that made it."),
        Column("turns", "int64", "Its turns."),
        *(Column(name, "int64", f"Turns whose status is {name}.") for name in _COUNTS),
        *(
            Column(name, "int64", f"{text}, without what a fork took over.")
            for name, text in _TOKENS.items()
        ),
    ),
}
