"""Accept and reject are JSON Schema's, on recorded and generated messages damaged in every way.

The oracle is `jsonschema-rs` on the published bundle itself, as the file has it, and it is held
against `jsonschema` on a sample. Every mutant is decided five times: by the gate alone (which may
only err towards no), by the predicates alone, from bytes, from the decoded value, and by the walk
that explains.
"""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import jsonschema_rs
import pytest

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


Place = tuple[str | int, ...]

TAGS = ("type", "kind", "mode", "status", "method", "op", "action")
WRONG: tuple[Any, ...] = (
    *(None, True, False, 0, 1, -1, 1.0, 1.5, -0.5, 2**63, 2**64, 2**80, -(2**80), 1e300),
    *("", "1", "nonsense", "a\u00e9\U0001f600", [], ["a"], [None], {}, {"type": "nonsense"}),
)


def places(value: Any, path: Place = ()) -> Iterator[tuple[Place, Any]]:
    """Every place of a value but the root, outermost first."""
    members = value.items() if isinstance(value, dict) else enumerate(value)
    for key, member in members:
        yield (*path, key), member
        if isinstance(member, (dict, list)):
            yield from places(member, (*path, key))


def put(message: Any, path: Place, value: Any) -> Any:
    holder = holder_of(message, path)
    holder[path[-1]] = value
    return message


def holder_of(message: Any, path: Place) -> Any:
    for step in path[:-1]:
        message = message[step]
    return message


def delete(_rng: random.Random, message: Any, path: Place, _: Any) -> Any:
    del holder_of(message, path)[path[-1]]
    return message


def replace(rng: random.Random, message: Any, path: Place, _: Any) -> Any:
    return put(message, path, copy.deepcopy(rng.choice(WRONG)))


def null(_rng: random.Random, message: Any, path: Place, _: Any) -> Any:
    return put(message, path, None)


def near_miss(rng: random.Random, message: Any, path: Place, value: Any) -> Any:
    """A value as close to the old one as can be, of another type or just outside."""
    if isinstance(value, bool):
        return put(message, path, rng.choice([int(value), str(value).lower(), float(value)]))
    if isinstance(value, int):
        close = [float(value), value + 0.5, str(value), bool(value), -value - 1, value + 2**64]
        return put(message, path, rng.choice(close))
    if isinstance(value, float):
        return put(message, path, rng.choice([int(value), str(value), value + 0.25]))
    if isinstance(value, str):
        close = [value + "x", value.swapcase(), value[:-1], [value], {"value": value}, len(value)]
        return put(message, path, rng.choice(close))
    if isinstance(value, list):
        return put(message, path, rng.choice([{"0": value}, [value], value + value, value[:1]]))
    return put(message, path, [value] if value is not None else {})


def rename(rng: random.Random, message: Any, path: Place, value: Any) -> Any:
    holder = holder_of(message, path)
    if isinstance(holder, dict):
        del holder[path[-1]]
        holder[rng.choice([f"{path[-1]}_", str(path[-1]).lower(), "other"])] = value
    return message


def add(rng: random.Random, message: Any, path: Place, _: Any) -> Any:
    holder = holder_of(message, path)
    if isinstance(holder, dict):
        holder[rng.choice(["unknown", "type", "id", "_meta"])] = copy.deepcopy(rng.choice(WRONG))
    else:
        holder.append(copy.deepcopy(rng.choice(WRONG)))
    return message


def retag(rng: random.Random, message: Any, _path: Place, _: Any) -> Any:
    """Give some tagged object another tag of the same message, or none."""
    tagged = [(p, m) for p, m in [*places(message)] if p[-1] in TAGS and isinstance(m, str)]
    where, _old = rng.choice(tagged)
    others = [m for _, m in tagged] + ["nonsense", "object", "text", "completed", "agentMessage"]
    if rng.random() < 0.25:
        del holder_of(message, where)[where[-1]]
        return message
    return put(message, where, rng.choice(others))


def transplant(rng: random.Random, message: Any, path: Place, _: Any) -> Any:
    """Put one part of the message where another one was."""
    _, other = rng.choice([*places(message)])
    return put(message, path, copy.deepcopy(other))


CHANGES: tuple[Callable[[random.Random, Any, Path, Any], Any], ...] = (
    delete,
    delete,
    replace,
    replace,
    null,
    near_miss,
    near_miss,
    near_miss,
    rename,
    add,
    retag,
    transplant,
)


def mutants(message: dict[str, Any], rng: random.Random, count: int) -> Iterator[dict[str, Any]]:
    """Yield `count` damaged copies of a message (some of them still valid, as it happens)."""
    found = list(places(message))
    if not found:
        return
    deep = [entry for entry in found if len(entry[0]) > 1] or found
    for _ in range(count):
        damaged = copy.deepcopy(message)
        for _ in range(rng.choice([1, 1, 1, 2])):
            path, value = rng.choice(deep if rng.random() < 0.9 else found)
            try:
                damaged = rng.choice(CHANGES)(rng, damaged, path, value)
            except (KeyError, IndexError, TypeError, AttributeError):
                continue  # the first change of two took the place away
        yield damaged


def written(message: Any, rng: random.Random) -> bytes:
    """The message as one line, its members in another order now and then."""
    if rng.random() < 0.3:
        message = shuffled(message, rng)
    escaped = json.dumps(message, separators=(",", ":"))
    if rng.random() < 0.5 or "\\ud" in escaped:  # half a surrogate pair has no UTF-8
        return escaped.encode()
    return json.dumps(message, ensure_ascii=False).encode()


def shuffled(value: Any, rng: random.Random) -> Any:
    if isinstance(value, dict):
        keys = list(value)
        rng.shuffle(keys)
        return {key: shuffled(value[key], rng) for key in keys}
    return [shuffled(v, rng) for v in value] if isinstance(value, list) else value


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
        refs = [{"$ref": f"#/definitions/{name}"} for name in types if self.has(name)]
        return {"definitions": self.bundle["definitions"], "anyOf": refs}

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
            if validators.gate_takes(line, sender):
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
