"""Whatever bytes a recording is made of, judging it ends with a judgement."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import zstandard
from amount import times
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from codexwire.errors import CodexwireError
from codexwire.ingest import load
from codexwire.normalize import normalize
from codexwire.transcript.judgement import Judgement, JudgeOptions, Schema
from codexwire.transcript.recording_judge import judge
from codexwire.transcript.source import OpenRecording
from codexwire.wire import compile

RECORDINGS = Path(__file__).parents[1] / "data" / "recordings"

QUICK = settings(max_examples=times(150, 5000), suppress_health_check=list(HealthCheck))

Judge = Callable[[bytes], Judgement]


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> Judge:
    schema = Schema("0.163.0", compile(normalize(load("0.163.0")).protocol))
    path = tmp_path_factory.mktemp("any") / "recording"

    def run(content: bytes) -> Judgement:
        path.write_bytes(content)
        judgement = judge(
            OpenRecording(str(path)), lambda _: schema, JudgeOptions(limit=5, coverage=True)
        )
        assert judgement.unusable is None or isinstance(judgement.unusable, CodexwireError)
        assert len(judgement.findings) <= 5 <= max(5, judgement.counts.total())
        return judgement

    return run


STARTS = [
    b"",
    b'{"ts":1,"dir":"client","msg":',
    b'{"dir":"in","raw":"',
    b'{"_header":true,"backend_type":"codex"}\n',
    b'{"id":1,"method":"thread/list","params":{}}\n',
    b'{"log":{"entries":[{"_webSocketMessages":[',
    b"> {\n",
    b"[jsonrpc ->] ",
    b"[Trace - 1] Sending request 'thread/list - (1)'.\nParams: ",
    b'[LSP - 1] {"isLSPMessage":true,"type":"send-request","message":',
    b"\x1f\x8b\x08\x00",
    b"\x28\xb5\x2f\xfd",
    b"\xef\xbb\xbf",
]


@QUICK
@given(st.sampled_from(STARTS), st.binary(max_size=200))
def test_any_bytes(judged: Judge, start: bytes, rest: bytes) -> None:
    judged(start + rest)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=8,
)
METHODS = st.sampled_from(
    [
        "initialize",
        "initialized",
        "thread/start",
        "turn/start",
        "review/start",
        "thread/started",
        "turn/started",
        "turn/completed",
        "item/started",
        "item/completed",
        "serverRequest/resolved",
        "item/commandExecution/requestApproval",
    ]
)
IDS = st.sampled_from(["a", "b"]) | JSON
PAYLOADS = JSON | st.fixed_dictionaries(
    {},
    optional={
        "threadId": IDS,
        "turnId": IDS,
        "itemId": IDS,
        "thread": JSON | st.fixed_dictionaries({"id": IDS}),
        "turn": JSON | st.fixed_dictionaries({"id": IDS, "status": JSON}),
        "item": JSON | st.fixed_dictionaries({"id": IDS, "type": JSON}),
        "requestId": IDS,
        "userAgent": JSON,
        "capabilities": JSON | st.fixed_dictionaries({"optOutNotificationMethods": JSON}),
        "data": JSON,
    },
)
MESSAGES = st.fixed_dictionaries(
    {},
    optional={
        "id": st.sampled_from([1, "1", 2]) | JSON,
        "method": METHODS | JSON,
        "params": PAYLOADS,
        "result": PAYLOADS,
        "error": JSON | st.fixed_dictionaries({"message": st.just("Not initialized")}),
    },
)


@QUICK
@given(st.lists(st.tuples(st.sampled_from(["client", "server", "in", "out"]), MESSAGES)))
def test_any_session(judged: Judge, session: list[tuple[str, Any]]) -> None:
    lines = [json.dumps({"ts": 0, "dir": sender, "msg": message}) for sender, message in session]
    judged("\n".join(lines).encode("utf-8", "surrogatepass"))
    raw = "\n".join(json.dumps(message) for _, message in session)
    judged(raw.encode())


CONTENT = (RECORDINGS / "0.163.0" / "s06_lifecycle_resume.jsonl").read_bytes()


@QUICK
@given(
    st.sampled_from([bytes, gzip.compress, zstandard.ZstdCompressor().compress]),
    st.lists(st.tuples(st.integers(0, len(CONTENT)), st.binary(max_size=3)), max_size=4),
    st.integers(0, len(CONTENT)),
)
def test_damaged_recordings(
    judged: Judge,
    pack: Callable[[bytes], bytes],
    edits: list[tuple[int, bytes]],
    length: int,
) -> None:
    content = pack(CONTENT)
    for place, text in edits:
        place %= len(content)
        content = content[:place] + text + content[place + len(text) :]
    judged(content[: max(1, length)])
