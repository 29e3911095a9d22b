"""Some types are a string and nothing else: `AbsolutePathBuf`, `ThreadId`, `PathUri` …

In the server they are types of their own; on the wire they are strings. `x-wrapper: true` marks them, so
that emitters can use plain strings or a named alias as suits the language.
"""

from __future__ import annotations

from codexwire.ir.canonical import strip_annotations
from codexwire.ir.model import Protocol, Schema, TypeDef
from codexwire.model.normalization import Compared, Effect, NormalizationRule
from codexwire.version import VersionRange


def apply(_: Protocol, typedef: TypeDef) -> Schema | None:
    """Return the type marked as a wrapper, when it admits every string and nothing else."""
    schema = typedef.schema
    if not isinstance(schema, dict) or strip_annotations(schema) != {"type": "string"}:
        return None
    return {**schema, "x-wrapper": True}


RULE = NormalizationRule(
    id="n011-string-wrappers",
    title="Types that are plain strings are marked as wrappers.",
    effect=Effect.ANNOTATE,
    compared=Compared.NEVER,
    versions=VersionRange(),
    evidence=(
        "0.58.0: ConversationId, GitSha; 0.163.0: AbsolutePathBuf, LegacyAppPathString, ThreadId",
        "every value of these recorded in any release is a string",
    ),
    typedef=apply,
)
