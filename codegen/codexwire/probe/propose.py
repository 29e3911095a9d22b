"""One rule for each sort of message that the schema rejects, in the form of a project's pyproject.toml."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from codexwire.ir.model import Protocol
from codexwire.location import join_pointer, split_pointer
from codexwire.model.kinds import describe_kind, json_kind
from codexwire.probe.judge import Rejection

__all__ = ["proposed"]

_TOKEN = re.compile(r"[A-Za-z][\w./-]{0,60}")


def proposed(rejection: Rejection, protocol: Protocol) -> Mapping[str, Any] | None:
    """Return the table of a rule after which the messages are valid; None where no small patch does that.

    Its evidence says how often the server did so, and never with which values.
    """
    owner, _, pointer = rejection.violation.schema_path.partition("#")
    schema = protocol.types.get(owner)
    if schema is None:
        return None
    path = list(split_pointer(pointer))
    operation = _operation(schema.schema, path, rejection)
    if operation is None:
        return None
    version = protocol.version
    place = re.sub(r"[^a-z0-9]+", "-", f"{owner}-{'-'.join(path)}".lower()).strip("-")
    return {
        "id": f"probe-{place}",
        "title": f"{rejection.label}: {rejection.violation.message} at {rejection.pointer or '/'}",
        "versions": f"{version}..{version}" if version else "*",
        "evidence": [f"probed: {rejection.count} messages of the server"],
        "type": owner,
        "patch": [operation],
    }


def _operation(schema: Any, path: list[str], rejection: Rejection) -> dict[str, Any] | None:
    """Return the one operation of a patch that lets the value in."""
    keyword, holder = path[-1] if path else "", _node(schema, path[:-1])
    if not isinstance(holder, dict):
        return None
    if keyword == "required":
        names = [n for n in holder["required"] if n not in rejection.value]
        kept = [n for n in holder["required"] if n not in names]
        return {"op": "replace", "path": join_pointer(path), "value": kept}
    if keyword == "enum" and isinstance(rejection.value, str) and _TOKEN.fullmatch(rejection.value):
        return {"op": "add", "path": join_pointer((*path, "-")), "value": rejection.value}
    if keyword == "type":
        kinds = holder["type"] if isinstance(holder["type"], list) else [holder["type"]]
        new = [*kinds, describe_kind(json_kind(rejection.value))]
        return {"op": "replace", "path": join_pointer(path), "value": new}
    if keyword in ("anyOf", "oneOf"):
        extra = {"type": describe_kind(json_kind(rejection.value))}
        return {"op": "add", "path": join_pointer((*path, "-")), "value": extra}
    return {"op": "remove", "path": join_pointer(path)}


def _node(schema: Any, path: list[str]) -> Any:
    for step in path:
        if isinstance(schema, list) and step.isdigit() and int(step) < len(schema):
            schema = schema[int(step)]
        elif isinstance(schema, dict):
            schema = schema.get(step)
        else:
            return None
    return schema
