"""The layouts of Python code beside the package: a name, what it is of, and how its files are planned.

Other languages have emitters: see `codexwire.emit.emitters`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from codexwire.emit.header import Stamp
from codexwire.emit.kept import made_once
from codexwire.emit.sdk_layout import plan_sdk_layout
from codexwire.emit.sdk_names import SDK_RELEASE
from codexwire.ingest import load_version
from codexwire.normalize import Normalized, normalize
from codexwire.profiles.table import DEFAULT
from codexwire.version import Version

__all__ = ["LAYOUTS", "PACKAGE", "PackageLayout"]

PlanFiles: TypeAlias = "Callable[[Normalized, Stamp, str], Mapping[str, bytes]]"
"""Returns the files of a normalized protocol: name below the output folder → content."""

PACKAGE = "package"
"""The layout that has styles, several schemas side by side, and a lock file."""


@dataclass(frozen=True, slots=True)
class PackageLayout:
    """One way of writing a protocol as files in a folder that may have others.

    `plan(normalized, stamp, channel)` returns the files; `channel` is the one that is taken where none is
    named, and `source` the only protocol that it can be of (empty: any).
    """

    plan: PlanFiles
    channel: str = ""
    source: str = ""


def _openai_sdk(normalized: Normalized, stamp: Stamp, channel: str) -> Mapping[str, bytes]:
    own = normalize(load_version(Version.parse(SDK_RELEASE), channel=channel))
    return made_once(
        lambda: plan_sdk_layout(normalized.protocol, stamp, own.protocol),
        dict[str, bytes],
        (normalized, own),
        *("openai-sdk", stamp),
    )


LAYOUTS: Mapping[str, PackageLayout] = {
    "openai-sdk": PackageLayout(_openai_sdk, channel="stable", source=DEFAULT.source),
}
"""Name → layout."""
