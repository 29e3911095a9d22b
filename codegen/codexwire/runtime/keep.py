"""Keeps what was received on the decoded value where the two differ, so that `dump` gives it back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, TypeAlias, TypeVar

from pydantic import BaseModel, RootModel

from codexwire.runtime.model_types import ModelObject, model_shape
from codexwire.runtime.unknown import (
    ABSENT,
    RAW,
)

__all__ = ["SELF", "Mark", "Original", "attach", "construct", "dump", "kept_of"]

M = TypeVar("M", bound=BaseModel)

Mark: TypeAlias = tuple[tuple[str, ...], str]
"""A place below a property (`*` for any index or key), and the id of the rule applied there."""

SELF = ""
"""The name under which a model keeps what it was itself made of."""

_KEY = "codexwire_kept"


@dataclass(frozen=True, slots=True)
class Original:
    """One property that was not read as it came.

    `raw` came in (`ABSENT`: nothing did), `read` is the JSON value that was read in its place, and
    `marks` say which rules were at work. `raw` is given back as long as the value is still `read`.
    """

    raw: Any
    read: Any
    marks: tuple[Mark, ...] = ()


def kept_of(model: BaseModel) -> Mapping[str, Original]:
    """Return what a model keeps, by field name (`SELF` for the model itself)."""
    private = model.__pydantic_private__
    return {} if private is None else private.get(_KEY, {})


def attach(model: BaseModel, name: str, kept: Original) -> None:
    """Keep one more thing on a model."""
    private = {_KEY: {**kept_of(model), name: kept}, **_other(model)}
    object.__setattr__(model, "__pydantic_private__", private)


def _other(model: BaseModel) -> dict[str, Any]:
    return {k: v for k, v in (model.__pydantic_private__ or {}).items() if k != _KEY}


def construct(
    cls: type[M],
    values: dict[str, Any],
    fields_set: set[str],
    extra: dict[str, Any] | None,
    kept: dict[str, Original],
) -> M:
    """Return a model with these field values, unchecked."""
    model = cls.__new__(cls)
    object.__setattr__(model, "__dict__", values)
    object.__setattr__(model, "__pydantic_fields_set__", fields_set)
    object.__setattr__(model, "__pydantic_extra__", extra)
    object.__setattr__(model, "__pydantic_private__", {_KEY: kept} if kept else None)
    return model


def dump(value: Any) -> Any:
    """Return a decoded value as the plain JSON value that came in.

    Properties that were not there stay away, null stays null, unknown properties and values come
    back as they were, and so does whatever a tolerance rule read differently. Properties that were
    set since come with their new values. Works for built models too: what was not set stays away.
    """
    if value is None:
        return value
    if isinstance(value, BaseModel):
        return _dump_model(value)
    if isinstance(value, RAW):
        return value.raw
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, list):
        return [dump(item) for item in value]
    if isinstance(value, dict):
        return {key: dump(item) for key, item in value.items()}
    return value


def _dump_model(model: BaseModel) -> Any:
    kept = kept_of(model)
    now = _root(model, kept) if isinstance(model, RootModel) else _properties(model, kept)
    return _given(kept.get(SELF), now)


def _root(model: RootModel[Any], kept: Mapping[str, Original]) -> Any:
    return _given(kept.get("root"), dump(model.root))


def _properties(model: BaseModel, kept: Mapping[str, Original]) -> dict[str, Any]:
    shape = model_shape(type(model))
    assert isinstance(shape, ModelObject)
    values = model.__dict__
    present = model.__pydantic_fields_set__
    out: dict[str, Any] = {}
    for field in shape.fields:
        if field.name in present:
            value = values[field.name]
            if field.name in kept:
                out[field.wire] = _given(kept[field.name], dump(value))
            else:
                out[field.wire] = value if field.plain else dump(value)
    for key, value in (model.__pydantic_extra__ or {}).items():
        typed = isinstance(value, (BaseModel, Enum, *RAW)) or shape.extra is not None
        out[key] = dump(value) if typed else value
    return out


def _given(kept: Original | None, now: Any) -> Any:
    """Return what came in where the value is still what was read, else the value."""
    if kept is None or kept.raw is ABSENT or now != kept.read:
        return now
    return kept.raw
