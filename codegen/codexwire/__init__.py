"""codexwire: protocol schema and codegen toolkit for the Codex app-server.

    protocol = codexwire.load("0.163.0")                # any source: a version, a file, a folder
    codexwire.normalize.normalize(protocol).protocol    # what servers really do
    codexwire.wire.compile(protocol)                    # validators of messages
    codexwire.diff.diff(protocol, newer)                # findings, each with its verdict for both skews
    codexwire.turns.step(state, message)                # messages in, the state of a turn out

Nothing is imported before it is used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from codexwire._version import __version__
from codexwire.lazy import lazy_exports

if TYPE_CHECKING:
    from codexwire import diff, normalize, turns, wire
    from codexwire.direction import Kind, Side, Stability
    from codexwire.errors import CodexwireError, IngestError, TranscriptError, UsageError
    from codexwire.finding import Finding, Level
    from codexwire.ingest import load
    from codexwire.ir.model import Method, Protocol
    from codexwire.location import Location
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
    "diff",
    "load",
    "normalize",
    "turns",
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
    "load": "ingest",
}


def __getattr__(name: str) -> Any:
    return lazy_exports(__name__, name, _EXPORTS, modules=("diff", "normalize", "turns", "wire"))
