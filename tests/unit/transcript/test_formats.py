"""Every format tells the same story; other files are refused by name."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import zstandard

from codexwire.errors import TranscriptError
from codexwire.transcript.formats.foreign import refuse_folder
from codexwire.transcript.formats.format import fields_of
from codexwire.transcript.formats.table import FORMATS, detect
from codexwire.transcript.judgement import Judgement
from codexwire.transcript.source import OpenRecording

DATA = Path(__file__).parents[2] / "data"
TRANSCRIPTS = DATA / "transcripts"
RECORDING = "0.163.0/s12_undocumented.jsonl"
Judge = Callable[..., Judgement]
Story = list[tuple[Any, ...]]


def story(judgement: Judgement) -> Story:
    return sorted(
        (
            j.rule,
            j.level,
            j.facts["direction"] or "",
            j.facts["method"] or "",
            j.location.pointer or "",
        )
        for j in judgement.findings
        if not j.rule.startswith("transcript/")
    )


@pytest.mark.parametrize(
    "name", [RECORDING, "0.163.0/s02_command_approval.jsonl", "0.163.0/s06_lifecycle_resume.jsonl"]
)
def test_every_format_tells_the_same_story(
    name: str,
    writer: tuple[str, Callable[..., str]],
    records: Callable[[str], list[dict[str, Any]]],
    judged: Judge,
    tmp_path: Path,
) -> None:
    original = judged(DATA / "recordings" / name)
    assert original.format == "recording"
    assert original.messages > 40
    id, write = writer
    (tmp_path / "other").write_text(write(records(name)), "utf-8")
    again = judged(tmp_path / "other")
    assert again.format == id
    assert again.messages == original.messages
    assert story(again) == story(original)


@pytest.mark.parametrize("name", [RECORDING])
def test_small_damaged_archives_too(name: str, judged: Judge, tmp_path: Path) -> None:
    packed = gzip.compress((DATA / "recordings" / name).read_bytes())
    (tmp_path / "cut.gz").write_bytes(packed[: len(packed) // 2])
    judgement = judged(tmp_path / "cut.gz")
    assert "damaged or cut short" in str(judgement.unusable)
    assert 0 < judgement.messages < 44


def test_every_format_is_exercised(formats_written: set[str]) -> None:
    of_lines = {f.id for f in FORMATS if f.profile}
    assert {f.id for f in FORMATS} == formats_written | of_lines | {"recording"}


@pytest.mark.parametrize(
    ("suffix", "pack"),
    [("gz", gzip.compress), ("zst", zstandard.ZstdCompressor().compress)],
)
def test_compressed_recordings(
    suffix: str, pack: Callable[[bytes], bytes], judged: Judge, tmp_path: Path
) -> None:
    path = DATA / "recordings" / RECORDING
    packed = tmp_path / f"recording.jsonl.{suffix}"
    packed.write_bytes(pack(path.read_bytes()))
    assert story(judged(packed)) == story(judged(path))
    assert judged(packed).messages == judged(path).messages


@pytest.mark.parametrize("suffix", ["gz", "zst"])
def test_a_damaged_archive_is_judged_as_far_as_it_goes(
    suffix: str, judged: Judge, tmp_path: Path
) -> None:
    recordings = sorted((DATA / "recordings" / "0.163.0").glob("*.jsonl"))
    data = b"".join(path.read_bytes() for path in recordings)
    packed = gzip.compress(data, 1) if suffix == "gz" else zstandard.ZstdCompressor().compress(data)
    path = tmp_path / f"cut.{suffix}"
    path.write_bytes(packed[: len(packed) * 9 // 10])
    judgement = judged(path)
    assert judgement.unusable is not None
    assert "damaged or cut short" in str(judgement.unusable)
    assert judgement.messages > 0


def test_standard_input(judged: Judge, monkeypatch: pytest.MonkeyPatch) -> None:
    data = (DATA / "recordings" / RECORDING).read_bytes()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data), "utf-8"))
    judgement = judged("-")
    assert judgement.path == "<stdin>"
    assert judgement.messages == 44


@pytest.mark.parametrize("line", [b'{"\xff":1}', b'{"a":' + b"[" * 99_999 + b"]" * 99_999 + b"}"])
def test_a_line_that_is_not_read_has_no_members(line: bytes) -> None:
    assert fields_of(line) is None


def test_what_the_test_client_of_codex_prints(judged: Judge) -> None:
    judgement = judged(TRANSCRIPTS / "pretty.txt")
    assert judgement.format == "pretty"
    assert judgement.messages == 21
    assert [j for j in judgement.findings if j.level != "info"] == []


def test_one_direction_of_a_real_server(judged: Judge) -> None:
    judgement = judged(TRANSCRIPTS / "raw_server.jsonl")
    assert judgement.format == "raw"
    assert judgement.messages == 4
    assert {j.facts["direction"] for j in judgement.findings} == {"server"}
    assert [j for j in judgement.findings if j.level != "info"] == []


@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("old_exec.jsonl", "the output of an old `codex exec --json`"),
        ("rollout-trace/trace.jsonl", "rollout trace"),
        ("rust_log.txt", "RUST_LOG"),
    ],
)
def test_files_of_another_kind_are_refused_by_name(name: str, what: str) -> None:
    with (
        OpenRecording(str(TRANSCRIPTS / name)) as source,
        pytest.raises(TranscriptError, match=what) as caught,
    ):
        detect(source)
    assert caught.value.hint
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ('{"id":"01a2","thread_name":"n","updated_at":"t"}', "session_index.jsonl"),
        ('{"session_id":"01a2","ts":1,"text":"hi"}', "history.jsonl"),
        ('{"record_type":"state"}', "before its lines had types"),
        ('{"id":"1","msg":{"type":"task_started"}}', "old `codex exec --json`"),
    ],
)
def test_what_codex_keeps_beside_sessions_is_refused_by_name(
    line: str, what: str, tmp_path: Path
) -> None:
    path = tmp_path / "lines.jsonl"
    path.write_text(f"{line}\n")
    with OpenRecording(str(path)) as source, pytest.raises(TranscriptError, match=what) as caught:
        detect(source)
    assert caught.value.hint


def test_a_log_record_in_json_is_refused_by_name(tmp_path: Path) -> None:
    record = {"timestamp": "t", "level": "INFO", "fields": {"message": "m"}, "target": "codex"}
    (tmp_path / "log").write_text(json.dumps(record) + "\n")
    with (
        OpenRecording(str(tmp_path / "log")) as source,
        pytest.raises(TranscriptError, match="RUST_LOG"),
    ):
        detect(source)


LEVELS = ("TRACE", "DEBUG", " INFO", " WARN", "ERROR")
KINDS = ("notification", "response", "error", "request")


@pytest.mark.parametrize(
    "line",
    [
        *(f"2026-11-21T05:30:12.345678Z {level} codex_app_server: started" for level in LEVELS),
        "\x1b[2m2026-11-21T05:30:12.3Z\x1b[0m \x1b[32m INFO\x1b[0m codex_app_server: started",
        *(f"codex_client: <- {kind}: ServerMessage" for kind in KINDS),
        *(f"codex_client: <- typed {kind}: ServerMessage" for kind in KINDS),
        "codex_client: app-server event: ThreadStarted",
        "codex_client: app-server request: CommandExecution",
    ],
)
def test_a_line_of_a_log_is_refused_by_name(line: str, tmp_path: Path) -> None:
    (tmp_path / "log").write_text(f"{line}\n")
    with (
        OpenRecording(str(tmp_path / "log")) as source,
        pytest.raises(TranscriptError, match="RUST_LOG"),
    ):
        detect(source)


def test_a_rollout_trace_folder_is_refused_by_name(tmp_path: Path) -> None:
    refuse_folder(tmp_path)
    shutil.copytree(TRANSCRIPTS / "rollout-trace", tmp_path / "bundle")
    with pytest.raises(TranscriptError, match="rollout trace bundle"):
        refuse_folder(tmp_path / "bundle")


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"", "empty"),
        (b" \n\n", "empty"),
        (b"hello\nworld\n", "no known transcript format"),
        (b'{"a": 1}\n[2]\n', "no known transcript format"),
        (b'{"type":"user","message":{"role":"user","content":"hi"}}\n', "no known transcript"),
        ('{"method":"x"}\n'.encode("utf-16"), "UTF-16"),
        ('{"method":"x"}\n'.encode("utf-16-le"), "UTF-16"),
        ('{"method":"x"}\n'.encode("utf-16-be"), "UTF-16"),
        ('{"method":"x"}\n'.encode("utf-32"), "UTF-32"),
        (lzma.compress(b"{}\n"), "compressed with xz"),
        (bz2.compress(b"{}\n"), "compressed with bzip2"),
        (gzip.compress(gzip.compress(b"{}\n", mtime=0), mtime=0), "compressed twice"),
        (b'{"log": {"entries": []}}', "no websocket messages"),
        (b'{"_header":true,"backend_type":"claude"}\n', "another agent"),
    ],
)
def test_nothing_to_judge(content: bytes, what: str, judged: Judge, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(content)
    judgement = judged(tmp_path / "file")
    assert what in str(judgement.unusable)
    assert [j.rule for j in judgement.findings] == ["transcript/unusable"]


def test_a_file_that_is_not_there(judged: Judge, tmp_path: Path) -> None:
    assert "cannot read" in str(judged(tmp_path / "none").unusable)
    assert "cannot read" in str(judged(tmp_path).unusable)


BAD = {"method": "thread/closed", "params": {"threadId": 5}}
FRAME = {"type": "receive", "opcode": 1, "data": json.dumps(BAD)}


@pytest.mark.parametrize("indent", [None, 1])
@pytest.mark.parametrize(
    ("document", "places"),
    [
        (
            {
                "log": {
                    "pages": [{}, {}],
                    "entries": [
                        {"request": {"queryString": [{}]}},
                        {"_webSocketMessages": [FRAME, FRAME]},
                        {"response": {"entries": [{"log": {}}]}},
                        {"_webSocketMessages": [FRAME, {"type": "receive"}]},
                    ],
                }
            },
            [
                "/log/entries/1/_webSocketMessages/0",
                "/log/entries/1/_webSocketMessages/1",
                "/log/entries/3/_webSocketMessages/0",
                "/log/entries/3/_webSocketMessages/1",
            ],
        ),
        ([{"method": "initialized"}, BAD, [BAD]], ["/1", "/2"]),
        ({"source": "x", "a/b": [{"c": BAD}], "d": BAD}, ["/a~1b/0/c", "/d"]),
    ],
)
def test_a_finding_in_a_document_says_in_which_message(
    document: object, places: list[str], indent: int | None, judged: Judge, tmp_path: Path
) -> None:
    (tmp_path / "file.json").write_text(json.dumps(document, indent=indent))
    judgement = judged(tmp_path / "file.json")
    found = [f.facts["place"] for f in judgement.findings if f.level == "error"]
    assert found == places


@pytest.mark.parametrize("before", ["{LOG:{", " {LOG:{", "{\n LOG:{", "{LOG :{", "{LOG:\r\n{"])
def test_a_har_is_one_however_it_is_spaced(before: str, judged: Judge, tmp_path: Path) -> None:
    rest = json.dumps({"entries": [{"_webSocketMessages": [FRAME]}]})[1:] + "}"
    (tmp_path / "file").write_text(before.replace("LOG", '"log"') + rest, newline="")
    judgement = judged(tmp_path / "file")
    assert (judgement.format, judgement.messages) == ("har", 1)


def test_a_har_frame_longer_than_what_is_read_at_once(judged: Judge, tmp_path: Path) -> None:
    long = {"method": "warning", "params": {"message": 'x"]}\\' * 1_000_000, "threadId": None}}
    frames = [{"type": "receive", "opcode": 1, "data": json.dumps(long)}] * 2
    frames += [{"type": "receive", "opcode": 2, "data": "AAAA"}]
    document = {"log": {"entries": [{"_webSocketMessages": frames}] * 2}}
    (tmp_path / "long.har").write_text(json.dumps(document))
    judgement = judged(tmp_path / "long.har")
    assert judgement.messages == 4
    rules = [j.rule for j in judgement.findings if j.level != "info"]
    assert rules == ["transcript/binary-frame"] * 2


@pytest.mark.parametrize(
    ("client", "server"),
    [
        ("client", "server"),
        ("client->server", "server->client"),
        ("clientToServer", "serverToClient"),
        ("CLIENT_TO_SERVER", "SERVER_TO_CLIENT"),
        ("c2s", "s2c"),
        ("to_server", "to_client"),
        ("out", "in"),
        ("sent", "received"),
        ("Outgoing", "Incoming"),
        ("->", "<-"),
        (">", "<"),
        ("→", "←"),
        ("stdin", "stdout"),
        ("in", "out"),
        ("received", "sent"),
    ],
)
@pytest.mark.parametrize("shape", [("dir", "msg"), ("direction", "message"), ("type", "data")])
def test_words_for_the_direction(
    client: str,
    server: str,
    shape: tuple[str, str],
    records: Callable[[str], list[dict[str, Any]]],
    judged: Judge,
    tmp_path: Path,
) -> None:
    words = {"client": client, "server": server}
    key, held = shape
    lines = [json.dumps({key: words[r["dir"]], held: r["msg"]}) for r in records(RECORDING)]
    (tmp_path / "tagged").write_text("\n".join(lines) + "\n")
    judgement = judged(tmp_path / "tagged")
    assert judgement.format == "tagged"
    assert story(judgement) == story(judged(DATA / "recordings" / RECORDING))


def entries(text: str, folder: Path) -> list[Any]:
    """The messages of a file, as they are read."""
    (folder / "log").write_text(text)
    with OpenRecording(str(folder / "log")) as source:
        return [json.loads(entry.data) for entry in detect(source).read(source)]


def test_a_trace_line_may_begin_with_its_time(tmp_path: Path) -> None:
    line = '2026-11-21T05:30:12Z DEBUG conn-1 [jsonrpc ->] {"method":"initialized"}\n'
    assert entries(line, tmp_path) == [{"method": "initialized"}]


def test_the_data_of_an_error_in_a_text_log(tmp_path: Path) -> None:
    """As vscode-jsonrpc writes it in its verbose log."""
    log = (
        "[Trace - 10:11:12 AM] Received response 'thread/read - (7)' in 3ms."
        " Request failed: gone (-32600).\n"
        'Error data: {\n    "why": "closed"\n}\n\n'
    )
    error = {"code": -32600, "message": "gone", "data": {"why": "closed"}}
    assert entries(log, tmp_path) == [{"id": 7, "error": error}]
