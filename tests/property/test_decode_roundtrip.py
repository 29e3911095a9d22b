"""Messages made from the schema, as they are and damaged, come back from decoding as they were."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

from amount import times
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonpointer import resolve_pointer

import codex_app_server_protocol as package
from codexwire.direction import Kind
from codexwire.ingest import DEFAULT_VERSION, load
from codexwire.ir.model import Method, Protocol
from codexwire.normalize import normalize
from codexwire.wire.sample import Sampler

SEEDS = st.integers(0, 10**9)
RANDOMS = st.randoms(use_true_random=False)
SHARES = st.sampled_from([0.0, 0.4, 1.0])


@cache
def protocol(version: str) -> Protocol:
    return normalize(load(version)).protocol


def sample(
    seed: int, share: float, result: bool, version: str = str(DEFAULT_VERSION)
) -> tuple[str, str, Any]:
    """A valid payload of some method of a release: kind, method, value."""
    sampler = Sampler(protocol(version), seed, optional=share)
    methods = protocol(version).methods
    if result:
        requests = [m for m in methods if m.kind is Kind.REQUEST and m.result is not None]
        method = requests[seed % len(requests)]
        return "result", method.name, sampler.result(method)
    having = [m for m in methods if m.params is not None]
    method = having[seed % len(having)]
    return method.kind.value, method.name, _params(sampler, method)


def _params(sampler: Sampler, method: Method) -> Any:
    assert method.params is not None
    return sampler.value(method.params)


def text(value: Any) -> str:
    return json.dumps(value, sort_keys=True)


def decode(kind: str, method: str, value: Any, **options: Any) -> Any:
    function: Callable[..., Any] = getattr(package, f"decode_{kind}")
    return function(method, value, **options)


@settings(max_examples=times(60, 5000))
@given(SEEDS, SHARES, st.booleans())
def test_valid_messages_come_back_without_a_note(seed: int, share: float, result: bool) -> None:
    kind, method, value = sample(seed, share, result)
    before = copy.deepcopy(value)
    for mode in ("tolerant", "strict"):
        decoded = decode(kind, method, value, mode=mode)
        assert text(package.dump(decoded)) == text(before)
        # Sampled ids differ where real ones are the same.
        assert {note.rule for note in package.drift_notes(decoded)} <= {"id-conflict"}


def places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every container and key in a value."""
    for key, member in list(value.items() if isinstance(value, dict) else enumerate(value)):
        yield value, key
        if isinstance(member, dict | list):
            yield from places(member)


NEW = (
    *("brandNew", "", "\udfff", 7, 1.0, -0.0, 1.5, 2**70, 10**400, float("inf"), True, None),
    *([], {}, ["x"], [None], {"type": "brandNew", "a": [1.0]}, {"type": 7}, {"brandNew": {}}),
)
KEYS = (
    *(
        "brandNew",
        "thread_id",
        "\ud800",
        "",
        "*",
        "a/b~c",
        "class",
        "self",
        "__class__",
        "__dict__",
    ),
    *(
        "model_config",
        "model_extra",
        "copy",
        "json",
        "schema",
        "dump",
        "raw",
        "root",
        "_tag",
        "tag",
    ),
)


def damage(value: Any, chance: random.Random) -> Any:
    """The value with an unknown property, value or variant, or without something, anywhere."""
    box = [copy.deepcopy(value)]
    for _ in range(chance.randint(1, 4)):
        found = list(places(box))
        holder, key = chance.choice(found)
        objects = [c[k] for c, k in found if isinstance(c[k], dict)]
        match chance.randrange(4):
            case 0 if objects:
                chance.choice(objects)[chance.choice(KEYS)] = 1.0
            case 1 if isinstance(holder, dict):
                del holder[key]
            case 2 if isinstance(holder[key], str):
                holder[key] = chance.choice((holder[key].upper(), holder[key] + "_", "brandNew"))
            case _:
                holder[key] = copy.deepcopy(chance.choice(NEW))
    return box[0]


@settings(max_examples=times(100, 10000))
@given(SEEDS, SHARES, st.booleans(), RANDOMS)
def test_damaged_messages_come_back_too(
    seed: int, share: float, result: bool, chance: random.Random
) -> None:
    kind, method, value = sample(seed, share, result)
    value = damage(value, chance)
    before = text(value)
    decoded = decode(kind, method, value)
    assert text(package.dump(decoded)) == before
    assert text(value) == before
    try:
        decode(kind, method, value, mode="strict")
    except package.DecodeError:
        return
    notes = package.drift_notes(decoded)
    twice = [note for note in notes if note.rule == "id-conflict"]
    assert {note.rule for note in notes if note not in twice} <= {
        "unknown-field",
        "t045-optional-spelling",
    }
    for note in twice:  # damage wrote an id a second time, in another form and with another value
        places = note.pointer, note.other
        one, other = (resolve_pointer({"params": value}, place) for place in places)
        assert one != other


@settings(max_examples=times(60, 5000))
@given(
    SEEDS,
    SHARES,
    st.booleans(),
    RANDOMS,
    st.sampled_from(["0.72.0", "0.99.0", "0.125.0", "0.169.0"]),
)
def test_messages_of_other_releases_come_back_too(
    seed: int, share: float, result: bool, chance: random.Random, version: str
) -> None:
    kind, method, value = sample(seed, share, result, version)
    for given_value in (value, damage(value, chance)):
        before = text(given_value)
        decoded = decode(kind, method, given_value)
        assert text(package.dump(decoded)) == before
        assert text(package.dump(copy.deepcopy(decoded))) == before
