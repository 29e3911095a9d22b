"""What a tolerance rule is: a frozen value with an id, evidence, and one function."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from codexwire.location import JsonPath
from codexwire.version import VersionRange

__all__ = ["EMPTY", "TAGS", "ExpectedType", "Hook", "MessagePart", "Spot", "ToleranceRule"]


EMPTY: Mapping[str, type] = {"list": list, "map": dict}
"""Kind of a container → what makes an empty one."""

TAGS = ("type", "kind", "mode", "status")
"""Names under which peers write the tag of an object, whatever the schema calls it."""


class Hook(StrEnum):
    """When a rule is asked.

    `missing`: a required property is absent; `elsewhere`: an optional one is, and another is called like
    its field; `misfit`: a value does not fit its type; `method`: a method is not in the schema.
    """

    MISSING = "missing"
    OPTIONAL_ELSEWHERE = "elsewhere"
    MISFIT = "misfit"
    METHOD = "method"


@dataclass(frozen=True, slots=True)
class ExpectedType:
    """What a type asks for, as rules see it.

    `name` is the class name of an object or enum (of the enum beside a union's objects), else empty.
    `kind` is `object`, `list`, `map`, `string`, `integer`, `number`, `boolean`, `enum`, `union`,
    `choice` (a union that nothing tells apart) or `any`. `values` are the strings that an enum, or a
    union beside its objects, lists; `tag` is the wire name of a union's tag and `variants` maps each
    tag to the properties that its object must have; `required` are those of a plain object.
    """

    kind: str
    name: str = ""
    nullable: bool = False
    values: frozenset[str] = frozenset()
    tag: str | None = None
    variants: Mapping[str, frozenset[str]] | None = None
    required: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class MessagePart:
    """The message being read: its method, which part of it, and the whole raw part."""

    method: str
    part: str
    payload: Any


@dataclass(frozen=True, slots=True)
class Spot:
    """A place in a message: wire names and indices from the payload, the class of the object there.

    `owner` is the name of the class whose property this is, empty at the root and in lists.
    """

    message: MessagePart
    path: JsonPath
    owner: str
    facts: ExpectedType

    @property
    def name(self) -> str:
        """The wire name of the property, empty at the root and in lists."""
        last = self.path[-1] if self.path else ""
        return last if isinstance(last, str) else ""


@dataclass(frozen=True, slots=True)
class ToleranceRule:
    """One way in which the wire differs from the schema of another version.

    `id` is stable (`t004-id-alias`); `title` is one sentence; `versions` are the writers in which it
    was seen; `evidence` says where. `apply(spot, raw)` returns the JSON value to read instead, or
    `ABSENT` when the rule does not match; `raw` is the value that does not fit (`misfit`) or the
    object that lacks the property `spot.name` (`missing`, `elsewhere`). For `method` it is asked with the
    name of the unknown method and returns the method to read instead. It neither walks nor locates.

    `exact` marks a rule that reads what is valid by the schema, only spelled unusually: it applies in
    strict mode too and is no drift. What a rule for a misfit returns must fit exactly, unless it is
    `loose`: then other rules may help. `optional` marks one that must be switched on. `words` are the names
    that it looks up, as a JSON value: decoders in other languages look them up there, too.
    """

    id: str
    title: str
    versions: VersionRange
    evidence: tuple[str, ...]
    hook: Hook
    apply: Callable[[Spot, Any], Any]
    exact: bool = False
    loose: bool = False
    optional: bool = False
    words: Mapping[str, Any] = field(default_factory=dict, hash=False)
