"""Archives on an S3 server on loopback that throttles, breaks off, forgets or says nothing.

The first two requests for content are answered well. What was done is kept, one line tells of each other
file, and resuming gives the tables of a run without trouble.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import s3
import s3fs
from archives import SESSIONS, fill, tables

from codexwire import archive
from codexwire.archive import fetching, listing

GOOD = 2
KEY_ID, SECRET, TOKEN = "AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI-K7MDENG", "FQoGZXIvYXdzEXAMPLE"
SECRETS = (KEY_ID, SECRET, TOKEN)
TOLD = f"for {KEY_ID} {TOKEN}"

SLOW_DOWN = s3.refusal("503 Slow Down", "SlowDown", "Please reduce your request rate.")
BAD_ANSWERS = {
    "slow down": (SLOW_DOWN, "the storage asks for fewer requests"),
    "too many": (
        s3.refusal("429 Too Many Requests", "TooManyRequests", TOLD),
        "the storage asks for fewer requests",
    ),
    "expired": (
        s3.refusal("400 Bad Request", "ExpiredToken", TOLD),
        "the credentials have expired",
    ),
    "refused": (s3.refusal("403 Forbidden", "AccessDenied", TOLD), "access is refused"),
    "unknown key": (s3.refusal("403 Forbidden", "InvalidAccessKeyId", TOLD), "access is refused"),
    "vanished": (s3.refusal("404 Not Found", "NoSuchBucket", TOLD), "the bucket is not there"),
    "odd": (s3.refusal("500 Internal Server Error", "Odd", TOLD), "the storage answers Odd"),
    "reset": (s3.reset, "Connection was closed before we received a valid response"),
    "broken off": (s3.broken_off, "Response payload is not completed"),
    "silent": (s3.hang, "there was no answer in time"),
}
"""Name → the answer, and what is told of it."""


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[s3.Server]:
    """A server with a bucket; nobody tries more than once."""
    with s3.served() as server, s3.environment(monkeypatch, server, KEY_ID, SECRET):
        monkeypatch.setenv("AWS_SESSION_TOKEN", TOKEN)
        monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
        monkeypatch.setattr(s3fs.S3FileSystem, "retries", 1)
        monkeypatch.setattr(fetching, "QUIET", 1)
        yield server


@pytest.fixture
def here() -> Iterator[Executor]:
    """An executor that starts no process."""
    with ThreadPoolExecutor(1) as executor:
        yield executor


def codexwire(*arguments: object) -> tuple[int, str, str]:
    """Run the command in a process, so that nothing escapes; return exit code, output, errors."""
    command = [sys.executable, "-m", "codexwire", *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)
    return done.returncode, done.stdout, done.stderr


def after(count: int, answer: s3.Answer) -> Callable[[str, str, int], s3.Answer | None]:
    """Return what answers badly when so many files were asked for."""
    return lambda kind, _, before: answer if kind == "GET" and before >= count else None


def secrets_in(*texts: object) -> list[str]:
    return [secret for secret in SECRETS if secret in repr(texts)]


@pytest.mark.parametrize("how", BAD_ANSWERS)
def test_what_was_done_is_kept_and_the_rest_is_resumed(
    how: str, tmp_path: Path, server: s3.Server, here: Executor, capfd: Any
) -> None:
    source, out, told = fill(tmp_path / "in"), tmp_path / "out", list[str]()
    s3.upload(source)
    answer, text = BAD_ANSWERS[how]
    server.requests.clear()
    server.bad = after(GOOD, answer)
    outcome = archive.usage("s3://sessions", out=out, executor=here, trouble=told.append)
    assert (outcome.exit_code(), outcome.judged) == (2, GOOD)
    assert outcome.problems == len(told) == len(SESSIONS) - GOOD
    assert len({line.partition(": ")[0] for line in told}) == len(told)
    assert all(text in line and "\n" not in line for line in told)
    assert secrets_in(told, tables(out), capfd.readouterr()) == []

    server.bad = lambda *_: None
    resumed = archive.usage("s3://sessions", out=out, executor=here, resume=True)
    assert (resumed.exit_code(), resumed.judged) == (0, len(SESSIONS) - GOOD)
    archive.usage("s3://sessions", out=tmp_path / "whole", executor=here)
    assert tables(out) == tables(tmp_path / "whole")


def test_keys_that_are_throttled_do_not_hold_up_the_others(
    tmp_path: Path, server: s3.Server, here: Executor
) -> None:
    source = fill(tmp_path / "in")
    s3.upload(source)
    slow = {path.name for path in SESSIONS[::4]}
    server.bad = lambda kind, path, _: (
        SLOW_DOWN if kind == "GET" and path.rpartition("/")[2] in slow else None
    )
    told: list[str] = []
    outcome = archive.usage(
        "s3://sessions", out=tmp_path / "out", executor=here, trouble=told.append
    )
    assert outcome.judged == len(SESSIONS) - len(slow)
    assert {line.partition(": ")[0].rpartition("/")[2] for line in told} == slow


def test_a_large_file_is_not_read_in_parts(
    tmp_path: Path, server: s3.Server, here: Executor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Parts would be in memory all at once."""
    monkeypatch.setattr(s3fs.S3FileSystem, "default_block_size", 1_000)
    s3.upload(fill(tmp_path / "in"))
    server.requests.clear()
    outcome = archive.usage("s3://sessions", out=tmp_path / "out", executor=here)
    assert outcome.judged == server.requests["GET"] == len(SESSIONS)


