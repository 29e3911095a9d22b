"""What a client may only say once it has asked for `capabilities.experimentalApi`.

Measured on the servers 0.99.0, 0.107.0, 0.115.0, 0.120.0, 0.125.0, 0.140.0, 0.163.0 and 0.171.0, each
experimental member of params with false, true, "", [] and {}.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from codexwire.ir.model import Method, Protocol
from codexwire.model.read import types_of
from codexwire.model.types import Scalar, Type
from codexwire.version import VersionRange

__all__ = ["experimental_members_used"]

_EMPTY_COUNTS = VersionRange.parse("0.125.0..")
"""Where an empty array or object asks for something, too; 0.120.0 and before let it pass."""


def experimental_members_used(protocol: Protocol, method: Method, params: Any) -> Iterator[str]:
    """Yield the members of a request's params for which the server wants the capability."""
    if not isinstance(params, dict):
        return
    types = types_of(protocol)
    empty_counts = protocol.version is None or protocol.version in _EMPTY_COUNTS
    for name, member in types.experimental_members(method).items():
        value = params.get(name)
        if not _says_nothing(value, member) and (empty_counts or value not in ([], {})):
            yield name


def _says_nothing(value: Any, member: Type) -> bool:
    """Whether a value is what the server takes for an absent member.

    False is, where null is no value (an optional boolean that is false is a choice); an empty string
    is where the default is null (`thread/resume.path` since 0.140.0).
    """
    if value is False:
        return isinstance(member, Scalar) and member.kind == "boolean"
    return value is None or (value == "" and member.facts.default is None)
