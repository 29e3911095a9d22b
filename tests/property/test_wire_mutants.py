"""Accept and reject are JSON Schema's, on recorded and generated messages damaged in every way.

The oracle is `jsonschema-rs` on the published bundle itself, as the file has it, and it is held
against `jsonschema` on a sample. Every mutant is decided five times: by the fast path alone (which may
only err towards no), by the predicates alone, from bytes, from the decoded value, and by the walk
that explains.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import jsonschema_rs
import pytest
from fuzzing.mutants import mutants
from fuzzing.spelling import written

from codexwire import ingest, normalize, wire
from codexwire.direction import Kind, Side
from codexwire.ir.model import Protocol
from codexwire.model.normalization import Effect
from codexwire.wire.sample import Sampler

ROOT = Path(__file__).parents[2]
RECORDINGS = ROOT / "tests" / "data" / "recordings"
UNIONS = {
    Side.CLIENT: ("ClientRequest", "ClientNotification"),
    Side.SERVER: ("ServerRequest", "ServerNotification"),
}
# (release, channel, recordings of which release)
PROTOCOLS = (
    ("0.72.0", "stable", "0.72.0"),
    ("0.99.0", "experimental", "0.99.0"),
    ("0.125.0", "experimental", "0.115.0"),
    ("0.163.0", "stable", "0.140.0"),
    ("0.163.0", "experimental", "0.163.0"),
    ("0.169.0", "experimental", "0.163.0"),
)
SAMPLES = 3
MUTANTS = 10
RECORDED_OF_A_KIND = 3
CROSS_CHECKED = 120


@dataclass(frozen=True)
class Case:
    """A protocol, its validators, and the oracle on its bundle file."""

    protocol: Protocol
    validators: wire.Validators
    bundle: dict[str, Any]

    @cache  # noqa: B019
    def oracle(self, *types: str) -> jsonschema_rs.Validator:
        return jsonschema_rs.Draft7Validator(self.schema(*types), validate_formats=False)

    @cache  # noqa: B019
    def slow_oracle(self, *types: str) -> jsonschema.Draft7Validator:
        return jsonschema.Draft7Validator(self.schema(*types))

    def schema(self, *types: str) -> dict[str, Any]:
        refs = [self.message(name) for name in types if self.has(name)]
        return {"definitions": self.bundle["definitions"], "anyOf": refs}

    def message(self, name: str) -> dict[str, Any]:
        """A published type; a request with the `trace` of JSONRPCRequest, which servers insist on."""
        kind = next((k for k in ("Request", "Notification") if name.endswith(k)), "")
        whole = self.bundle["definitions"].get(f"JSONRPC{kind}", {}).get("properties", {})
        beside = {
            key: value for key, value in whole.items() if key not in {"id", "method", "params"}
        }
        return {"allOf": [{"$ref": f"#/definitions/{name}"}, {"properties": beside}]}

    def has(self, name: str) -> bool:
        definitions = self.bundle["definitions"]
        return name.removeprefix("v2/") in (definitions["v2"] if "v2/" in name else definitions)

    def __hash__(self) -> int:
        return id(self)


def published(version: str, channel: str) -> Protocol:
    loaded = ingest.load(version, channel=channel)
    return normalize.normalize(loaded, effects=(Effect.ANNOTATE,)).protocol


@pytest.fixture(scope="module", params=PROTOCOLS, ids=lambda p: f"{p[0]}-{p[1]}")
def case(request: pytest.FixtureRequest) -> tuple[Case, str]:
    version, channel, recorded = request.param
    bundle = json.loads((ROOT / "schema" / version / f"{channel}.json").read_text("utf-8"))
    protocol = published(version, channel)
    return Case(protocol, wire.compile(protocol), bundle), recorded


def recorded(version: str) -> Iterator[tuple[Side, dict[str, Any]]]:
    """A few messages of each method and shape."""
    seen: dict[str, int] = {}
    for path in sorted((RECORDINGS / version).glob("*.jsonl")):
        for line in path.read_bytes().splitlines():
            entry = json.loads(line)
            message = entry.get("msg")
            if not isinstance(message, dict) or "method" not in message or "s11" in path.name:
                continue
            key = f"{message['method']} {sorted(flat(message.get('params')))}"
            seen[key] = seen.get(key, 0) + 1
            if seen[key] <= RECORDED_OF_A_KIND:
                yield Side(entry["dir"]), message


def flat(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for key, member in value.items():
            yield f"{key}:{type(member).__name__}"
            yield from flat(member)
        yield str(value.get("type"))


def messages(case: Case, version: str) -> Iterator[tuple[Side, dict[str, Any]]]:
    yield from recorded(version)
    for seed in range(SAMPLES):
        sampler = Sampler(case.protocol, seed, optional=0.4 + 0.6 * (seed % 2))
        for method in case.protocol.methods:
            yield method.sender, sampler.message(method)


def test_messages(case: tuple[Case, str]) -> None:
    subject, version = case
    validators, rng = subject.validators, random.Random(version)
    counts = {True: 0, False: 0}
    checked = 0
    for sender, message in messages(subject, version):
        for mutant in (message, *mutants(message, rng, MUTANTS)):
            line = written(mutant, rng)
            expected = subject.oracle(*UNIONS[sender]).is_valid(mutant)
            counts[expected] += 1
            if rng.random() < 0.01 and checked < CROSS_CHECKED:
                checked += 1
                assert subject.slow_oracle(*UNIONS[sender]).is_valid(mutant) is expected
            assert validators.accepts_message(mutant, sender) is expected, line
            assert validators.accepts_line(line, sender) is expected, line
            assert (not validators.check_message(mutant, sender)) is expected, line
            if validators.fast_accepts(line, sender):
                assert expected, line
    assert min(counts.values()) > sum(counts.values()) / 5, counts
    assert sum(counts.values()) > 3500  # six protocols make 20,000, results aside


def test_results(case: tuple[Case, str]) -> None:
    subject, version = case
    validators, rng = subject.validators, random.Random(version)
    counts = {True: 0, False: 0}
    for seed in range(SAMPLES):
        sampler = Sampler(subject.protocol, seed)
        for method in subject.protocol.methods:
            if method.kind is not Kind.REQUEST:
                continue
            response = {"id": seed, "result": sampler.result(method)}
            for mutant in (response, *mutants(response, rng, MUTANTS)):
                expected = subject.oracle("JSONRPCResponse").is_valid(mutant) and subject.oracle(
                    method.result
                ).is_valid(mutant["result"])
                line = written(mutant, rng)
                counts[expected] += 1
                asked = (method.name, method.sender)
                assert validators.accepts_result(line, *asked) is expected, line
                assert validators.accepts_response(mutant, *asked) is expected, line
                assert (not validators.check_response(mutant, *asked)) is expected, line
    assert min(counts.values()) > sum(counts.values()) / 10, counts
