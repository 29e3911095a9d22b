"""Files of codex that are not transcripts of its app-server, each with what people should do instead."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from codexwire.errors import TranscriptError
from codexwire.location import Location
from codexwire.profiles.table import DEFAULT
from codexwire.transcript.formats.format import Fields, Foreign, Sample, fields_of, string_member

__all__ = ["FOREIGN", "NAMES", "refuse_folder"]

_SERVER = DEFAULT.source
_RECORD_HINT = f"record the {_SERVER}'s own messages, for example with `codexwire record`"

_INDEX = frozenset({"id", "thread_name", "updated_at"})
_HISTORY = frozenset({"session_id", "ts", "text"})
_ANSI = re.compile(rb"\x1b\[[0-9;]*m")
_RUST_LINE = re.compile(
    rb"\s*\d{4}-\d\d-\d\dT[\d:.]+Z?\s+(?:TRACE|DEBUG|INFO|WARN|ERROR)\s"
    rb"|.*<- (?:typed )?(?:notification|response|error|request): \w+"
    rb"|.*" + _SERVER.encode() + rb" (?:event|request): "
)


def _is_old_exec_event(fields: Fields) -> bool:
    event = fields_of(bytes(fields["msg"])) if "msg" in fields else None
    return string_member(fields.get("id")) is not None and "type" in (event or {})


def _is_old_session_line(fields: Fields) -> bool:
    return "record_type" in fields


def _is_index_entry(fields: Fields) -> bool:
    return fields.keys() == _INDEX


def _is_history_entry(fields: Fields) -> bool:
    return fields.keys() == _HISTORY


def _is_trace_event(fields: Fields) -> bool:
    return {"schema_version", "seq", "rollout_id", "payload"} <= fields.keys()


def _is_log_record(fields: Fields) -> bool:
    return {"timestamp", "level", "target", "fields"} <= fields.keys()


def _any(test: Callable[[Fields], bool]) -> Callable[[Sample], bool]:
    return lambda sample: any(map(test, sample.objects))


def _is_rust_log(sample: Sample) -> bool:
    lines = (_ANSI.sub(b"", line) for line in sample.lines)
    return any(map(_is_log_record, sample.objects)) or any(map(_RUST_LINE.match, lines))


FOREIGN = (
    Foreign(
        "old-exec-json",
        'the output of an old `codex exec --json`, whose lines are {"id", "msg"}',
        "the streams of 0.99.0 and later are read",
        _any(_is_old_exec_event),
    ),
    Foreign(
        "old-rollout",
        "a saved session of codex from the time before its lines had types",
        "sessions of 0.99.0 and later are read",
        _any(_is_old_session_line),
    ),
    Foreign(
        "session-index",
        "the index in which codex keeps the names of threads (session_index.jsonl), not a session",
        "the sessions themselves lie in the folders sessions and archived_sessions beside it",
        _any(_is_index_entry),
        "session_index.jsonl",
    ),
    Foreign(
        "history",
        "the list of what the user typed into codex (history.jsonl), not a session",
        "the sessions themselves lie in the folders sessions and archived_sessions beside it",
        _any(_is_history_entry),
        "history.jsonl",
    ),
    Foreign(
        "rollout-trace",
        f"the event log of a rollout trace, not a recording of the {_SERVER}",
        "`codex debug trace-reduce` reads the folder",
        _any(_is_trace_event),
    ),
    Foreign(
        "rust-log",
        "a RUST_LOG debug log of codex, which shows messages in Rust's notation, not in JSON",
        _RECORD_HINT,
        _is_rust_log,
    ),
)
"""Tried in this order, after every transcript format."""

NAMES = frozenset(foreign.name for foreign in FOREIGN if foreign.name)
"""What such files are called that have one name."""


def refuse_folder(folder: Path) -> None:
    """Raise TranscriptError for a folder that is a rollout-trace bundle."""
    if (folder / "manifest.json").is_file() and (folder / "trace.jsonl").is_file():
        raise TranscriptError(
            f"this folder is a rollout trace bundle, not recordings of the {_SERVER}",
            location=Location(str(folder)),
            hint="`codex debug trace-reduce` reads it",
        )
