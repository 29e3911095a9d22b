"""The source of a thread is published in capitals and written in small letters.

`ThreadSource` lists `User`, `Subagent` and others; Codex writes `"user"` and `"subagent"`, as the schemas of
0.129.0 to 0.139.0 say, and reads nothing else. A validator of the published schema refuses the first
line of every rollout of the TUI, of `codex exec` and of sub-agents.
"""

from __future__ import annotations

import re
from typing import Any

from codexwire.ir.model import Protocol, Schema, TypeDef
from codexwire.model.normalization import Compared, Effect, NormalizationRule
from codexwire.version import VersionRange

TYPE = "ThreadSource"
_WORD = re.compile(r"(?<=[a-z])(?=[A-Z])")


def apply(_: Protocol, typedef: TypeDef) -> Schema | None:
    """Return the type with its names as they are written."""
    schema = typedef.schema
    if typedef.name != TYPE or not isinstance(schema, dict) or "oneOf" not in schema:
        return None
    return {**schema, "oneOf": [_lowered(branch) for branch in schema["oneOf"]]}


def _lowered(branch: dict[str, Any]) -> dict[str, Any]:
    changed: dict[str, Any] = {}
    if "enum" in branch:
        changed["enum"] = [_name(value) for value in branch["enum"]]
    if "properties" in branch:
        changed["properties"] = {_name(key): sub for key, sub in branch["properties"].items()}
        changed["required"] = [_name(key) for key in branch.get("required", ())]
    return {**branch, **changed}


def _name(published: str) -> str:
    return _WORD.sub("_", published).lower()


RULE = NormalizationRule(
    id="n026-thread-source-case",
    title="The source of a thread is published in capitals and written in small letters.",
    effect=Effect.PATCH,
    compared=Compared.ALWAYS,
    versions=VersionRange.parse("0.140.0.."),
    evidence=(
        "0.140.0–0.171.0, 25 releases: 217 first lines of the TUI, codex exec and sub-agents, all "
        "`user` or `subagent`; nothing else of 26 459 lines is refused by its own release's schema",
        "0.129.0–0.139.0 publish `user`, `subagent`, `memory_consolidation`",
    ),
    typedef=apply,
)
