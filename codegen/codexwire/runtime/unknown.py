"""Raw values: what decoding returns where no model fits."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, ClassVar, Final, TypeAlias

from pydantic_core import SchemaSerializer, core_schema

__all__ = [
    "ABSENT",
    "RAW",
    "Drift",
    "NoParams",
    "Unknown",
    "UnknownLine",
    "UnknownNotification",
    "UnknownRequest",
    "UnknownResult",
    "UnknownValue",
]


class Drift(StrEnum):
    """The kinds of drift that need no rule; other notes bear the id of a tolerance rule."""

    ID_CONFLICT = "id-conflict"
    MISSING_FIELD = "missing-field"
    NULL_VALUE = "null-value"
    REPEATED_KEY = "repeated-key"
    UNEXPECTED_PARAMS = "unexpected-params"
    UNFIT_VALUE = "unfit-value"
    UNKNOWN_FIELD = "unknown-field"
    UNKNOWN_METHOD = "unknown-method"
    UNKNOWN_VALUE = "unknown-value"
    UNKNOWN_VARIANT = "unknown-variant"


class _Absent:
    """The type of `ABSENT`."""

    def __repr__(self) -> str:
        return "ABSENT"


ABSENT: Final = _Absent()
"""Stands for a property that an object does not have (null is a value)."""


@dataclass(frozen=True, slots=True)
class _UnknownParams:
    """`why` is the id of the drift, empty in raw mode, in which nothing is looked up."""

    method: str
    params: Any = None
    why: str = Drift.UNKNOWN_METHOD

    @property
    def raw(self) -> Any:
        """The params as they came."""
        return self.params


@dataclass(frozen=True, slots=True)
class UnknownNotification(_UnknownParams):
    """A notification that is in no table, or whose params are nothing like its type; `why` says it."""


@dataclass(frozen=True, slots=True)
class UnknownRequest(_UnknownParams):
    """A request that is in no table, or whose params are nothing like its type; `why` says it."""


@dataclass(frozen=True, slots=True)
class UnknownResult:
    """The result of a request that is in no table, or one that is nothing like its type."""

    method: str
    result: Any = None
    why: str = Drift.UNKNOWN_METHOD

    @property
    def raw(self) -> Any:
        """The result as it came."""
        return self.result


@dataclass(frozen=True, slots=True)
class UnknownLine:
    """A line that is nothing like its type; `why` is empty in raw mode, in which nothing is looked up."""

    raw: Any
    why: str = Drift.UNFIT_VALUE


@dataclass(frozen=True, slots=True)
class UnknownValue:
    """A value inside a known message that does not fit its type; the message around it is typed.

    `model_dump` and `model_dump_json` write it as it came, and pydantic warns that it is unexpected.
    """

    raw: Any

    # How pydantic writes a value of a type that a field does not expect; others cost nothing by it.
    __pydantic_serializer__: ClassVar = SchemaSerializer(
        core_schema.any_schema(
            serialization=core_schema.plain_serializer_function_ser_schema(lambda value: value.raw)
        )
    )


@dataclass(frozen=True, slots=True)
class NoParams:
    """The params of a method that has none: null or nothing, and whatever came in their place."""

    raw: Any = None


Unknown: TypeAlias = UnknownNotification | UnknownRequest | UnknownResult

RAW = (NoParams, UnknownLine, UnknownNotification, UnknownRequest, UnknownResult, UnknownValue)
"""What keeps a value as it came: `raw`."""
