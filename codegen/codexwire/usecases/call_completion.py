"""What a shell completes for `codexwire call`: methods and fields of the newest schema."""

from __future__ import annotations

from functools import cache

from codexwire.ingest import DEFAULT_VERSION, load
from codexwire.ir.model import Protocol
from codexwire.model.read import types_of
from codexwire.model.types import split_nullable, values_of
from codexwire.usecases.call_params import fields, methods

__all__ = ["complete_field", "complete_method"]


def complete_method(incomplete: str) -> list[str]:
    """Return the methods that begin so."""
    return sorted(name for name in methods(_protocol()) if name.startswith(incomplete))


def complete_field(method: str, incomplete: str) -> list[str]:
    """Return the fields of a method that begin so, or the values of the enum of a whole one."""
    known = fields(_protocol(), method)
    key, equals, begun = incomplete.partition("=")
    if not equals:
        return [f"{name}=" for name in sorted(known) if name.startswith(incomplete)]
    if key not in known:
        return []
    types = types_of(_protocol())
    inner = types.resolve(split_nullable(types.resolve(known[key]))[0])
    values = [value for value in values_of(inner) or () if isinstance(value, str)]
    return [f"{key}={value}" for value in values if value.startswith(begun)]


@cache
def _protocol() -> Protocol:
    return load(str(DEFAULT_VERSION))
