"""Validate recorded messages, against every other validator there is for Python, in one run.

Every engine gets the same messages as bytes and reads the method from them, as a reader of transcripts
has to. Rates are of the best of several rounds, the engines taking turns; read the ratios.

    python benchmarks/validate.py [RECORDING ...] [--schema 0.163.0] [--messages 20000] [--rounds 5]

Recordings are in codexwire's own format; the default is those of the schema's release in `tests/`.
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from itertools import cycle, islice
from pathlib import Path
from typing import Any, NamedTuple

import fastjsonschema
import jsonschema
import jsonschema_rs
import msgspec
import orjson

from codexwire import ingest, normalize, wire
from codexwire.direction import Side
from codexwire.emit.validators import plan_validators
from codexwire.ir.envelope import message_schemas
from codexwire.ir.model import Protocol
from codexwire.model.normalization import Effect

RECORDINGS = Path(__file__).parents[1] / "tests" / "data" / "recordings"
OURS, RIVAL, PARSE = "codexwire", "jsonschema-rs, per method", "orjson.loads only"
PACKAGE = "validators_to_be_measured"
SLOW = 400  # messages; enough for engines that take milliseconds each


class Line(NamedTuple):
    """A recorded message as it was on the wire, and its sender."""

    data: bytes
    sender: Side


class Engine(NamedTuple):
    """A way to decide about a line; `takes` says which lines it is able to decide about at all."""

    name: str
    decide: Callable[[bytes, Side], bool]
    takes: Callable[[Line], bool] = lambda _: True
    limit: int | None = None


def recorded(paths: list[Path]) -> Iterator[Line]:
    """Yield the requests and notifications of recordings, as compact JSON."""
    for path in paths:
        for raw in path.read_bytes().splitlines():
            entry = json.loads(raw)
            message = entry.get("msg")
            if isinstance(message, dict) and "method" in message and "s11" not in path.name:
                text = json.dumps(message, separators=(",", ":"), ensure_ascii=b"\\ud" in raw)
                yield Line(text.encode(), Side(entry["dir"]))


def engines(protocol: Protocol, emitted: Any) -> Iterator[Engine]:
    """Yield everything that is compared; the first is ours."""
    validators = wire.compile(protocol)
    schemas = {side: message_schemas(protocol, side) for side in Side}
    definitions = protocol.document()["definitions"]
    whole = {
        (side, method): {**schema, "definitions": definitions}
        for side, table in schemas.items()
        for method, schema in table.items()
        if isinstance(schema, dict)
    }
    yield Engine(OURS, validators.accepts_line)
    yield Engine(f"{OURS}, generated module", emitted.accepts_line)
    yield Engine(
        f"{OURS}, predicates only",
        lambda data, side: validators.accepts_message(msgspec.json.decode(data), side),
    )
    yield Engine(PARSE, lambda data, _: orjson.loads(data) is not None)
    yield Engine("json.loads only", lambda data, _: json.loads(data) is not None)
    yield Engine(RIVAL, per_method(whole, rust))
    yield Engine("fastjsonschema, per method", per_method(whole, fast))
    yield Engine("jsonschema, per method", per_method(whole, plain), limit=SLOW)
    yield from model_engines()


def rust(schema: dict[str, Any]) -> Callable[[Any], bool]:
    decide: Callable[[Any], bool] = jsonschema_rs.Draft7Validator(
        schema, validate_formats=False
    ).is_valid
    return decide


def plain(schema: dict[str, Any]) -> Callable[[Any], bool]:
    return jsonschema.Draft7Validator(schema).is_valid


def fast(schema: dict[str, Any]) -> Callable[[Any], bool]:
    check = fastjsonschema.compile({"$schema": "http://json-schema.org/draft-07/schema#", **schema})

    def decide(message: Any) -> bool:
        try:
            check(message)
        except fastjsonschema.JsonSchemaValueException:
            return False
        return True

    return decide


def per_method(
    schemas: dict[tuple[Side, str], dict[str, Any]],
    build: Callable[[dict[str, Any]], Callable[[Any], bool]],
) -> Callable[[bytes, Side], bool]:
    """Parse with orjson, look the method up, decide; compiled before the clock runs."""
    made: dict[Side, dict[str, Callable[[Any], bool]]] = {side: {} for side in Side}

    def decide(data: bytes, side: Side) -> bool:
        message = orjson.loads(data)
        method = message.get("method")
        found = made[side].get(method)
        if found is None:
            schema = schemas.get((side, method))
            if schema is None:
                return False
            found = made[side][method] = build(schema)
        return found(message)

    return decide


def model_engines() -> Iterator[Engine]:
    """Yield pydantic models: our generated package and the official SDK, server notifications only."""
    import openai_codex.generated.notification_registry as official

    from codex_app_server_protocol import notification_registry as ours

    for name, models in (
        ("pydantic, our models", ours.NOTIFICATION_MODELS),
        ("official SDK's models", official.NOTIFICATION_MODELS),
    ):
        yield Engine(f"{name} (notifications)", by_model(models), is_notification)


def by_model(models: Any) -> Callable[[bytes, Side], bool]:
    def decide(data: bytes, _: Side) -> bool:
        message = orjson.loads(data)
        model = models.get(message.get("method"))
        if model is None:
            return False
        try:
            model.model_validate(message.get("params") or {})
        except ValueError:
            return False
        return True

    return decide


def is_notification(line: Line) -> bool:
    return line.sender is Side.SERVER and "id" not in orjson.loads(line.data)


class Result(NamedTuple):
    """What one engine did with its share of the messages."""

    rate: float
    accepted: int
    messages: int


def race(lines: list[Line], contenders: list[Engine], rounds: int) -> dict[str, Result]:
    """Let every engine decide about its lines once a round; keep its best round."""
    shares = {e.name: [line for line in lines if e.takes(line)][: e.limit] for e in contenders}
    best: dict[str, float] = {}
    accepted: dict[str, int] = {}
    for engine in contenders:  # compiles what is compiled lazily
        accepted[engine.name] = sum(engine.decide(*line) for line in shares[engine.name])
    for _ in range(rounds):
        for engine in contenders:
            share, decide = shares[engine.name], engine.decide
            start = time.perf_counter()
            for data, sender in share:
                decide(data, sender)
            taken = time.perf_counter() - start
            best[engine.name] = min(taken, best.get(engine.name, taken))
    return {
        name: Result(len(share) / best[name], accepted[name], len(share))
        for name, share in shares.items()
        if share
    }


def write_package(protocol: Protocol, folder: Path) -> Any:
    """Write the generated validators below a folder and import them."""
    for name, source in plan_validators(protocol, PACKAGE).items():
        path = folder / PACKAGE / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source, "utf-8")
    (folder / PACKAGE / "__init__.py").touch()
    sys.path.insert(0, str(folder))
    return __import__(f"{PACKAGE}.validators").validators


def start_up(line: Line, folder: Path, runs: int) -> dict[str, float]:
    """Return milliseconds of whole processes beyond an empty one, until a first line is decided."""
    load = f"import sys; sys.path.insert(0, {str(folder)!r})\n"
    argument = f"({line.data!r}, {line.sender.value!r})"
    read = (
        "from codexwire import ingest, normalize, wire\n"
        "protocol = normalize.normalize(ingest.load('0.169.0')).protocol\n"
    )
    scripts = {
        "nothing": load,
        "generated module": f"{load}from {PACKAGE}.validators import accepts_line\n"
        f"assert accepts_line{argument}",
        "0.169.0 read and normalized": load + read,
        "0.169.0 compiled in memory": load
        + read
        + f"assert wire.compile(protocol).accepts_line{argument}",
    }
    taken: dict[str, list[float]] = {name: [] for name in scripts}
    for _ in range(runs):
        for name, script in scripts.items():
            start = time.perf_counter()
            subprocess.run([sys.executable, "-c", script], check=True)
            taken[name].append(1000 * (time.perf_counter() - start))
    least = {name: statistics.median(times) for name, times in taken.items()}
    return {name: time - least["nothing"] for name, time in least.items() if name != "nothing"}


def two_processes(recordings: list[Path], folder: Path, copies: int, runs: int) -> float:
    """Return how much sooner `codexwire validate --jobs 2` is done than `--jobs 1`, as whole processes."""
    for number in range(copies):
        for path in recordings:
            shutil.copy(path, folder / f"{number}-{path.name}")
    taken: dict[int, float] = {}
    for _ in range(runs):
        for jobs in (1, 2):
            start = time.perf_counter()
            subprocess.run(
                [sys.executable, "-m", "codexwire", "validate", str(folder), "--jobs", str(jobs)],
                stdout=subprocess.DEVNULL,
                check=False,  # what it finds is not asked
            )
            taken[jobs] = min(time.perf_counter() - start, taken.get(jobs, float("inf")))
    return taken[1] / taken[2]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("recordings", nargs="*", type=Path)
    parser.add_argument("--schema", default="0.163.0")
    parser.add_argument("--messages", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument(
        "--copies", type=int, default=400, help="of the recordings, for two processes"
    )
    options = parser.parse_args()
    paths = options.recordings or sorted((RECORDINGS / options.schema).glob("*.jsonl"))
    protocol = normalize.normalize(ingest.load(options.schema), effects=(Effect.ANNOTATE,)).protocol
    lines = list(islice(cycle(recorded(paths)), options.messages))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        contenders = list(engines(protocol, write_package(protocol, folder)))
        results = race(lines, contenders, options.rounds)
        first = next(line for line in lines if b'"item/completed"' in line.data)
        starts = start_up(first, folder, options.rounds)
    with tempfile.TemporaryDirectory() as name:
        gain = two_processes(paths, Path(name), options.copies, 3)
    size = sum(len(line.data) for line in lines) / len(lines)
    print(f"{len(lines)} messages from {len(paths)} recordings, {size:.0f} bytes on average")
    print(f"{'':42}{'messages/s':>12}{'÷ ' + 'jsonschema-rs':>16}{'÷ orjson':>10}  accepted")
    for engine, result in results.items():
        print(
            f"{engine:42}{result.rate:12,.0f}{result.rate / results[RIVAL].rate:16.2f}"
            f"{result.rate / results[PARSE].rate:10.2f}  {result.accepted} of {result.messages}"
        )
    print("\nuntil the first message is decided, beyond an empty Python:")
    for case, milliseconds in starts.items():
        print(f"{case:42}{milliseconds:12.0f} ms")
    print(
        f"\n`validate --jobs 2`, {len(paths) * options.copies} files: {gain:.2f} times as fast as --jobs 1"
    )


if __name__ == "__main__":
    main()
