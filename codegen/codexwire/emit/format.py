"""The one place that runs black, over several files at a time."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from concurrent.futures import ProcessPoolExecutor

import black
from black.mode import Mode, TargetVersion

__all__ = ["format_python"]

_MODE = Mode(target_versions={TargetVersion.PY311}, line_length=100)
_WORTH_A_PROCESS = 200_000  # characters; below, starting a process costs more than it saves


def format_python(sources: Mapping[str, str]) -> dict[str, str]:
    """Return every source formatted; the result does not depend on the number of processes."""
    size = sum(map(len, sources.values()))
    if size < _WORTH_A_PROCESS or (os.cpu_count() or 1) < 2:
        return {name: _format(source) for name, source in sources.items()}
    first, second = _halves(sources)
    with ProcessPoolExecutor(1) as pool:
        other = pool.submit(_format_all, [sources[name] for name in second])
        done = dict(zip(first, _format_all(sources[name] for name in first), strict=True))
        done.update(zip(second, other.result(), strict=True))
    return {name: done[name] for name in sources}


def _halves(sources: Mapping[str, str]) -> tuple[list[str], list[str]]:
    """Deal the names out, largest first, so that both halves hold about as much text."""
    halves: tuple[list[str], list[str]] = ([], [])
    sizes = [0, 0]
    for name in sorted(sources, key=lambda n: (-len(sources[n]), n)):
        smaller = sizes.index(min(sizes))
        halves[smaller].append(name)
        sizes[smaller] += len(sources[name])
    return halves


def _format_all(sources: Iterable[str]) -> list[str]:
    return [_format(source) for source in sources]


def _format(source: str) -> str:
    return black.format_str(source, mode=_MODE)
