"""What a server serves, told by its release and the archive of all releases that codexwire carries.

The archive lies beside codexwire's code, so that generated packages need no table of their own. It is
read when somebody asks for the first time, which takes less than a tenth of a second.
"""

from __future__ import annotations

from functools import cache

from codexwire.direction import Stability
from codexwire.ir.layout import UNIONS
from codexwire.ir.model import Method, Protocol
from codexwire.model.archive import Archive, read_archive
from codexwire.model.read import types_of
from codexwire.model.types import Anything
from codexwire.profiles.app_server.names import ARCHIVE
from codexwire.resources import schema_root
from codexwire.version import Version

__all__ = ["supports"]


def supports(
    release: Version | None, method: str, field: str | None = None, *, experimental: bool = True
) -> bool | None:
    """Return whether a release has a method, and a field of its params; None for unknown.

    Unknown are a release that is not in the archive (a build of one's own, one that is newer), and
    the fields of params that may be any value. What only the experimental schema has is there where
    `experimental` is. IngestError when the archive is missing or damaged.
    """
    protocol = None if release is None else _protocol(release)
    if protocol is None:
        return None
    found = (protocol.method(method, union.sender, union.kind) for union in UNIONS)
    spec = next(filter(None, found), None)
    if spec is None or not (experimental or spec.stability is not Stability.EXPERIMENTAL):
        return False
    return True if field is None else _has_field(protocol, spec, field, experimental=experimental)


def _has_field(
    protocol: Protocol, method: Method, field: str, *, experimental: bool
) -> bool | None:
    types = types_of(protocol)
    params = types.params(method)
    if params is None:
        return False
    if isinstance(types.resolve(params), Anything):
        return None
    members = [member for name, member in types.members(params) if name == field]
    return any(experimental or not member.facts.is_experimental for member in members)


@cache
def _archive() -> Archive:
    return read_archive(schema_root() / ARCHIVE)


@cache
def _protocol(release: Version) -> Protocol | None:
    return _archive().protocol(release, mended=True)
