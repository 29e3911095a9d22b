"""What the tests of normalization share: releases as published and normalized, real messages."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from codexwire.direction import Kind, Side
from codexwire.ingest import load
from codexwire.ir.model import Method, Protocol, Schema, ref_to
from codexwire.ir.walk import references
from codexwire.normalize import Effect, Normalized, normalize
from codexwire.profiles.shared.rules import n002_response_map

MESSAGES = Path(__file__).with_name("messages")


@cache
def _published(version: str, channel: str) -> Protocol:
    return load(version, channel=channel)


@cache
def _normalized(version: str, channel: str, effects: tuple[Effect, ...]) -> Normalized:
    return normalize(_published(version, channel), effects=effects)


@pytest.fixture(scope="session")
def published() -> Callable[..., Protocol]:
    """`published(version, channel="experimental")`: a vendored release, results resolved."""

    def get(version: str, channel: str = "experimental") -> Protocol:
        return n002_response_map.apply(_published(version, channel))

    return get


@pytest.fixture(scope="session")
def normalized() -> Callable[..., Normalized]:
    """`normalized(version, channel="experimental", effects=all)`, computed once a session."""

    def get(
        version: str, channel: str = "experimental", effects: tuple[Effect, ...] = tuple(Effect)
    ) -> Normalized:
        return _normalized(version, channel, effects)

    return get


@pytest.fixture(scope="session")
def messages() -> Callable[[str], list[dict[str, Any]]]:
    """`messages(version)`: real messages, `{"from", "dir", "msg", "method" (of a response)}`."""

    @cache
    def get(version: str) -> list[dict[str, Any]]:
        lines = (MESSAGES / f"{version}.jsonl").read_text("utf-8").splitlines()
        return [json.loads(line) for line in lines]

    return get


class Judge:
    """Says of messages whether they fit a protocol, with validators of their own."""

    def __init__(self, protocol: Protocol) -> None:
        self._protocol = protocol
        self._validators: dict[str, jsonschema_rs.Draft7Validator] = {}

    def knows(self, entry: Mapping[str, Any]) -> bool:
        """Whether the protocol has the method of an entry."""
        return self._method(entry) is not None

    def fits(self, entry: Mapping[str, Any], message: Any = None) -> bool:
        """Whether an entry's message (or `message` in its place) fits; an unknown method does not."""
        message = entry["msg"] if message is None else message
        method = self._method(entry)
        if method is None:
            return False
        if "method" in entry:
            assert method.result is not None
            return self._is_valid(method.result, ref_to(method.result), message.get("result"))
        return self._is_valid(f"{method.sender} {method.name}", self._message(method), message)

    def _method(self, entry: Mapping[str, Any]) -> Method | None:
        sender = Side(entry["dir"])
        if "method" in entry:
            return self._protocol.method(entry["method"], sender.other, Kind.REQUEST)
        kind = Kind.REQUEST if "id" in entry["msg"] else Kind.NOTIFICATION
        return self._protocol.method(entry["msg"]["method"], sender, kind)

    def _message(self, method: Method) -> Schema:
        beside = self._protocol.envelope_properties(method)
        return {"allOf": [method.branch, {"properties": dict(beside)}]}

    def _is_valid(self, key: str, schema: Schema, value: Any) -> bool:
        if key not in self._validators:
            root = {"allOf": [schema], "definitions": self._definitions(schema)}
            self._validators[key] = jsonschema_rs.Draft7Validator(root)
        return self._validators[key].is_valid(value)

    def _definitions(self, schema: Schema) -> dict[str, Any]:
        """Return what a schema refers to, directly or not, as a document nests it."""
        found: dict[str, Any] = {"v2": {}}
        pending = [*references(schema)]
        while pending:
            typedef = self._protocol.types[pending.pop()]
            bare = self._protocol.namespaces.bare(typedef.name)
            place = found if bare == typedef.name else found["v2"]
            if bare not in place:
                place[bare] = typedef.schema
                pending += references(typedef.schema)
        return found


@pytest.fixture(scope="session")
def judge() -> type[Judge]:
    """`judge(protocol).fits(entry)`."""
    return Judge


@pytest.fixture(scope="session")
def mutants() -> Callable[[Any], Iterator[Any]]:
    """`mutants(message)`: the message with one member missing, null, or of another type."""
    return _mutants


def _mutants(value: Any, depth: int = 5) -> Iterator[Any]:
    if depth == 0:
        return
    if isinstance(value, dict):
        for key, sub in value.items():
            yield {k: v for k, v in value.items() if k != key}
            for other in (None, 7, "other", {}, []):
                if type(other) is not type(sub):
                    yield {**value, key: other}
            for changed in _mutants(sub, depth - 1):
                yield {**value, key: changed}
    elif isinstance(value, list) and value:
        for changed in _mutants(value[0], depth - 1):
            yield [changed, *value[1:]]
