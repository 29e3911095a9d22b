"""Recordings written again in every format, and judged in one call."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from codexwire.ingest import load
from codexwire.normalize import normalize
from codexwire.transcript.judgement import Judgement, JudgeOptions, Schema
from codexwire.transcript.recording_judge import judge
from codexwire.transcript.source import OpenRecording
from codexwire.wire import Validators, compile

RECORDINGS = Path(__file__).parents[2] / "data" / "recordings"
Records = list[dict[str, Any]]


@pytest.fixture(scope="session")
def validators() -> Validators:
    return compile(normalize(load("0.163.0")).protocol)


@pytest.fixture(scope="session")
def judged(validators: Validators) -> Callable[..., Judgement]:
    """Judge a file by the normalized 0.163.0."""

    def run(path: Path | str, **options: Any) -> Judgement:
        schema = Schema("0.163.0", validators)
        return judge(OpenRecording(str(path)), lambda _: schema, JudgeOptions(**options))

    return run


@pytest.fixture(scope="session")
def told(judged: Callable[..., Judgement]) -> Callable[..., list[tuple[Any, ...]]]:
    """Judge a text (or bytes, or lines of values) and return what is said, without the lines."""

    def run(folder: Path, content: str | bytes | Records, **options: Any) -> list[tuple[Any, ...]]:
        path = folder / "recording.jsonl"
        if isinstance(content, list):
            content = "".join(json.dumps(record) + "\n" for record in content)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return said(judged(path, **options))

    return run


def said(judgement: Judgement) -> list[tuple[Any, ...]]:
    """What a judgement says of messages and sessions: rule, level, sender, method, pointer."""
    return sorted(
        (
            f.rule,
            f.level,
            f.facts["direction"] or "",
            f.facts["method"] or "",
            f.location.pointer or "",
        )
        for f in judgement.findings
        if not f.rule.startswith("transcript/")
    )


def _records(name: str) -> Records:
    lines = (RECORDINGS / name).read_text("utf-8").splitlines()
    return [record for record in map(json.loads, lines) if isinstance(record.get("msg"), dict)]


@pytest.fixture(scope="session")
def records() -> Callable[[str], Records]:
    """The messages of a recording (`0.163.0/s12_undocumented.jsonl`)."""
    return _records


def _lines(values: list[Any]) -> str:
    return "".join(json.dumps(value) + "\n" for value in values)


def raw(records: Records) -> str:
    return _lines([r["msg"] for r in records])


def tagged(records: Records) -> str:
    words = {"client": "send", "server": "recv"}
    return _lines([{"t": 1, "direction": words[r["dir"]], "frame": r["msg"]} for r in records])


def tagged_by_server(records: Records) -> str:
    """As a proxy beside the server sees it: what comes in is the client's."""
    words = {"client": "in", "server": "out"}
    return _lines([{"dir": words[r["dir"]], "payload": json.dumps(r["msg"])} for r in records])


def companion(records: Records) -> str:
    header = {"_header": True, "version": 1, "session_id": "s", "backend_type": "codex", "cwd": "/"}
    words = {"client": "out", "server": "in"}
    lines: list[Any] = [header]
    for r in records:
        lines.append({"ts": 1, "dir": "in", "raw": '{"type":"user_message"}', "ch": "browser"})
        lines.append({"ts": 1, "dir": words[r["dir"]], "raw": json.dumps(r["msg"]), "ch": "cli"})
    return _lines(lines)


def trace(records: Records) -> str:
    arrows = {"client": "->", "server": "<-"}
    return "".join(
        f"INFO some log line\n[jsonrpc {arrows[r['dir']]}] {json.dumps(r['msg'])}\n"
        for r in records
    )


def pretty(records: Records) -> str:
    signs = {"client": "> ", "server": "< "}
    blocks = []
    for r in records:
        text = json.dumps(r["msg"], indent=2)
        blocks.append("".join(f"{signs[r['dir']]}{line}\n" for line in text.split("\n")))
        blocks.append("< some notification: InProgress\n")
    return "".join(blocks)


