"""codexwire: protocol schema and codegen toolkit for the Codex app-server.

What the commands do, with the same results:

    codexwire.diff("0.140.0", "0.163.0")                # what changed, and whom it breaks
    codexwire.validate("session.jsonl")                 # recordings, judged
    codexwire.decode("session.jsonl")                   # recordings, read with the generated models
    codexwire.generate("0.163.0", out="src")            # the package of a schema, to be written

and the parts that they are made of:

    protocol = codexwire.load("0.163.0")                # any source: a version, a file, a folder
    codexwire.normalize.normalize(protocol).protocol    # what servers really do
    codexwire.wire.compile(protocol)                    # validators of messages
    codexwire.turns.step(state, message)                # messages in, the state of a turn out
    codexwire.session.walk("sessions")                  # saved sessions: threads, turns, items
    codexwire.archive.validate("s3://…", out="tables")  # very many sessions, told in Parquet

Nothing is imported before it is used. The rules and settings of a project count only where its folder is
given, as the argument `project`.
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import TYPE_CHECKING, Any

from codexwire._version import __version__
from codexwire.lazy import lazy_exports

if TYPE_CHECKING:
    from codexwire import archive, normalize, session, turns, wire
    from codexwire.direction import Kind, Side, Stability
    from codexwire.errors import CodexwireError, IngestError, TranscriptError, UsageError
    from codexwire.finding import Finding, Level
    from codexwire.ingest import load
    from codexwire.ir.model import Method, Protocol
    from codexwire.location import Location
    from codexwire.usecases.decode import decode
    from codexwire.usecases.diff import diff
    from codexwire.usecases.generate import generate
    from codexwire.usecases.validate import validate
    from codexwire.version import Version, VersionRange

__all__ = [
    "CodexwireError",
    "Finding",
    "IngestError",
    "Kind",
    "Level",
    "Location",
    "Method",
    "Protocol",
    "Side",
    "Stability",
    "TranscriptError",
    "UsageError",
    "Version",
    "VersionRange",
    "__version__",
    "archive",
    "decode",
    "diff",
    "generate",
    "load",
    "normalize",
    "session",
    "turns",
    "validate",
    "wire",
]

_EXPORTS = {
    "CodexwireError": "errors",
    "Finding": "finding",
    "IngestError": "errors",
    "Kind": "direction",
    "Level": "finding",
    "Location": "location",
    "Method": "ir.model",
    "Protocol": "ir.model",
    "Side": "direction",
    "Stability": "direction",
    "TranscriptError": "errors",
    "UsageError": "errors",
    "Version": "version",
    "VersionRange": "version",
    "decode": "usecases.decode",
    "generate": "usecases.generate",
    "load": "ingest",
    "validate": "usecases.validate",
}


class _CallableDiff(ModuleType):
    """The package `codexwire.diff`, which is the function of that name, too."""

    def __call__(self, *args: Any, **options: Any) -> Any:
        """Compare two versions: see `codexwire.usecases.diff.diff`."""
        from codexwire.usecases.diff import diff

        return diff(*args, **options)


class _Root(ModuleType):
    """This package. Importing `codexwire.diff` sets it as an attribute, over what `__getattr__` gives."""

    def __setattr__(self, name: str, value: Any) -> None:
        if name == "diff" and isinstance(value, ModuleType):
            value.__class__ = _CallableDiff
        super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Root


def __getattr__(name: str) -> Any:
    return lazy_exports(
        __name__,
        name,
        _EXPORTS,
        modules=("archive", "diff", "normalize", "session", "turns", "wire"),
    )
