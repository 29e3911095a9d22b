"""`codexwire record` around programs that are no servers at all: what goes in comes out."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import signal
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import zstandard
from recorder import ECHO, PYTHON, lines_of, recorder, through

from codexwire.cli.app import run as codexwire
from codexwire.transcript.source import OpenRecording

RECORDINGS = Path(__file__).parents[1] / "data" / "recordings"
ODD = b'{"n":1.0,"big":12345678901234567890}\r\n\n  not json\n\xff\xfe\x00\n[1]\n{"s":"\\ud800"}\npart'


def begin(out: Path, program: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        recorder(out, PYTHON, "-u", "-c", program), stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )


def test_bytes_pass_unchanged_whatever_they_are(tmp_path: Path) -> None:
    out = tmp_path / "r.jsonl"
    done = through(out, ODD, PYTHON, "-c", ECHO)
    assert (done.returncode, done.stdout, done.stderr) == (0, ODD, b"")
    *lines, end = lines_of(out)
    for side in ("client", "server"):
        own = [line for line in lines if line["dir"] == side]
        assert [line.get("raw") for line in own] == [
            None,
            "not json",
            "\ufffd\ufffd\x00",
            "[1]",
            None,
            "part",
        ]
        assert own[2]["base64"] == "//4A"
    assert b'"msg": {"n":1.0,"big":12345678901234567890}}' in out.read_bytes()
    assert (end["dir"], end["event"], end["code"]) == ("client", "closed", 0)
    assert [line["ts"] for line in lines] == sorted(line["ts"] for line in lines)


def test_a_line_longer_than_100_megabytes(tmp_path: Path) -> None:
    program = (
        "import sys\n"
        "data = sys.stdin.buffer.read()\n"
        "import hashlib\n"
        "print(hashlib.sha256(data).hexdigest())\n"
    )
    data = b'{"long":"' + b"x" * (101 << 20) + b'"}'
    done = through(tmp_path / "r.zst", data, PYTHON, "-c", program)
    digest = hashlib.sha256(data).hexdigest()
    assert done.stdout.decode().split() == [digest]
    with OpenRecording(str(tmp_path / "r.zst")) as source:
        (_, line), (_, answer), _ = source.lines()
    assert line.endswith(b'"msg": ' + data + b"}\n")
    assert json.loads(answer)["raw"] == digest


def test_the_exit_code_and_standard_error_are_the_childs(tmp_path: Path) -> None:
    program = "import sys; print('oops', file=sys.stderr); sys.exit(7)"
    done = through(tmp_path / "r.jsonl", b"", PYTHON, "-c", program)
    assert (done.returncode, done.stderr.splitlines()) == (7, [b"oops"])
    assert lines_of(tmp_path / "r.jsonl")[-1]["code"] == 7


def test_a_child_that_ends_first_ends_the_proxy(tmp_path: Path) -> None:
    child = begin(tmp_path / "r.jsonl", "print('bye')")
    assert child.stdout is not None
    assert child.stdout.read() == b"bye\n"
    assert child.wait(timeout=60) == 0
    assert lines_of(tmp_path / "r.jsonl")[-1]["dir"] == "server"
    child.communicate()


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGUSR1", "SIGUSR2"])
def test_signals_are_passed_on(name: str, tmp_path: Path) -> None:
    program = (
        "import signal, sys, time\n"
        f"signal.signal(signal.{name}, lambda *_: (print('got it'), sys.exit(3)))\n"
        "print('ready')\n"
        "while True: time.sleep(1)\n"
    )
    child = begin(tmp_path / "r.jsonl", program)
    assert child.stdout is not None
    assert child.stdout.readline() == b"ready\n"
    child.send_signal(getattr(signal, name))
    assert child.stdout.read() == b"got it\n"
    assert child.wait(timeout=60) == 3
    child.communicate()


def test_a_child_that_a_signal_ends(tmp_path: Path) -> None:
    program = "import os, signal; os.kill(os.getpid(), signal.SIGKILL)"
    assert through(tmp_path / "r.jsonl", b"", PYTHON, "-c", program).returncode == 128 + 9


def test_a_client_that_stops_reading_is_passed_on(tmp_path: Path) -> None:
    """As without a proxy, a server that goes on writing is ended by SIGPIPE."""
    program = (
        "import signal\nsignal.signal(signal.SIGPIPE, signal.SIG_DFL)\nwhile True: print('more')\n"
    )
    child = begin(tmp_path / "r.jsonl", program)
    assert child.stdout is not None
    assert child.stdout.readline() == b"more\n"
    child.stdout.close()
    assert child.wait(timeout=60) == 128 + signal.SIGPIPE
    assert child.stdin is not None
    child.stdin.close()


def test_a_process_that_keeps_the_pipe_does_not_keep_the_proxy(tmp_path: Path) -> None:
    program = (
        "import subprocess, sys\n"
        "subprocess.Popen([sys.executable, '-c', 'import sys; sys.stdin.read()'],"
        " stdin=open(sys.argv[1]))\n"
        "print('leaving')\n"
    )
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    keep = os.open(fifo, os.O_RDWR)  # the grandchild lives as long as this is open
    try:
        line = recorder(tmp_path / "r.jsonl", PYTHON, "-c", program, str(fifo))
        done = subprocess.run(line, input=b"", stdout=subprocess.PIPE, timeout=60)
        assert (done.returncode, done.stdout) == (0, b"leaving\n")
    finally:
        os.close(keep)


@pytest.mark.parametrize("suffix", ["jsonl", "jsonl.gz", "jsonl.zst"])
def test_a_recorder_that_is_killed_leaves_what_was_said(
    suffix: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The last line of either direction may be lost: it is recorded after it went on."""
    out = tmp_path / f"r.{suffix}"
    child = begin(out, ECHO)
    assert child.stdin is not None
    assert child.stdout is not None
    for number in range(50):
        message = f'{{"id":{number},"method":"thread/list","params":{{}}}}\n'.encode()
        child.stdin.write(message)
        child.stdin.flush()
        assert child.stdout.readline() == message
    child.kill()
    child.wait()
    lines = lines_of(out)
    for side in ("client", "server"):
        numbers = [line["msg"]["id"] for line in lines if line["dir"] == side]
        assert numbers == list(range(len(numbers)))
        assert len(numbers) >= 49
    assert codexwire(["validate", str(out), "--fail-on", "error"]) in (0, 1)
    assert "could not be checked" not in capsys.readouterr().out
    child.communicate()


