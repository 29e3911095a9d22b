"""A JSON Patch (RFC 6902) on one type or one message, as the functions of a rule."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import jsonpatch
import jsonpointer
from msgspec import Struct

from codexwire.ir.model import Protocol, Schema, TypeDef
from codexwire.ir.wellformed import malformed
from codexwire.location import join_pointer

__all__ = ["PatchFunctions", "patch_functions"]


class PatchFunctions(Struct, frozen=True):
    """What a `NormalizationRule` takes for a patch: one of the two functions is set."""

    typedef: Callable[[Protocol, TypeDef], Schema | None] | None = None
    protocol: Callable[[Protocol], Protocol | None] | None = None


def patch_functions(
    *, of_type: str | None, of_method: str | None, patch: list[dict[str, Any]]
) -> PatchFunctions:
    """Return the function of a rule that applies a patch.

    The patch is about the schema of the type `of_type` (`v2/Turn`, or `Turn` in either namespace) or
    about the messages of the method `of_method`, whose schema has `properties/method` and
    `properties/params`. Where an operation does not fit (a `test` fails, a path is not there), the rule
    does not match. Raises ValueError for operations that are no JSON Patch, and for both or neither
    of the two names; the function raises it where the patch leaves no schema.
    """
    if (of_type is None) is (of_method is None):
        raise ValueError("it needs either a type or a method")
    try:
        operations = jsonpatch.JsonPatch(patch)
    except (jsonpatch.JsonPatchException, jsonpointer.JsonPointerException) as error:
        raise ValueError(f"its patch is no JSON Patch: {error}") from None

    def typedef(protocol: Protocol, found: TypeDef) -> Schema | None:
        names = (found.name, protocol.namespaces.bare(found.name))
        return _patched(operations, found.schema) if of_type in names else None

    def protocol(found: Protocol) -> Protocol | None:
        methods = tuple(
            replace(m, branch=new)
            if m.name == of_method and (new := _message(operations, m.branch)) is not None
            else m
            for m in found.methods
        )
        return replace(found, methods=methods) if methods != found.methods else None

    return PatchFunctions(typedef) if of_type is not None else PatchFunctions(None, protocol)


def _message(operations: jsonpatch.JsonPatch, branch: dict[str, Any]) -> dict[str, Any] | None:
    patched = _patched(operations, branch)
    if patched is None:
        return None
    if not isinstance(patched, dict) or not isinstance(patched.get("properties"), dict):
        raise ValueError("its patch leaves a message without properties")
    if patched["properties"].get("method") != branch["properties"]["method"]:
        raise ValueError("its patch changes the method's name")
    return patched


def _patched(operations: jsonpatch.JsonPatch, schema: Any) -> Any:
    """Return the patched schema, None where the patch does not fit; ValueError when it is none then."""
    try:
        patched = operations.apply(copy.deepcopy(schema))
    except (jsonpatch.JsonPatchException, jsonpointer.JsonPointerException):
        return None
    if not isinstance(patched, (dict, bool)):
        raise ValueError("its patch leaves no schema")
    for path, wanted in malformed(patched):
        raise ValueError(f"its patch leaves {join_pointer(path)}, which must be {wanted}")
    return patched
