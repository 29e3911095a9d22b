"""Releases in the forms of the bundles that codex writes."""

from __future__ import annotations

import json
import re
from typing import Any

from codexwire.ingest.channel import archived_document
from codexwire.ingest.document import Document
from codexwire.ir.walk import references
from codexwire.version import Version

__all__ = ["bundle_of", "flat_bundle", "full_bundle"]


def full_bundle(version: str, channel: str) -> dict[str, Any]:
    """A release's schema in the form of its full bundle."""
    found = archived_document(Version.parse(version), channel)
    assert found is not None
    return bundle_of(found)


def bundle_of(document: Document) -> dict[str, Any]:
    root = {n: node for n, node in document.types.items() if not n.startswith("v2/")}
    v2 = {n.removeprefix("v2/"): t for n, t in document.types.items() if n not in root}
    return {"definitions": {**root, "v2": v2}}


def flat_bundle(full: dict[str, Any]) -> dict[str, Any]:
    """What codex writes beside a full bundle: the v2 types, two unions, and what they refer to."""
    definitions = full["definitions"]
    flat = dict(definitions["v2"])
    todo = ["ClientRequest", "ServerNotification"]
    while todo:
        name = todo.pop()
        if name not in flat:
            flat[name] = definitions[name]
            todo += [n for n in references(definitions[name]) if not n.startswith("v2/")]
    text = re.sub("#/definitions/v2/", "#/definitions/", json.dumps({"definitions": flat}))
    value: dict[str, Any] = json.loads(text)
    return value
