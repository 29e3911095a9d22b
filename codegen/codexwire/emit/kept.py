"""What was generated of the same input by the same tools is not generated again."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final, TypeVar

import msgspec

from codexwire.ingest.made import keep, name_of, recall
from codexwire.model.profile import profile_of
from codexwire.normalize import Normalized
from codexwire.normalize.packed import packed
from codexwire.profiles.table import PROFILES
from codexwire.resources import templates_root

__all__ = ["made_once"]

T = TypeVar("T")

_TOOLS: Final = tuple(
    (name, version(name)) for name in ("black", "datamodel-code-generator", "jinja2")
)
_PACKAGE: Final = Path(__file__).parents[1]
_MAKERS: Final = ("emit", "wire", "runtime")
"""Folders of codexwire whose code decides what is generated, beside those that decide the protocol."""


def made_once(make: Callable[[], T], kind: type[T], inputs: Sequence[Normalized], *facts: Any) -> T:
    """Return what `make` makes of its inputs: a value of a type that msgspec can write, which is kept.

    `facts` are all that it depends on beside the inputs, codexwire and the packages that it generates
    with, as values whose `repr` says all.
    """
    contents = [_digest(normalized) for normalized in inputs]
    if None in contents:
        return make()
    name = name_of(kind.__qualname__, _TOOLS, contents, facts, files=tuple(_makers()))
    content = None if name is None else recall(name)
    if content is not None:
        try:
            return msgspec.msgpack.decode(content, type=kind)
        except msgspec.MsgspecError:
            pass  # not what this codexwire wrote
    made = make()
    if name is not None:
        keep(name, msgspec.msgpack.encode(made))
    return made


def _digest(normalized: Normalized) -> tuple[str, str] | None:
    """Return what tells an input from others; None for one that cannot be told, or has a foreign profile."""
    profile = profile_of(normalized.protocol)
    content = packed(normalized) if profile in PROFILES else None
    return None if content is None else (profile.source, sha256(content).hexdigest())


def _makers() -> Iterator[Path]:
    for folder in _MAKERS:
        yield from sorted((_PACKAGE / folder).rglob("*.py"))
    yield from sorted(path for path in templates_root().rglob("*.jin*") if path.is_file())