@pytest.mark.parametrize(("suffix", "unpack"), [("gz", gzip.decompress), ("zst", None)])
def test_packed_recordings_are_ordinary_archives(
    suffix: str, unpack: Callable[[bytes], bytes] | None, tmp_path: Path
) -> None:
    out = tmp_path / f"r.jsonl.{suffix}"
    through(out, ODD, PYTHON, "-c", ECHO)
    if unpack is None:
        unpack = zstandard.ZstdDecompressor().decompressobj().decompress
    assert len(unpack(out.read_bytes()).splitlines()) == 13


@pytest.mark.parametrize("suffix", ["gz", "zst"])
def test_a_cut_anywhere_loses_only_what_comes_after_it(suffix: str, tmp_path: Path) -> None:
    whole, cut = tmp_path / f"r.{suffix}", tmp_path / f"cut.{suffix}"
    data = b"".join(b'{"id":%d,"method":"m"}\n' % n for n in range(100))
    through(whole, data, PYTHON, "-c", "import sys; sys.stdin.read()")
    with OpenRecording(str(whole)) as source:
        lines = [line for _, line in source.lines()]
    assert len(lines) == 101
    packed = whole.read_bytes()
    seen = set()
    for size in range(len(packed) // 2, len(packed), 7):
        cut.write_bytes(packed[:size])
        with OpenRecording(str(cut)) as source:
            found = [line for _, line in source.lines()]
            assert source.damage is None
        assert found == lines[: len(found)] or found[:-1] == lines[: len(found) - 1]
        seen.add(len(found))
    assert len(seen) > 20


def test_violations_are_printed_and_the_exit_code_stays_the_childs(tmp_path: Path) -> None:
    out = tmp_path / "r.jsonl"
    data = b'{"id":1,"method":"thread/start","params":{"cwd":5}}\n'
    done = through(out, data, PYTHON, "-c", ECHO, options=("--validate", "--schema", "0.163.0"))
    assert (done.returncode, done.stdout) == (0, data)
    *findings, summary = done.stderr.decode().splitlines()
    assert any(
        line.startswith(f"{out}:1#/params/cwd: error: schema/type: client thread/start: ")
        for line in findings
    ), findings
    assert summary.startswith(f"codexwire: {out}: 1 file, 2 messages: ")


def test_redaction_while_recording_and_afterwards_give_the_same(tmp_path: Path) -> None:
    plain, redacted, after = (tmp_path / name for name in ("plain", "redacted", "after"))
    data = b'{"apiKey":"hunter22222"}\n{"cwd":"/home/anna/x","mail":"anna@corp.example"}\nhunter22222\n'
    program = "import sys; sys.stdin.read()"
    through(plain, data, PYTHON, "-c", program)
    through(redacted, data, PYTHON, "-c", program, options=("--redact",))
    assert codexwire(["redact", str(plain), "-o", str(after)]) == 0

    def without_times(path: Path) -> list[Any]:
        return [{**line, "ts": 0} for line in lines_of(path)]

    assert without_times(redacted) == without_times(after) != without_times(plain)
    assert without_times(redacted)[:3] == [
        {"ts": 0, "dir": "client", "msg": {"apiKey": "redacted-1"}},
        {
            "ts": 0,
            "dir": "client",
            "msg": {"cwd": "/home/user-1/x", "mail": "email-1@example.com"},
        },
        {"ts": 0, "dir": "client", "raw": "redacted-1"},
    ]


if sys.platform != "win32":

    def test_recordings_are_their_owners_alone(tmp_path: Path) -> None:
        made, old, redacted = (tmp_path / name for name in ("made", "old", "redacted"))
        old.write_text("yesterday's")
        through(made, b"{}\n", PYTHON, "-c", ECHO)
        through(old, b"{}\n", PYTHON, "-c", ECHO, options=("--force",))
        assert codexwire(["redact", str(made), "-o", str(redacted)]) == 0
        assert [stat.S_IMODE(p.stat().st_mode) for p in (made, old, redacted)] == [0o600] * 3

    def limited(*arguments: str) -> subprocess.CompletedProcess[bytes]:
        """The command, with files that can have no more than 1,000 bytes, as on a disk that is full."""
        script = "ulimit -f 1; trap '' XFSZ; exec \"$@\""
        command = ["bash", "-c", script, "-", PYTHON, "-m", "codexwire", *arguments]
        said = b'{"id":1,"method":"model/list"}\n' * 500
        return subprocess.run(command, input=said, capture_output=True, timeout=120)

    @pytest.mark.parametrize("old", [None, "as it was"])
    @pytest.mark.parametrize(
        "arguments", [("contract", "from"), ("redact",)], ids=["contract", "redact"]
    )
    def test_a_full_disk_leaves_nothing_half(
        arguments: tuple[str, ...], old: str | None, tmp_path: Path
    ) -> None:
        out = tmp_path / "out"
        if old is not None:
            out.write_text(old)
        source = RECORDINGS / "0.163.0" / "s02_command_approval.jsonl"
        done = limited(*arguments, str(source), "-o", str(out))
        error = done.stderr.decode().splitlines()[-1]
        assert (done.returncode, done.stdout) == (2, b"")
        assert error.startswith(f"codexwire: error: {out}: ")
        assert error.endswith("File too large")
        assert {p.name: p.read_text() for p in tmp_path.iterdir()} == (
            {} if old is None else {"out": old}
        )

    def test_a_full_disk_costs_the_recording_and_not_the_file_that_was_there(
        tmp_path: Path,
    ) -> None:
        out = tmp_path / "out"
        out.write_text("as it was")
        done = limited("record", "--force", "-o", str(out), "--", "cat")
        assert (done.returncode, len(done.stdout.splitlines())) == (2, 500)
        assert done.stderr.decode() == (
            f"codexwire: {out}: the recording stops here, it cannot be written: File too large\n"
        )
        assert {p.name: p.read_text() for p in tmp_path.iterdir()} == {"out": "as it was"}
