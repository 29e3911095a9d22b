"""What the exec-server's schema says about its own evidence, against the recordings kept here."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from codexwire.ingest.described import load_described
from codexwire.ir.model import Protocol
from codexwire.normalize import normalize
from codexwire.profiles.exec_server.profile import EXEC_SERVER
from codexwire.version import Version

ROOT = Path(__file__).parents[3]
DATA = ROOT / "tests" / "data" / "exec-server"
RECORDED = ("0.140.0", "0.163.0")
UNIONS = {"ClientNotification", "ClientRequest", "ServerNotification"}
DEFINITIONS: dict[str, Any] = json.loads(
    (ROOT / "schema" / "exec-server" / "protocol.json").read_text("utf-8")
)["definitions"]
SHAPES = sorted(set(DEFINITIONS) - UNIONS)


class Seen:
    """The types, and the members of each, that the recordings of a release show."""

    def __init__(self, version: str) -> None:
        self.members: dict[str, set[str]] = defaultdict(set)
        self._validators: dict[int, jsonschema_rs.Draft7Validator] = {}
        self.protocol: Protocol = normalize(
            load_described(EXEC_SERVER, Version.parse(version))
        ).protocol
        self.definitions = self.protocol.document()["definitions"]
        methods = {(m.sender, m.kind, m.name): m for m in self.protocol.methods}
        for path in sorted((DATA / version).glob("*.jsonl")):
            asked: dict[tuple[Any, str], str] = {}
            for line in path.read_text("utf-8").splitlines():
                entry = json.loads(line)
                message = entry.get("msg")
                if not isinstance(message, dict):
                    continue
                key = entry.get("conn"), repr(message.get("id"))
                if "method" in message:
                    kind = "request" if "id" in message else "notification"
                    asked[key] = message["method"]
                    method = methods.get((entry["dir"], kind, message["method"]))
                    if method is not None and self.fits(method.branch, message):
                        self.visit(method.branch, message)
                elif "error" in message:
                    self.visit_type("JSONRPCError", message)
                elif key in asked:
                    self.visit_type("JSONRPCResponse", message)
                    result = methods["client", "request", asked[key]].result
                    assert result is not None
                    self.visit_type(result, message["result"])

    def fits(self, schema: Any, value: Any) -> bool:
        if id(schema) not in self._validators:
            whole = {**schema, "definitions": self.definitions} if schema is not True else schema
            validator = jsonschema_rs.Draft7Validator(whole, validate_formats=False)
            self._validators[id(schema)] = validator
        return self._validators[id(schema)].is_valid(value)

    def visit_type(self, name: str, value: Any) -> None:
        self.members[name] |= set(value) if isinstance(value, dict) else set()
        self.visit(self.definitions[name], value)

    def visit(self, schema: Any, value: Any) -> None:
        if not isinstance(schema, dict):
            return
        if "$ref" in schema:
            self.visit_type(schema["$ref"].rpartition("/")[2], value)
        for keyword in ("anyOf", "oneOf", "allOf"):
            for branch in schema.get(keyword, ()):
                if keyword == "allOf" or self.fits(branch, value):
                    self.visit(branch, value)
        if isinstance(value, dict):
            for key, node in schema.get("properties", {}).items():
                if key in value:
                    self.visit(node, value[key])
        if isinstance(value, list) and "items" in schema:
            for item in value:
                self.visit(schema["items"], item)


@cache
def seen(version: str) -> Seen:
    return Seen(version)


def recorded_in(evidence: str) -> tuple[Version, Version] | None:
    """The releases whose recordings are cited."""
    found = re.match(r"s11_exec_[\w, ]+: (0\.\d+\.0)(?:–(0\.\d+\.0)|, (0\.\d+\.0))?", evidence)
    if found is None:
        return None
    first, last = found[1], found[2] or found[3] or found[1]
    return Version.parse(first), Version.parse(last)


@pytest.mark.parametrize("name", SHAPES)
def test_a_shape_was_recorded_where_it_says_or_says_that_it_was_not(name: str) -> None:
    evidence = DEFINITIONS[name]["x-evidence"]
    cited = recorded_in(evidence)
    for version in RECORDED:
        found = seen(version)
        if cited is not None and cited[0] <= Version.parse(version) <= cited[1]:
            assert name in found.members, f"{version} does not show it"
    if cited is None:
        assert re.search(r"error texts|live|path up to", evidence), evidence


@pytest.mark.parametrize("name", SHAPES)
def test_members_that_no_recording_shows_are_listed(name: str) -> None:
    shown = set().union(*(seen(v).members[name] for v in RECORDED if name in seen(v).members))
    if not any(name in seen(v).members for v in RECORDED):
        return  # of a release whose recording is not kept here; the test above looks at it
    _, marked, listed = DEFINITIONS[name]["x-evidence"].partition("not recorded: ")
    unseen = set(DEFINITIONS[name].get("properties", {})) - shown
    assert (set(listed.split(", ")) if marked else set()) == unseen
