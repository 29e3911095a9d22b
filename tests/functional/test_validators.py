"""The emitted validators, written to a folder and imported, decide as those compiled in memory do."""

from __future__ import annotations

import copy
import importlib
import json
import random
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from codexwire import ingest, normalize, wire
from codexwire.direction import Side
from codexwire.emit.validators import VALIDATOR_EXPORTS, plan_validators
from codexwire.ir.model import Protocol
from codexwire.wire.sample import Sampler

RECORDINGS = Path(__file__).parents[1] / "data" / "recordings" / "0.163.0"
PACKAGE = "emitted_validators_under_test"
WRONG: tuple[Any, ...] = (None, True, -1, 1.0, 1.5, "x", [], {}, [None], {"type": "x"})


@pytest.fixture(scope="module")
def protocol() -> Protocol:
    return normalize.normalize(ingest.load("0.163.0")).protocol


@pytest.fixture(scope="module")
def folder(protocol: Protocol, tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("emitted")
    for name, source in plan_validators(protocol, PACKAGE).items():
        path = root / PACKAGE / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source, "utf-8")
    (root / PACKAGE / "__init__.py").touch()
    return root


@pytest.fixture(scope="module")
def emitted(folder: Path) -> Iterator[ModuleType]:
    sys.path.insert(0, str(folder))
    yield importlib.import_module(f"{PACKAGE}.validators")
    sys.path.remove(str(folder))


def damaged(message: Any, rng: random.Random) -> Iterator[Any]:
    """Copies of a message with one member each missing or replaced."""

    def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
        for key in value if isinstance(value, dict) else range(len(value)):
            yield (*path, key)
            if isinstance(value[key], (dict, list)):
                yield from places(value[key], (*path, key))

    for path in places(message):
        for wrong in (..., rng.choice(WRONG)):
            mutant = copy.deepcopy(message)
            holder = mutant
            for step in path[:-1]:
                holder = holder[step]
            if wrong is ...:
                del holder[path[-1]]
            else:
                holder[path[-1]] = wrong
            yield mutant


def some(mutants: Iterator[Any]) -> list[Any]:
    found = [*mutants]
    return random.Random(len(found)).sample(found, min(len(found), 3))


def recorded() -> Iterator[tuple[Side, dict[str, Any]]]:
    for path in sorted(RECORDINGS.glob("s0*.jsonl")):
        for line in path.read_bytes().splitlines():
            entry = json.loads(line)
            if isinstance(entry.get("msg"), dict) and "method" in entry["msg"]:
                yield Side(entry["dir"]), entry["msg"]


def test_recorded_and_sampled_messages(emitted: ModuleType, protocol: Protocol) -> None:
    in_memory, rng = wire.compile(protocol), random.Random(1)
    sampler = Sampler(protocol, 1)
    messages = [*recorded(), *((m.sender, sampler.message(m)) for m in protocol.methods)]
    verdicts = {True: 0, False: 0}
    for sender, message in messages:
        for mutant in (message, *some(damaged(message, rng))):
            expected = in_memory.accepts_message(mutant, sender)
            verdicts[expected] += 1
            assert emitted.accepts_message(mutant, sender) is expected
            assert emitted.accepts_line(json.dumps(mutant).encode(), sender) is expected
    assert min(verdicts.values()) > 200


def test_results(emitted: ModuleType, protocol: Protocol) -> None:
    in_memory, rng, sampler = wire.compile(protocol), random.Random(2), Sampler(protocol, 2)
    verdicts = {True: 0, False: 0}
    for method in protocol.methods:
        if method.result is None:
            continue
        response = {"id": 1, "result": sampler.result(method)}
        asked = (method.name, method.sender)
        for mutant in (response, *some(damaged(response, rng))):
            expected = in_memory.accepts_response(mutant, *asked)
            verdicts[expected] += 1
            assert emitted.accepts_result(json.dumps(mutant).encode(), *asked) is expected
            if "result" in mutant:
                value = mutant["result"]
                expected = in_memory.accepts_value(method.name, value, method.sender)
                assert emitted.accepts_value(method.name, value, method.sender) is expected
    assert min(verdicts.values()) > 100


def test_sides_are_plain_strings_too(emitted: ModuleType) -> None:
    assert emitted.accepts_line(b'{"method":"initialized"}', "client")
    assert not emitted.accepts_line(b'{"method":"initialized"}', "server")
    assert not emitted.accepts_line(b'{"method":"no/such"}', "server")
    assert not emitted.accepts_result(b'{"id":1,"result":{}}', "no/such", "client")
    assert set(VALIDATOR_EXPORTS) <= set(emitted.__all__)


def test_only_what_is_needed_is_imported(folder: Path) -> None:
    """Neither pydantic nor the modules of other methods are loaded for one message."""
    script = f"""
import sys
from {PACKAGE}.validators import accepts_line
assert accepts_line(b'{{"method":"turn/started","params":{{}}}}', "server") is False
loaded = sorted(m.rpartition(".")[2] for m in sys.modules if m.startswith("{PACKAGE}.validators."))
print(*loaded, "pydantic" in sys.modules, "jsonschema" in sys.modules)
"""
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=folder, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["shared", "turn", "False", "False"]


@pytest.mark.parametrize(
    "version", ["0.72.0", "0.99.0", "0.125.0", "0.163.0", "0.169.0", "0.171.0"]
)
def test_every_module_is_plain_python_and_the_same_each_time(version: str) -> None:
    planned = normalize.normalize(ingest.load(version)).protocol
    files = plan_validators(planned, PACKAGE)
    assert files == plan_validators(planned, PACKAGE)
    for name, source in files.items():
        compile(source, name, "exec")
