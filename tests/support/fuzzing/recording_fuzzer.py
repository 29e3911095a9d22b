"""Damaged recordings: every message asked in three ways and decoded, all judged as `validate` does."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from itertools import cycle
from pathlib import Path
from random import Random
from types import ModuleType
from typing import Any

from codexwire import ingest
from codexwire.direction import Side
from codexwire.finding import Level
from codexwire.ir.canonical import protocol_digest
from codexwire.ir.envelope import envelope_schema, message_schema
from codexwire.ir.model import Protocol, ref_to
from codexwire.model.message import MessageKind, kind_of
from codexwire.normalize import normalize
from codexwire.transcript.judgement import JudgeOptions, Schema
from codexwire.transcript.recording_judge import judge
from codexwire.transcript.source import OpenRecording
from codexwire.usecases.decode_recording import Tally, decode_recording
from codexwire.wire import compile
from fuzzing.fuzzer import Case, Fuzzer, Try, disagreement, raised, verdicts
from fuzzing.judge import Judge
from fuzzing.recordings import Message, damaged, disturbed, piece

__all__ = ["RECORDINGS"]

FOLDER = Path(__file__).parents[2] / "data" / "recordings"
APP, EXEC = "codex_app_server_protocol", "codex_exec_server_protocol"
# What a recording is judged by, whose recordings, which of them, the package that decodes them.
SUBJECTS = (
    ("0.163.0", "0.163.0", "s0*", APP),
    ("0.72.0", "0.72.0", "*", APP),
    ("exec-server@0.163.0", "0.163.0", "s11*", EXEC),
    ("0.171.0", "0.163.0", "s1[02]*", APP),
    ("0.99.0", "0.99.0", "*", APP),
    ("0.125.0", "0.115.0", "*", APP),
    ("0.169.0", "0.140.0", "*", APP),
)


class Subject:
    """A release's schema as `validate` uses it, its judges, and the package that decodes.

    `is_its_own` when the package was generated of that very schema: then its validators are asked, too.
    """

    def __init__(self, release: str, package: str) -> None:
        self.protocol = normalize(ingest.load(release)).protocol
        self.validators = compile(self.protocol)
        self.schema = Schema(release, self.validators)
        self.package: ModuleType = import_module(package)
        self.is_its_own = protocol_digest(self.protocol) == self.package.PROTOCOL_DIGEST
        self._definitions = nested(self.protocol, self.validators.unchecked)
        self._judges: dict[tuple[Side, str | None], Judge] = {}

    def is_valid(self, message: Message) -> bool:
        """Return whether a message is valid; an answer to a method that nobody has is not."""
        sender, asked = message.sender, message.answers
        if asked is not None and not self.validators.knows(asked, sender.other):
            return False
        if (sender, asked) not in self._judges:
            schema = self._requests_of(sender) if asked is None else self._answers(sender, asked)
            self._judges[sender, asked] = Judge({"definitions": self._definitions, **schema})
        return self._judges[sender, asked].is_valid(message.body)

    def _requests_of(self, sender: Side) -> dict[str, Any]:
        methods = [m for m in self.protocol.methods if m.sender is sender]
        return {"anyOf": [message_schema(self.protocol, method) for method in methods]}

    def _answers(self, sender: Side, asked: str) -> dict[str, Any]:
        found = self.validators.result_type(asked, sender.other)
        result = True if found is None else ref_to(found)
        envelope = envelope_schema(self.protocol, "JSONRPCResponse")
        return {"allOf": [envelope, {"properties": {"result": result}}]}


def nested(protocol: Protocol, unknown: tuple[str, ...]) -> dict[str, Any]:
    """Return the types as a bundle has them; those that nobody knows accept anything."""
    made: dict[str, Any] = {}
    for name in (*protocol.types, *unknown):
        known = protocol.types.get(name)
        space, _, plain = name.rpartition("/")
        holder = made.setdefault(space, {}) if space else made
        holder[plain] = True if known is None else known.schema
    return made


@cache
def subject_of(release: str, package: str) -> Subject:
    return Subject(release, package)


def asked(subject: Subject, message: Message, line: bytes) -> tuple[bool, str | None]:
    """Return whether a message is valid, and what is wrong with what codexwire makes of it."""
    try:
        said = verdicts(subject.validators, line, message.body, message.sender, message.answers)
        if subject.is_its_own:
            said |= generated(subject.package, message, line)
        expected = subject.is_valid(message)
        return expected, disagreement(said, expected) or decoded(subject.package, message)
    except Exception as error:
        return False, raised(error)


def generated(package: ModuleType, message: Message, line: bytes) -> dict[str, bool]:
    """Return what the validators of a generated package say."""
    if message.answers is not None:
        found = package.accepts_result(line, message.answers, message.sender.other)
        return {"generated line": found}
    return {
        "generated line": package.accepts_line(line, message.sender),
        "generated value": package.accepts_message(message.body, message.sender),
    }


def decoded(package: ModuleType, message: Message) -> str | None:
    """Return what decoding loses or invents."""
    body = message.body
    part = "params" if message.answers is None else "result"
    method = body.get("method") if message.answers is None else message.answers
    if part not in body or not isinstance(method, str):
        return None
    kind = (
        "result" if message.answers is not None else "request" if "id" in body else "notification"
    )
    found = package.dump(getattr(package, f"decode_{kind}")(method, body[part]))
    same = json.dumps(found, sort_keys=True) == json.dumps(body[part], sort_keys=True)
    return None if same else "decoding does not give back what was decoded"


def judged(subject: Subject, lines: list[str]) -> str | None:
    """Return what is wrong with what `validate` and `decode` say of a recording."""
    with tempfile.NamedTemporaryFile("w", suffix=".jsonl", encoding="utf-8") as file:
        file.write("".join(f"{line}\n" for line in lines))
        file.flush()
        try:
            judgement = judge(OpenRecording(file.name), lambda _: subject.schema, JudgeOptions())
            if judgement.unusable is None:
                decode_recording(file.name, lambda _: subject.package, "tolerant", Tally())
        except Exception as error:
            return raised(error)
    refused = {
        finding.location.line
        for finding in judgement.findings
        if finding.rule.startswith(("schema/", "envelope/")) and finding.level is Level.ERROR
    }
    for number, line in enumerate(lines, 1):
        record = json.loads(line)
        body = record.get("msg")
        if isinstance(body, dict) and kind_of(body) in (
            MessageKind.REQUEST,
            MessageKind.NOTIFICATION,
        ):
            said = number not in refused
            if subject.is_valid(Message(Side(record["dir"]), body, None)) is not said:
                return f"validate {'accepts' if said else 'refuses'} a message wrongly"
    return None


def tries(rng: Random) -> Iterator[Try]:
    """Yield a piece of a recording at a time, the releases in turn."""
    for release, recorded, pattern, package in cycle(SUBJECTS):
        subject, case = subject_of(release, package), {"release": release, "package": package}
        path = rng.choice(sorted(FOLDER.joinpath(recorded).glob(f"{pattern}.jsonl")))
        records = [damaged(record, rng) for record in piece(path, rng)]
        valid, failed = 0, []
        messages = [(r.message, r.text) for r in records if r.message is not None]
        for message, text in messages:
            expected, words = asked(subject, message, text.encode())
            valid += expected
            if words is not None:
                about = {"sender": message.sender.value, "answers": message.answers}
                failed.append({**case, **about, "line": text})
        lines = disturbed([record.line for record in records], rng)
        if judged(subject, lines) is not None:
            failed.append({**case, "lines": lines})
        yield Try(len(messages), valid, tuple(failed))


def broken(case: Case) -> str | None:
    """Judge a case once more: one message, or the lines of a recording."""
    subject = subject_of(case["release"], case["package"])
    if "lines" in case:
        return judged(subject, case["lines"])
    message = Message(Side(case["sender"]), json.loads(case["line"]), case["answers"])
    return asked(subject, message, case["line"].encode())[1]


RECORDINGS = Fuzzer("recordings", tries, broken)
