"""Puts threads in order: the files of one thread together, its sub-agents and forks after it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from msgspec.structs import replace

from codexwire.sessions.files import Loaded, Sight, load, look_at
from codexwire.sessions.join import (
    Past,
    joined_rollouts,
    joined_streams,
    past_of,
    resolved,
    with_copies,
)
from codexwire.sessions.lineage import history_of, parent_of
from codexwire.sessions.model import File, Thread
from codexwire.sessions.names import ThreadNames

__all__ = ["walk"]


def _nothing(file: File) -> None:
    """Leave a file's account alone."""


def walk(paths: Iterable[str], seen: Callable[[File], None] = _nothing) -> Iterator[Thread]:
    """Yield the threads of files, one after the other, each followed by its forks and sub-agents.

    Only the first lines of all files are looked at before; each file is read when it is its turn, and
    `seen` is called with what was understood of it. A file that cannot be read stops nothing.
    """
    groups: dict[str, list[Sight]] = {}
    for sight in map(look_at, paths):
        groups.setdefault(_key(sight), []).append(sight)
    parents = {key: _parent_key(sights[0]) for key, sights in groups.items()}
    pasts: dict[str, Past] = {}
    names = ThreadNames()
    for key, depth, below in _in_order(parents):
        children = tuple(groups[k][0].thread_id for k in below)
        for thread in map(names.named, _threads(groups[key], pasts, seen)):
            yield _placed(thread, depth, children) if depth or children else thread


def _key(sight: Sight) -> str:
    return f"{sight.source} {sight.thread_id or sight.path}"


def _parent_key(sight: Sight) -> str | None:
    link = parent_of(sight.meta)
    return f"rollout {link.thread_id}" if link else None


def _in_order(
    parents: Mapping[str, str | None],
) -> Iterator[tuple[str, int, tuple[str, ...]]]:
    """Yield the keys depth first, each with its depth and those directly below it; each once."""
    below: dict[str | None, list[str]] = {}
    for key, parent in parents.items():
        below.setdefault(parent if parent in parents and parent != key else None, []).append(key)
    waiting = [(key, 0) for key in reversed(below.pop(None, []))]
    left = dict.fromkeys(parents)
    while left:
        key, depth = waiting.pop() if waiting else (next(iter(left)), 0)  # a circle has no root
        if key in left:
            del left[key]
            children = tuple(child for child in below.get(key, ()) if child in left)
            waiting += [(child, depth + 1) for child in reversed(children)]
            yield key, depth, children


def _placed(thread: Thread, depth: int, children: tuple[str, ...]) -> Thread:
    parent = replace(thread.parent, given=True) if depth and thread.parent else thread.parent
    return replace(thread, depth=depth, children=children, parent=parent)


def _threads(
    sights: Sequence[Sight], pasts: dict[str, Past], seen: Callable[[File], None]
) -> Iterator[Thread]:
    """Yield the threads of the files that belong together."""
    sights = sorted(sights, key=_order)
    loaded = [_seen(load(sight), seen) for sight in sights]
    readable = [
        (found, sight) for found, sight in zip(loaded, sights, strict=True) if found.threads
    ]
    if not readable:
        return
    first = readable[0][0]  # not its sight: of what is read only once, that tells nothing
    if first.file.source == "recording":
        yield from _of_recording(first.threads)
        return
    if first.file.source == "exec":
        yield joined_streams(thread for found, _ in readable for thread in found.threads)
        return
    yield _rollout([found for found, _ in readable], [sight for _, sight in readable], pasts)


def _order(sight: Sight) -> tuple[int, str]:
    """The order of one thread's files: what goes on from its own history comes after it."""
    return sum(
        base.lines or 0 for base in history_of(sight.meta) if base.thread_id == sight.thread_id
    ), sight.path


def _seen(found: Loaded, seen: Callable[[File], None]) -> Loaded:
    seen(found.file)
    return found


def _rollout(loaded: list[Loaded], sights: list[Sight], pasts: dict[str, Past]) -> Thread:
    thread = resolved(joined_rollouts(loaded, sights), pasts)
    parent = pasts.get(thread.parent.thread_id) if thread.parent else None
    is_whole_copy = thread.history_mode == "legacy"  # migration leaves lines out
    if parent and is_whole_copy and any(turn.copied is None for turn in thread.turns):
        both = (thread.place.file, parent.sights[0].path)
        if all(Path(file).is_file() for file in both):  # a pipe cannot be read again
            thread = with_copies(thread, parent.sights[0])
    pasts[thread.id] = past_of(thread, sights)
    return thread


def _of_recording(threads: tuple[Thread, ...]) -> Iterator[Thread]:
    """Yield the threads of a recording, those that hang below another after it."""
    known = {thread.id: thread for thread in threads}
    parents = {t.id: t.parent.thread_id if t.parent else None for t in threads}
    for key, depth, children in _in_order(parents):
        yield _placed(known[key], depth, children)