def har(records: Records) -> str:
    words = {"client": "send", "server": "receive"}
    frames = [
        {"type": words[r["dir"]], "time": 1.5, "opcode": 1, "data": json.dumps(r["msg"])}
        for r in records
    ]
    entries = [
        {"request": {"url": "http://localhost/"}, "response": {"text": '"_webSocketMessages":[{'}},
        {"_webSocketMessages": frames, "request": {"url": "ws://localhost/"}},
    ]
    return json.dumps({"log": {"version": "1.2", "entries": entries}}, indent=2)


def _lsp_kind(message: dict[str, Any]) -> str:
    if "method" in message:
        return "request" if "id" in message else "notification"
    return "response"


def lsp_json(records: Records) -> str:
    words = {"client": "send", "server": "receive"}
    return "".join(
        "[LSP   - 10:01:02 AM] "
        + json.dumps(
            {
                "isLSPMessage": True,
                "type": f"{words[r['dir']]}-{_lsp_kind(r['msg'])}",
                "message": r["msg"],
                "timestamp": 1,
            }
        )
        + "\n"
        for r in records
    )


def lsp_text(records: Records) -> str:
    verbs = {"client": "Sending", "server": "Received"}
    methods: dict[Any, str] = {}
    parts = []
    for r in records:
        message, kind = r["msg"], _lsp_kind(r["msg"])
        methods.setdefault((r["dir"], message.get("id")), message.get("method", ""))
        other = "server" if r["dir"] == "client" else "client"
        method = message.get("method") or methods[other, message["id"]]
        number = f" - ({message['id']})" if "id" in message else ""
        heading = f"[Trace - 10:01:02 AM] {verbs[r['dir']]} {kind} '{method}{number}'"
        if "error" in message:
            error = message["error"]
            parts.append(
                f"{heading} in 3ms. Request failed: {error['message']} ({error['code']}).\n"
            )
        elif "params" in message:
            parts.append(f"{heading}.\nParams: {json.dumps(message['params'], indent=4)}\n\n\n")
        elif "result" in message:
            parts.append(
                f"{heading} in 3ms.\nResult: {json.dumps(message['result'], indent=4)}\n\n\n"
            )
        else:
            parts.append(f"{heading}.\n\n")
    return "".join(parts)


def array(records: Records) -> str:
    """An array with a message a line, as people write one by hand."""
    return "[\n" + ",\n".join(json.dumps(r["msg"]) for r in records) + "\n]\n"


def array_of_records(records: Records) -> str:
    return json.dumps([{"dir": r["dir"], "msg": r["msg"]} for r in records])


def bundle(records: Records) -> str:
    value = {"about": {"name": "x", "tags": [1, "a"]}, "session": {"messages": records}}
    return json.dumps(value, indent=1)


def one_after_another(records: Records) -> str:
    return "\n".join(json.dumps(r["msg"], indent=2) for r in records)


WRITERS: dict[str, tuple[str, Callable[[Records], str]]] = {
    "raw": ("raw", raw),
    "tagged": ("tagged", tagged),
    "tagged beside the server": ("tagged", tagged_by_server),
    "companion": ("companion", companion),
    "trace lines": ("jsonrpc-trace", trace),
    "pretty": ("pretty", pretty),
    "har": ("har", har),
    "array": ("document", array),
    "array of records": ("document", array_of_records),
    "bundle": ("document", bundle),
    "documents": ("document", one_after_another),
    "inspector, JSON": ("lsp-inspector", lsp_json),
    "inspector, text": ("lsp-inspector", lsp_text),
}


@pytest.fixture
def formats_written() -> set[str]:
    """The ids of the formats that the tests write."""
    return {id for id, _ in WRITERS.values()}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run tests that ask for `writer` once per format."""
    if "writer" in metafunc.fixturenames:
        metafunc.parametrize("writer", WRITERS.values(), ids=list(WRITERS))
