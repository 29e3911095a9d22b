"""`codexwire archive` and the same as library calls, in processes of this machine."""

from __future__ import annotations

import gzip
import json
import multiprocessing
import shutil
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import fsspec
import pyarrow.parquet as pq
import pytest
from archives import SESSIONS, deadly, fill, tables
from command import Run

import codexwire as library
from codexwire import archive
from codexwire.archive import engine
from codexwire.archive.listing import TASK_BYTES, tasks_of
from codexwire.archive.parquet import to_parquet
from codexwire.archive.work import ListedFile, Work
from codexwire.profiles.table import PROFILES

COMMANDS = {"validate": "findings", "coverage": "coverage", "drift": "drift", "usage": "usage"}
STATUSES = ("completed", "failed", "interrupted", "unknown")
ACROSS = {check.rule for p in PROFILES if p.lines is not None for check in p.lines.across}
"""The checks of several files together, which an archive leaves out."""

SECRET = "hunter2-correct-horse"

BAD = {"method": "thread/closed", "params": {"threadId": 5}}
FRAMES = {"_webSocketMessages": [{"type": "receive", "opcode": 1, "data": json.dumps(BAD)}]}


@pytest.fixture
def here() -> Iterator[Executor]:
    """An executor that starts no process."""
    with ThreadPoolExecutor(1) as executor:
        yield executor


@pytest.fixture
def memory() -> Iterator[Any]:
    """The file system `memory://`, which ends empty."""
    fs = fsspec.filesystem("memory")
    yield fs
    fs.rm("/", recursive=True)


def rows(folder: Path, table: str) -> list[dict[str, Any]]:
    return [row for p in folder.glob(f"{table}/*.parquet") for row in pq.read_table(p).to_pylist()]


def test_the_commands_and_the_library_write_the_same(
    tmp_path: Path, codexwire: Run, here: Executor
) -> None:
    source = fill(tmp_path / "in")
    for command, table in COMMANDS.items():
        code, out, err = codexwire("archive", command, source, "-o", tmp_path / "a", "--jobs", 2)
        outcome = getattr(archive, command)(source, out=tmp_path / "b", executor=here)
        assert err == ""
        assert out.startswith(f"{len(SESSIONS)} sessions, {len(SESSIONS)} of them judged now")
        assert code == (1 if command in ("validate", "drift") else 0)
        assert outcome.problems == 0
        assert rows(tmp_path / "a", table)
    assert tables(tmp_path / "a") == tables(tmp_path / "b")


def test_findings_are_those_of_validate(tmp_path: Path, here: Executor) -> None:
    source = fill(tmp_path / "in")
    (source / "browser.har").write_text(json.dumps({"log": {"entries": [FRAMES]}}))
    archive.validate(source, out=tmp_path / "out", executor=here)
    names = ("path", "line", "place", "rule", "level", "pointer", "message")
    found = {tuple(row[name] for name in names) for row in rows(tmp_path / "out", "findings")}
    assert found == {
        (path.as_uri(), at.line, f.facts.get("place"), f.rule, f.level, at.pointer, f.message)
        for path in (*source.rglob("*.jsonl"), source / "browser.har")
        for f in library.validate(path).findings
        for at in [f.location]
        if f.rule not in ACROSS
    }
    assert "/log/entries/0/_webSocketMessages/0" in {place for _, _, place, *_ in found}


def test_columns_and_versions_are_as_documented(tmp_path: Path, here: Executor) -> None:
    source = fill(tmp_path / "in")
    for command in COMMANDS:
        getattr(archive, command)(source, out=tmp_path / "out", executor=here)
    for table, columns in archive.TABLES.items():
        parts = sorted((tmp_path / "out" / table).glob("*.parquet"))
        for schema in map(pq.read_schema, parts):
            assert schema.names == [column.name for column in columns]
            assert schema.metadata[b"codexwire.version"] == str(archive.VERSION).encode()
        assert parts


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("input_tokens", "that the model read"),
        ("cached_input_tokens", "were cached"),
        ("cache_write_input_tokens", "written into the cache"),
        ("output_tokens", "that the model wrote"),
        ("reasoning_output_tokens", "were reasoning"),
        ("total_tokens", "All tokens"),
    ],
)
def test_a_column_of_tokens_says_what_it_counts(name: str, words: str) -> None:
    (text,) = (column.text for column in archive.TABLES["usage"] if column.name == name)
    assert words in text


