"""The one place that runs black. What it made of a source is kept, and not made again."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Final

from codexwire.garbage import no_collection
from codexwire.ingest.made import keep, recall

__all__ = ["LINE_LENGTH", "format_python"]

LINE_LENGTH = 100
_BETWEEN = "\n\n\n"  # top-level statements
_BLACK = version("black")
_WAY: Final = sha256(Path(__file__).read_bytes()).hexdigest()
"""A digest of this file: what black made is made again when it is run in another way."""


def format_python(sources: Mapping[str, str], head: str = "") -> dict[str, str]:
    """Return every source as black writes it, each behind the comment lines `head`.

    What is `# fmt: off` to its end, tables for the machine, is left as it was printed.
    """
    with no_collection():
        return {name: head + _known(source) for name, source in sources.items()}


def _known(source: str) -> str:
    """Return one source formatted: as it is kept, else as black writes it."""
    if "\n# fmt: off\n" in f"\n{source}" and "\n# fmt: on\n" not in source:
        return f"{source.rstrip()}\n"
    facts = ("format", _WAY, _BLACK, source)
    name = sha256(repr(facts).encode()).hexdigest()
    kept = recall(name)
    if kept is not None:
        return kept.decode()
    formatted = _formatted(source)
    keep(name, formatted.encode())
    return formatted


def _formatted(source: str) -> str:
    """Format one source.

    Black goes over a source twice unless the first time changes nothing, so the end, and what is too
    long, is brought into form on its own first.
    """
    source = _BETWEEN.join(_shortened(block) for block in source.split(_BETWEEN))
    return _black(f"{source.rstrip()}\n" if source else source)


def _shortened(block: str) -> str:
    longest = max(map(len, block.splitlines()), default=0)
    if longest <= LINE_LENGTH or "# fmt: off" in block:
        return block
    from black.parsing import InvalidInput

    try:
        return _black(block).rstrip("\n")
    except InvalidInput:  # not a whole statement after all
        return block


def _black(source: str) -> str:
    # only for what is not known: the import takes 0.1 s
    from black import format_str
    from black.mode import Mode, TargetVersion

    mode = Mode(target_versions={TargetVersion.PY311}, line_length=LINE_LENGTH)
    return format_str(source, mode=mode)
