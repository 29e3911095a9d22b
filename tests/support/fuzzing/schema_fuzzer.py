"""Random and published schemas, each with values that meet it: read as a bundle, asked in three ways."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

from codexwire import ingest
from codexwire.direction import Side
from codexwire.wire import Validators
from fuzzing.fuzzer import Case, Fuzzer, Try, disagreement, raised, verdicts
from fuzzing.judge import Judge, with_ranges
from fuzzing.mutants import mutants
from fuzzing.published import changed_types
from fuzzing.schemas import definitions
from fuzzing.spelling import corrupt, oddly, repeated, written
from fuzzing.values import toward, value

__all__ = ["SCHEMAS"]

PLACE = "#/definitions/v2"
SUBJECT = {"$ref": f"{PLACE}/Subject"}
ID = {"anyOf": [{"type": "string"}, {"type": "integer"}]}
WAYS: Mapping[str, tuple[Side, str | None]] = {
    "notification": (Side.SERVER, None),
    "request": (Side.CLIENT, None),
    "result": (Side.SERVER, "ask"),
}
"""How a value reaches the validators: who sends it, and what it answers."""
EXPECTED: Mapping[str, dict[str, Any]] = {
    "notification": {"$ref": "#/definitions/ServerNotification"},
    "request": {"$ref": "#/definitions/ClientRequest"},
    "result": {
        "allOf": [{"$ref": "#/definitions/JSONRPCResponse"}, {"properties": {"result": SUBJECT}}]
    },
}
VALUES = 24
LOSSLESS = ("utf-8", "surrogateescape")
"""How a line that may be no UTF-8 stands in a case."""


def bundle(types: Mapping[str, Any]) -> dict[str, Any]:
    """Return a bundle with a type `Subject` as the params of two methods, once by its name."""
    subject = types["Subject"]
    response = {
        "type": "object",
        "required": ["id", "result"],
        "properties": {"id": ID, "result": True},
    }
    return {
        "definitions": {
            "ClientRequest": {
                "oneOf": [message("ask", SUBJECT, id=ID), message("other", True, id=ID)]
            },
            "ServerRequest": {"oneOf": [message("ask", True, id=ID)]},
            "ClientNotification": {"oneOf": [message("tell", True)]},
            "ServerNotification": {"oneOf": [message("tell", subject), message("other", True)]},
            "JSONRPCResponse": response,
            "v2": dict(types),
        }
    }


def message(method: str, params: Any, **members: Any) -> dict[str, Any]:
    name = {"type": "string", "enum": [method]}
    properties = {**members, "method": name, "params": params}
    return {"type": "object", "required": [*properties], "properties": properties}


def around(way: str, value: Any) -> dict[str, Any]:
    if way == "result":
        return {"id": 1, "result": value}
    if way == "request":
        return {"id": 1, "method": "ask", "params": value}
    return {"method": "tell", "params": value}


def refused(constant: str) -> None:
    raise ValueError(f"{constant} is no JSON value")


class Subject:
    """A schema compiled, and its judges."""

    def __init__(self, types: Mapping[str, Any], formats: bool) -> None:
        """Read the types as a bundle; CodexwireError for what is no schema."""
        with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
            json.dump(bundle(types), file)
            file.flush()
            protocol = ingest.load(Path(file.name))
        methods = (replace(m, result="v2/Subject" if m.params else None) for m in protocol.methods)
        self.validators = Validators(replace(protocol, methods=tuple(methods)), formats=formats)
        if self.validators.unchecked:
            raise ValueError(f"no such type: {self.validators.unchecked}")
        judged = {name: with_ranges(node) if formats else node for name, node in types.items()}
        self._judged = bundle(judged)
        self._judges: dict[str, Judge] = {}

    def judge(self, way: str) -> Judge:
        """Return who knows whether a message is valid."""
        if way not in self._judges:
            self._judges[way] = Judge({**self._judged, **EXPECTED[way]})
        return self._judges[way]

    def ask(self, way: str, line: bytes) -> tuple[bool, str | None]:
        """Return whether a line is valid, and who says otherwise."""
        try:
            parsed = json.loads(line.decode(), parse_constant=refused)
        except ValueError:
            return False, self._accepted(way, line)
        try:
            said = verdicts(self.validators, line, parsed, *WAYS[way])
        except Exception as error:
            return False, raised(error)
        expected = self.judge(way).is_valid(parsed)
        return expected, disagreement(said, expected)

    def _accepted(self, way: str, line: bytes) -> str | None:
        """Return what is wrong with the verdict on bytes that are no JSON text in UTF-8."""
        sender, answers = WAYS[way]
        try:
            if answers is None:
                said = self.validators.accepts_line(line, sender)
            else:
                said = self.validators.accepts_result(line, answers, sender.other)
        except Exception as error:
            return raised(error)
        return disagreement({"line": said}, expected=False)


def tries(rng: Random) -> Iterator[Try]:
    """Yield a schema at a time."""
    while True:
        made = changed_types if rng.random() < 0.1 else definitions
        types, formats = made(rng, PLACE), rng.random() < 0.2
        case = {"types": types, "formats": formats}
        try:
            subject = Subject(types, formats)
        except Exception:
            yield Try(0, 0, ({**case, "way": "notification", "line": "{}"},))
            continue
        valid, failed = 0, []
        for _ in range(VALUES):
            way = rng.choice([*WAYS])
            line = written_somehow(around(way, aimed(rng, types)), rng)
            expected, words = subject.ask(way, line)
            valid += expected
            if words is not None:
                failed.append({**case, "way": way, "line": line.decode(*LOSSLESS)})
        yield Try(VALUES, valid, tuple(failed))


def aimed(rng: Random, types: Mapping[str, Any]) -> Any:
    """Return a value that may fit `Subject`, damaged now and then."""
    if rng.random() < 0.1:
        return value(rng)
    made = toward(rng, types["Subject"], {"v2": types})
    if rng.random() < 0.3:
        return next(mutants({"value": made}, rng, 1)).get("value")
    return made


def written_somehow(message: dict[str, Any], rng: Random) -> bytes:
    """Return a message as one line, now and then written oddly, or damaged as text."""
    chance = rng.random()
    if chance < 0.02:
        return repeated(message, rng)
    if chance < 0.05:
        return oddly(message, rng).encode()
    line = written(message, rng)
    return corrupt(line, rng) if chance < 0.06 else line


def broken(case: Case) -> str | None:
    """Judge a case once more."""
    try:
        subject = Subject(case["types"], case["formats"])
    except Exception as error:
        return raised(error)
    return subject.ask(case["way"], case["line"].encode(*LOSSLESS))[1]


SCHEMAS = Fuzzer("schemas", tries, broken)