@pytest.mark.usefixtures("server")
def test_a_bucket_that_is_not_there(tmp_path: Path, here: Executor) -> None:
    s3.upload(fill(tmp_path / "in"))
    told: list[str] = []
    sources = ("s3://nowhere", "s3://sessions")
    outcome = archive.usage(*sources, out=tmp_path / "out", executor=here, trouble=told.append)
    assert (outcome.exit_code(), outcome.sessions) == (2, len(SESSIONS) + 1)
    assert told == ["s3://nowhere: it is not there"]


def test_a_throttled_listing_is_told(tmp_path: Path, server: s3.Server, here: Executor) -> None:
    told: list[str] = []
    for kind in ("HEAD bucket", "GET bucket"):
        server.bad = lambda asked, _path, _count, kind=kind: SLOW_DOWN if asked == kind else None
        options: dict[str, Any] = {"executor": here, "trouble": told.append}
        outcome = archive.usage("s3://sessions", out=tmp_path / kind, **options)
        assert outcome.exit_code() == 2
    assert told == ["s3://sessions: the storage asks for fewer requests"] * 2


def test_a_storage_that_does_not_answer_is_given_up(
    tmp_path: Path, server: s3.Server, here: Executor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither the rest of the task nor later tasks try it; a file of this machine is judged."""
    monkeypatch.setattr(fetching, "_ENOUGH", 0)
    monkeypatch.setattr(listing, "TASK_BYTES", 100_000)
    source, told = fill(tmp_path / "in", copies=9), list[str]()
    s3.upload(source)
    server.requests.clear()
    server.bad = after(GOOD, SLOW_DOWN)
    sources = ("s3://sessions", source / "0000" / SESSIONS[0].name)
    out = tmp_path / "out"
    outcome = archive.usage(*sources, out=out, executor=here, jobs=1, trouble=told.append)
    assert (outcome.exit_code(), outcome.judged) == (2, GOOD + 1)
    left_out = [line for line in told if "not tried, as s3://sessions does not answer" in line]
    tried = len(told) - len(left_out)
    assert 1 <= tried <= 3  # one task was done, two were under way
    assert server.requests["GET"] == GOOD + tried

    server.bad = lambda *_: None
    archive.usage(*sources, out=out, executor=here, resume=True)
    archive.usage(*sources, out=tmp_path / "whole", executor=here)
    assert tables(out) == tables(tmp_path / "whole")


@pytest.mark.usefixtures("server")
def test_a_storage_that_another_worker_reaches_is_not_given_up(
    tmp_path: Path, here: Executor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One file of the first task gets no answer, and all of the second do."""
    monkeypatch.setattr(listing, "TASK_BYTES", 100_000)
    s3.upload(fill(tmp_path / "in", copies=6))
    copy, tried = fetching._copy, 0

    def fails_once(*arguments: Any) -> None:
        nonlocal tried
        tried += 1
        if tried == 1:
            raise OSError("no route to the host")
        copy(*arguments)

    monkeypatch.setattr(fetching, "_copy", fails_once)
    monkeypatch.setattr(fetching, "_ENOUGH", 0)
    outcome = archive.usage("s3://sessions", out=tmp_path / "out", executor=here, jobs=1)
    assert 6 * len(SESSIONS) > outcome.judged > 3 * len(SESSIONS)


@pytest.mark.usefixtures("server")
def test_a_bucket_that_vanishes_while_it_is_read(
    tmp_path: Path, here: Executor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "TASK_BYTES", 100_000)
    source, out, told = fill(tmp_path / "in", copies=6), tmp_path / "out", list[str]()
    s3.upload(source)
    gone = False

    def vanish(_done: int, _all: int) -> None:
        nonlocal gone
        if not gone:
            s3.delete_all()
            gone = True

    options: dict[str, Any] = {"executor": here, "out": out, "trouble": told.append}
    outcome = archive.usage("s3://sessions", advance=vanish, **options)
    count = 6 * len(SESSIONS)
    assert (outcome.exit_code(), outcome.sessions) == (2, count)
    assert 0 < outcome.judged < count
    assert len(told) == count - outcome.judged
    assert {line.rpartition(": ")[2] for line in told} <= {
        "the bucket is not there",
        "it is not there",
    }
    resumed = archive.usage("s3://sessions", resume=True, **options)
    assert (resumed.exit_code(), resumed.judged) == (2, 0)
    assert told[-1] == "s3://sessions: it is not there"


CREDENTIALS = """
import json, pathlib, sys
count = pathlib.Path(sys.argv[1])
if len(count.read_text()) > int(sys.argv[2]):
    sys.exit("no more: " + sys.argv[3])
count.write_text(count.read_text() + "x")
print(json.dumps({"Version": 1, "AccessKeyId": sys.argv[4], "SecretAccessKey": sys.argv[3],
    "SessionToken": sys.argv[5], "Expiration": sys.argv[6]}))
"""
"""Gives credentials that must soon be renewed, and after some times none, telling a secret."""


@pytest.mark.usefixtures("server")
def test_credentials_that_cannot_be_renewed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    s3.upload(fill(tmp_path / "in"))
    program, count = tmp_path / "credentials.py", tmp_path / "count"
    program.write_text(CREDENTIALS)
    count.write_text("")
    soon = (datetime.now(UTC) + timedelta(minutes=5)).isoformat()
    command = [sys.executable, program, count, 8, SECRET, KEY_ID, TOKEN, soon]
    config = tmp_path / "config"
    config.write_text(f"[default]\ncredential_process = {' '.join(map(str, command))}\n")
    for name in ("ACCESS_KEY_ID", "SECRET_ACCESS_KEY", "SESSION_TOKEN"):
        monkeypatch.delenv(f"AWS_{name}")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(config))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    code, out, err = codexwire(
        "archive", "usage", "s3://sessions", "-o", tmp_path / "out", "--jobs", 1
    )
    assert code == 2
    lines = err.splitlines()
    assert 0 < len(lines) < len(SESSIONS)
    assert all(
        line.startswith("codexwire: error: s3://sessions/")
        and line.endswith(": there are no credentials (CredentialRetrievalError)")
        for line in lines
    )
    assert f"{len(SESSIONS)} sessions, {len(SESSIONS) - len(lines)} of them judged now" in out
    assert secrets_in(out, err, tables(tmp_path / "out")) == []


