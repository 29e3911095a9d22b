"""The one place that runs black."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from black import format_str
from black.mode import Mode, TargetVersion
from black.parsing import InvalidInput

__all__ = ["LINE_LENGTH", "format_python", "no_collection"]

LINE_LENGTH = 100
_MODE = Mode(target_versions={TargetVersion.PY311}, line_length=LINE_LENGTH)
_STUB = Mode(target_versions={TargetVersion.PY311}, line_length=LINE_LENGTH, is_pyi=True)
_BETWEEN = "\n\n\n"  # top-level statements


@contextmanager
def no_collection() -> Iterator[None]:
    """Switch the garbage collector off inside this block.

    Black's trees and the generator's models are many and short-lived; looking for garbage while they
    grow takes a third of the time.
    """
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def format_python(sources: Mapping[str, str]) -> dict[str, str]:
    """Return every source as black writes it.

    What is `# fmt: off` to its end, tables for the machine, is left as it was printed.
    """
    with no_collection():
        return {
            name: _format(source, _STUB if name.endswith(".pyi") else _MODE)
            for name, source in sources.items()
        }


def _format(source: str, mode: Mode) -> str:
    """Format one source.

    Black goes over a source twice unless the first time changes nothing, so what is too long is
    brought into form on its own first.
    """
    if "\n# fmt: off\n" in source and "\n# fmt: on\n" not in source:
        return source
    if mode is _STUB:
        return format_str(source, mode=mode)
    blocks = [_shortened(block) for block in source.split(_BETWEEN)]
    return format_str(_BETWEEN.join(blocks), mode=mode)


def _shortened(block: str) -> str:
    longest = max(map(len, block.splitlines()), default=0)
    if longest <= LINE_LENGTH or "# fmt: off" in block:
        return block
    try:
        return format_str(block, mode=_MODE).rstrip("\n")
    except InvalidInput:  # not a whole statement after all
        return block