def test_every_column_is_told_and_what_is_told_has_a_column(
    tmp_path: Path, here: Executor, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: dict[str, set[str]] = {}

    def noted(table: str, command: str, rows: Sequence[Mapping[str, Any]]) -> bytes:
        told.setdefault(table, set()).update(name for row in rows for name in row)
        return to_parquet(table, command, rows)

    monkeypatch.setattr("codexwire.archive.run_task.to_parquet", noted)
    source = fill(tmp_path / "in")
    (source / "broken.jsonl").write_text("nothing\n")
    for command in COMMANDS:
        getattr(archive, command)(source, out=tmp_path / "out", executor=here)
    assert told == {t: {c.name for c in columns} for t, columns in archive.TABLES.items()}


def test_coverage_names_what_was_never_exercised(tmp_path: Path, here: Executor) -> None:
    source = fill(tmp_path / "in")
    archive.coverage(source, out=tmp_path / "out", executor=here)
    found = rows(tmp_path / "out", "coverage")
    points = {(r["schema"], r["category"], r["place"], r["value"]) for r in found if not r["path"]}
    seen = {(r["schema"], r["category"], r["place"], r["value"]) for r in found if r["path"]}
    assert seen < points
    request = ("0.163.0", "client requests")
    assert (*request, "turn/start", "") in seen
    assert (*request, "account/logout", "") in points - seen


def test_usage_adds_up_to_what_show_says(tmp_path: Path, here: Executor) -> None:
    source = fill(tmp_path / "in")
    archive.usage(source, out=tmp_path / "out", executor=here)
    found = {row["thread_id"]: row for row in rows(tmp_path / "out", "usage")}
    threads = [thread for path in SESSIONS for thread in library.session.walk(path)]
    used = [thread for thread in threads if thread.own_usage is not None]
    assert found.keys() == {thread.id for thread in threads}
    for thread in threads:
        ends = Counter(turn.status for turn in thread.turns)
        assert ends == +Counter({status: found[thread.id][status] for status in STATUSES})
    for thread in used:
        assert found[thread.id]["total_tokens"] == thread.own_usage.total_tokens  # type: ignore[union-attr]
        assert found[thread.id]["turns"] == len(thread.turns)
    assert used


def test_a_broken_file_is_a_row_and_the_others_are_judged(tmp_path: Path, codexwire: Run) -> None:
    source = fill(tmp_path / "in")
    packed = gzip.compress(SESSIONS[0].read_bytes())
    (source / "cut.jsonl.gz").write_bytes(packed[: len(packed) // 2])
    (source / "wide.jsonl").write_bytes("{}".encode("utf-16"))
    (source / "prose.jsonl").write_text("Dear diary\n")
    nothing = tmp_path / "nothing.jsonl"
    for command in COMMANDS:
        code, _, err = codexwire("archive", command, source, nothing, "-o", tmp_path / "out")
        told = [line for line in err.splitlines() if str(tmp_path) in line]
        assert code == 2
        assert len(told) == len(set(told)) == len(err.splitlines()) >= 3
        assert any(line.endswith("nothing.jsonl: it is not there") for line in told)
        assert any("wide.jsonl: the file is UTF-16" in line for line in told)
    found = rows(tmp_path / "out", "sessions")
    assert len(found) == len(COMMANDS) * (len(SESSIONS) + 4)
    assert {row["problem"] for row in found} == {None, "damaged", "unreadable"}


def test_resuming_judges_what_is_new_or_changed(tmp_path: Path, here: Executor) -> None:
    source = fill(tmp_path / "in", copies=2)
    count = 2 * len(SESSIONS)
    for command in COMMANDS:
        call: Callable[..., Any] = getattr(archive, command)
        out = tmp_path / command
        call(source, tmp_path / "later.jsonl", out=out, executor=here)
        assert call(source, out=out, executor=here, resume=True).judged == 0
    (source / "0001" / SESSIONS[0].name).write_bytes(SESSIONS[1].read_bytes())
    shutil.copyfile(SESSIONS[0], source / "new.jsonl")
    shutil.copyfile(SESSIONS[2], tmp_path / "later.jsonl")
    for command in COMMANDS:
        call, out = getattr(archive, command), tmp_path / command
        sources = (source, tmp_path / "later.jsonl")
        outcome = call(*sources, out=out, executor=here, resume=True)
        assert (outcome.judged, outcome.sessions) == (3, count + 2)
        call(*sources, out=tmp_path / "fresh" / command, executor=here)
        assert tables(out) == tables(tmp_path / "fresh" / command)


def test_other_options_judge_again(tmp_path: Path, here: Executor) -> None:
    source = fill(tmp_path / "in")
    archive.validate(source, out=tmp_path / "out", executor=here)
    outcome = archive.validate(
        source, out=tmp_path / "out", schema="0.171.0", executor=here, resume=True
    )
    assert outcome.judged == outcome.sessions == len(SESSIONS)
    assert {row["schema"] for row in rows(tmp_path / "out", "sessions")} >= {"0.171.0"}


def test_results_are_not_mixed_without_being_asked(tmp_path: Path, codexwire: Run) -> None:
    source = fill(tmp_path / "in")
    assert codexwire("archive", "usage", source, "-o", tmp_path / "out")[0] == 0
    code, _, err = codexwire("archive", "usage", source, "-o", tmp_path / "out")
    assert code == 2
    assert "there are results of `archive usage` (--resume goes on with them" in err


@pytest.mark.parametrize("command", COMMANDS)
def test_a_run_that_was_cut_short_leaves_nothing_double(
    command: str, tmp_path: Path, here: Executor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is cut at every file that it writes, and goes on with other tasks than before."""
    from codexwire.archive import store

    source, call, out = fill(tmp_path / "in", copies=2), getattr(archive, command), tmp_path / "out"
    call(source, out=tmp_path / "whole", executor=here)
    write, left = store.write_whole, 0

    def cut(path: Path, content: bytes) -> None:
        nonlocal left
        if not left:
            (path.parent / ".tmp-000000.parquet").write_bytes(content[:9])
            raise KeyboardInterrupt
        left -= 1
        write(path, content)

    monkeypatch.setattr(store, "write_whole", cut)
    for count in range(9):
        left = count
        monkeypatch.setattr("codexwire.archive.listing.TASK_BYTES", 70_000 * (1 + count % 3))
        try:
            call(source, out=out, executor=here, resume=True)
        except KeyboardInterrupt:
            continue
    monkeypatch.setattr(store, "write_whole", write)
    call(source, out=out, executor=here, resume=True)
    assert tables(out) == tables(tmp_path / "whole")
    assert not [*out.rglob(".tmp-*")]


@pytest.mark.parametrize("command", COMMANDS)
def test_no_value_of_a_message_is_in_a_table(
    command: str, tmp_path: Path, here: Executor, capfd: Any
) -> None:
    """Every text of recorded messages but their words of the protocol is a secret."""
    for path in SESSIONS:
        lines = [_with_secrets(line) for line in path.read_text("utf-8").splitlines()]
        place = tmp_path / "in" / path.name
        place.parent.mkdir(exist_ok=True)
        place.write_text("\n".join(lines), "utf-8")
    getattr(archive, command)(tmp_path / "in", out=tmp_path / "out", executor=here, trouble=print)
    found = tables(tmp_path / "out")
    assert found["sessions"]
    assert SECRET not in repr(found)
    assert SECRET not in "".join(capfd.readouterr())


def _with_secrets(line: str) -> str:
    try:
        return json.dumps(_secret(json.loads(line)))
    except ValueError:
        return line.replace("a", SECRET)


_WORDS = {"method", "type", "dir", "event", "status", "history_mode", "cli_version", "userAgent"}


def _secret(value: Any, key: str = "") -> Any:
    if isinstance(value, dict):
        return {name: _secret(inner, name) for name, inner in value.items()}
    if isinstance(value, list):
        return [_secret(inner, key) for inner in value]
    return SECRET if isinstance(value, str) and key not in _WORDS else value


def test_other_file_systems_give_the_same_tables(
    tmp_path: Path, here: Executor, memory: Any
) -> None:
    source = fill(tmp_path / "in")
    memory.put(str(source), "/in", recursive=True)
    for command in COMMANDS:
        getattr(archive, command)(source, out=tmp_path / "a", executor=here)
        getattr(archive, command)("memory://in", out=tmp_path / "b", executor=here)
    listed = ("path", "stamp", "modified")
    assert tables(tmp_path / "a", listed) == tables(tmp_path / "b", listed)


def test_a_file_is_taken_once_whatever_names_it(tmp_path: Path, here: Executor) -> None:
    source = fill(tmp_path / "in")
    sources = (source, source / "*" / "*.jsonl", source / "0000" / SESSIONS[0].name)
    outcome = archive.usage(*sources, out=tmp_path / "out", executor=here)
    assert outcome.sessions == len(SESSIONS)


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("s3://key:secret@bucket/x", "an address with credentials in it ends in tables and logs"),
        ("nosuch://x", "'nosuch://x' cannot be opened: Protocol not known: nosuch"),
        ("zip://a.jsonl::file://b.zip", "is a chain of file systems"),
    ],
)
def test_an_address_that_cannot_be_used(
    source: str, text: str, tmp_path: Path, codexwire: Run
) -> None:
    code, _, err = codexwire("archive", "usage", source, "-o", tmp_path / "out")
    assert (code, err.count("\n")) == (2, 1)
    assert text in err
    assert "secret" not in err


def test_a_signature_is_in_no_table(tmp_path: Path, here: Executor) -> None:
    told: list[str] = []
    address = "http://127.0.0.1:9/a.jsonl?id=7&X-Amz-Signature=abc123&sig=abc123"
    outcome = archive.usage(address, out=tmp_path / "out", executor=here, trouble=told.append)
    assert outcome.exit_code() == 2
    assert "id=7&X-Amz-Signature=***&sig=***" in told[0]
    assert "abc123" not in repr((told, tables(tmp_path / "out")))


def test_tasks_are_large_enough() -> None:
    items = [ListedFile(f"file:///{n}", size=1 << 20) for n in range(50)]
    sizes = [sum(i.size or 0 for i in task.items) for task in tasks_of(Work("usage"), items)]
    assert all(size >= TASK_BYTES for size in sizes[:-1])
    assert sum(sizes) == 50 << 20


def test_a_file_that_a_process_dies_of_is_a_row(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = fill(tmp_path / "in")
    with ThreadPoolExecutor(1) as here:
        archive.usage(source, out=tmp_path / "whole", executor=here)
    shutil.copyfile(SESSIONS[0], source / "0000" / "deadly.jsonl")

    @contextmanager
    def forks(_: int) -> Iterator[engine.Pool]:
        with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("fork")) as processes:
            yield engine.Pool(processes, lambda: 2)

    monkeypatch.setattr(engine, "run_task", deadly)
    monkeypatch.setattr(engine, "_processes", forks)
    told: list[str] = []
    outcome = archive.usage(source, out=tmp_path / "out", trouble=told.append)
    assert told == [f"{(source / '0000/deadly.jsonl').as_uri()}: the process that judged it died"]
    assert (outcome.sessions, outcome.problems) == (len(SESSIONS) + 1, 1)
    assert tables(tmp_path / "out")["usage"] == tables(tmp_path / "whole")["usage"]


def test_a_worker_with_another_codexwire_is_refused(tmp_path: Path, here: Executor) -> None:
    source = fill(tmp_path / "in")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("codexwire.archive.calls.tool", lambda: "0.0.0+other")
        with pytest.raises(library.UsageError, match="a worker runs another codexwire"):
            archive.usage(source, out=tmp_path / "out", executor=here)


def test_two_runs_do_not_write_to_one_folder(tmp_path: Path, here: Executor) -> None:
    source = fill(tmp_path / "in")

    def again(_done: int, _all: int) -> None:
        with pytest.raises(library.UsageError, match="another run writes there"):
            archive.usage(source, out=tmp_path / "out", executor=here)

    archive.usage(source, out=tmp_path / "out", executor=here, advance=again)