def test_a_signed_address_is_told_without_its_signature(tmp_path: Path, server: s3.Server) -> None:
    s3.upload(fill(tmp_path / "in"))
    signed = s3.signed(f"0000/{SESSIONS[0].name}") + f"&long={'x' * 300}"
    signature = signed.partition("Signature=")[2].partition("&")[0]
    assert signature
    refused = BAD_ANSWERS["refused"][0]
    answers: list[tuple[str, s3.Answer | None, str]] = [
        ("good", None, ""),
        ("refused", refused, "access is refused"),
        ("gone", s3.reset, "Server disconnected"),
    ]
    for name, answer, text in answers:
        server.bad = lambda *_, answer=answer: answer
        code, out, err = codexwire("archive", "usage", signed, "-o", tmp_path / name)
        assert code == (2 if text else 0)
        assert text in err
        found = tables(tmp_path / name)
        assert len(found["sessions"]) == 1
        assert "Signature=***" in repr(found)
        assert secrets_in(out, err, found) == []
        assert signature not in repr((out, err, found))


@pytest.mark.parametrize("user", ["user:pa55word", "user:pa55/word", "pa55word"])
def test_an_address_with_a_password_is_refused(user: str, tmp_path: Path) -> None:
    source = f"https://{user}@127.0.0.1/a.jsonl?token=pa55"
    code, out, err = codexwire("archive", "usage", source, "-o", tmp_path / "out")
    assert (code, err.count("\n")) == (2, 1)
    assert "pa55" not in out + err + repr(tables(tmp_path / "out"))


def test_a_listing_is_read_page_by_page(
    tmp_path: Path, server: s3.Server, here: Executor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When a later page is refused, the files of those before are judged."""
    monkeypatch.setenv("MOTO_S3_DEFAULT_MAX_KEYS", "4")
    source, told = fill(tmp_path / "in", copies=2), list[str]()
    s3.upload(source)
    server.requests.clear()
    found = listing.listed_files(["s3://sessions/0000", "s3://sessions/0001/"])
    names = [next(found).path]
    assert server.requests["GET bucket"] == 2  # whether it is a folder, and the first page
    names += [item.path for item in found]
    assert names == [f"s3://sessions/{p.relative_to(source)}" for p in sorted(source.rglob("*.*"))]

    pages = 0

    def refuse(kind: str, _path: str, _count: int) -> s3.Answer | None:
        nonlocal pages
        pages += kind == "GET bucket"
        return SLOW_DOWN if kind == "GET bucket" and pages > 3 else None

    server.bad = refuse
    options: dict[str, Any] = {"out": tmp_path / "out", "executor": here, "trouble": told.append}
    outcome = archive.usage("s3://sessions/0000", **options)
    assert (outcome.exit_code(), outcome.judged) == (2, 8)
    assert told == ["s3://sessions/0000: the storage asks for fewer requests"]
    server.bad = lambda *_: None
    assert archive.usage("s3://sessions/0000", resume=True, **options).sessions == len(SESSIONS)
