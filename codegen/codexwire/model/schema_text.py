"""Types back to JSON Schema: the one place that writes it, for generators that read nothing else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from codexwire.ir.model import ref_to
from codexwire.model.types import Enum, Limited, List, Object, Ref, Type, Union

__all__ = ["schema_text"]


def schema_text(found: Type, name: Callable[[str], str] = str) -> dict[str, Any]:
    """Return a schema of the kinds of value that a type admits; what it limits besides is left out.

    `name` gives the name under which the document has a type that is referred to.
    """
    if isinstance(found, Ref):
        return ref_to(name(found.name))
    if isinstance(found, Enum):
        return {"enum": list(found.values)}
    if isinstance(found, Union):
        branches = [schema_text(branch, name) for branch in found.branches]
        return {"type": [b["type"] for b in branches]} if found.by_kind else {"anyOf": branches}
    if isinstance(found, List):
        return {"type": "array", "items": _inner(found.items, name)}
    if isinstance(found, Object):
        return {"type": "object", "additionalProperties": _inner(found.rest, name)}
    return {"type": found.json_type} if isinstance(found, Limited) else {}


def _inner(found: Type | None, name: Callable[[str], str]) -> Any:
    return (schema_text(found, name) or True) if found is not None else True
