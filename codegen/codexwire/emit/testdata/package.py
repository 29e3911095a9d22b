"""The emitter `testdata`: vectors as JSON Lines, the schema that judges them, and an index."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any

from codexwire.direction import Kind, Side
from codexwire.emit.emitter import Emitted, EmitterInput
from codexwire.emit.kept import made_once
from codexwire.emit.plan import json_bytes
from codexwire.emit.testdata.lines import line_vectors
from codexwire.emit.testdata.subjects import TestSubject, subjects
from codexwire.emit.testdata.vectors import Vector, recorded, vectors
from codexwire.ir.complete import standard
from codexwire.ir.model import Schema
from codexwire.resources import recorded_examples
from codexwire.wire import Validators
from codexwire.wire.sample import Sampler

__all__ = ["FORMAT_VERSION", "emit"]

FORMAT_VERSION = 1
"""Changes when a reader of the files has to change."""

_FILES = {
    "message": "messages.jsonl",
    "response": "responses.jsonl",
    "type": "types.jsonl",
    "line": "lines.jsonl",
}
"""What the vectors of a row are of → the file that has it."""

Row = dict[str, Any]
"""One subject with its vectors, as a line of a file has it."""


def emit(given: EmitterInput) -> Emitted:
    """Return the vectors of a protocol, which are made once for the same input."""
    examples = recorded_examples()
    return made_once(
        lambda: _planned(given, examples),
        Emitted,
        (given.normalized,),
        *("testdata", given.stamp, examples),
    )


def _planned(given: EmitterInput, examples: Mapping[str, Any]) -> Emitted:
    validators = Validators(given.protocol)
    sampler = Sampler(given.protocol, optional=0)
    judged = {
        subject: [*vectors(subject, sampler), *_recorded(subject, examples.get(subject.name))]
        for subject in subjects(validators)
    }
    rows = [_row(subject, found) for subject, found in judged.items()]
    rows += _lines(validators, judged)
    files = {"schema.json": _line(_schema(validators, judged)), "index.json": _index(given, rows)}
    for of, name in _FILES.items():
        if lines := [_line(row) for row in rows if row["of"] == of]:
            files[name] = b"".join(lines)
    return Emitted(files)


def _row(subject: TestSubject, found: list[Vector]) -> Row:
    return {**subject.facts, "schema": subject.place, "vectors": found}


def _lines(validators: Validators, judged: Mapping[TestSubject, list[Vector]]) -> Iterator[Row]:
    """Yield for each side the vectors of lines, made of its first valid message."""
    for sender in Side:
        messages = (
            (subject, vector["value"])
            for subject, found in judged.items()
            if (subject.of, subject.sender) == ("message", sender)
            for vector in found
            if vector["valid"]
        )
        for subject, value in islice(messages, 1):
            found = [*line_vectors(validators, value, sender)]
            yield {**_row(subject, found), "of": "line"}


def _recorded(subject: TestSubject, example: Mapping[str, Any] | None) -> Iterator[Vector]:
    """Yield the vectors of a recorded message or response of a method."""
    if example is None or subject.method is None:
        return
    is_request = "id" in example["message"]
    found = example.get("message" if subject.of == "message" else "answer")
    if found is not None and (subject.method.kind is Kind.REQUEST) is is_request:
        yield from recorded(subject, found, example["release"])


def _schema(validators: Validators, judged: Iterable[TestSubject]) -> dict[str, Any]:
    """Return one document with the schema of every subject, each at the place that the subject names."""
    parts: dict[str, dict[str, Schema]] = {"messages": {}, "responses": {}}
    for subject in judged:
        if subject.of != "type":
            parts[f"{subject.of}s"][subject.label] = subject.schema
    protocol = validators.protocol
    document, root = protocol.document(), protocol.layout.root
    own = {root: protocol.types[root].schema} if root else {}  # the document itself, otherwise
    definitions = {**document["definitions"], **own}
    return {"$schema": document["$schema"], "definitions": standard(definitions), **standard(parts)}


def _index(given: EmitterInput, rows: list[Row]) -> bytes:
    protocol = given.protocol
    index = {
        "format": "codexwire-testdata",
        "version": FORMAT_VERSION,
        "protocol": protocol.name,
        "release": str(protocol.version) if protocol.version else None,
        "digest": given.stamp.digest,
        "files": {name: _counts(rows, of) for of, name in _FILES.items()},
        "changes": sorted({v["change"] for row in rows for v in row["vectors"] if "change" in v}),
        "without_a_valid_value": [
            f"{row['of']} {row['name']}"
            for row in rows
            if not any(vector["valid"] for vector in row["vectors"])
        ],
    }
    return json_bytes(index)


def _counts(rows: list[Row], of: str) -> dict[str, int]:
    verdicts = [vector["valid"] for row in rows if row["of"] == of for vector in row["vectors"]]
    return {"valid": verdicts.count(True), "invalid": verdicts.count(False)}


def _line(value: Any) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode() + b"\n"
