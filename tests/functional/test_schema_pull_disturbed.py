"""`codexwire schema pull` interrupted, twice at once, without room, and of several releases."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from fake_world import ENTRY, Done, World, refused

from fake_release import (
    NPM_MEMBER,
    PLATFORM,
    WHEEL_MEMBER,
    fake_binary,
    golden_bundles,
    npm_package,
    put_binary,
    wheel,
)


def test_a_cache_that_cannot_be_written(world: World) -> None:
    world.cache.write_text("a file")
    world.release("9.9.1")
    done = world.pull("9.9.1")
    assert done.code == 2
    assert "cannot keep 9.9.1 in the cache: " in done.err
    assert str(world.cache) in done.err
    assert world.cache.read_text() == "a file"


def test_a_disk_that_is_full(world: World) -> None:
    """With a limit on the size of a file, the copy of the binary fails as on a full disk."""
    bundles = {"stable": golden_bundles()["stable"]}
    content = fake_binary("9.9.1", bundles=bundles) + b"\n# " + b"." * 200_000
    binary = put_binary(world.folder / "codex", content)
    script = f"ulimit -f 100; exec {sys.executable} -m codexwire schema pull --keep-binary"
    done = subprocess.run(
        ["bash", "-c", f"{script} --binary {binary}"], capture_output=True, text=True
    )
    refused(
        world,
        Done(done.returncode, done.stdout, done.stderr),
        "cannot keep 9.9.1",
        "File too large",
    )
    assert world.pull("--binary", binary, "--keep-binary").code == 0


def start(*arguments: str | Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "codexwire", "schema", "pull", *map(str, arguments)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def wait_for(path: Path) -> None:
    for _ in range(400):
        if path.is_file() and path.read_text():
            return
        time.sleep(0.05)
    raise AssertionError(f"{path} did not appear")


def wait_for_end(process: int) -> None:
    """Wait until a process is gone, or dead and waits for a parent that does not ask."""
    for _ in range(400):
        with contextlib.suppress(ProcessLookupError, FileNotFoundError):
            os.kill(process, 0)
            if Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z":
                time.sleep(0.05)
                continue
        return
    raise AssertionError(f"{process} still runs")


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_an_interrupted_pull_starts_clean(how: signal.Signals, world: World) -> None:
    note = world.folder / "child"
    world.release("9.9.1", "hang", note=note)
    process = start("9.9.1", "--source", "pypi")
    wait_for(note)
    process.send_signal(how)
    process.communicate(timeout=60)
    assert process.returncode == (-how if how is signal.SIGKILL else 128 + how)
    assert (world.cached() == []) is (how is not signal.SIGKILL)
    child = int(note.read_text())
    if how is not signal.SIGKILL:
        wait_for_end(child)
    if how is signal.SIGKILL:  # nobody was left to do it
        os.kill(child, signal.SIGKILL)
    world.release("9.9.1")
    assert world.pull("9.9.1").code == 0
    assert world.cached() == [f"schema/9.9.1/{name}" for name in ENTRY]


def test_two_pulls_at_once_are_one(world: World) -> None:
    world.release("9.9.1")
    both = [start("9.9.1", "--source", "pypi") for _ in range(2)]
    outs = [process.communicate(timeout=120)[0] for process in both]
    assert [process.returncode for process in both] == [0, 0]
    assert sorted("already cached" in out for out in outs) == [False, True]
    assert world.cached() == [f"schema/9.9.1/{name}" for name in ENTRY]
    assert world.command("schema", "verify", "9.9.1").code == 0


def test_latest_and_all_are_stable_releases_with_a_build(
    world: World, npm: Callable[..., None]
) -> None:
    for version in ("9.9.1", "9.9.2"):
        world.release(version)
    wheel(world.wheels, "9.9.4a1", {WHEEL_MEMBER: fake_binary("9.9.4-alpha.1")})
    build = npm_package(f"9.9.3-{PLATFORM}", {NPM_MEMBER: fake_binary("9.9.3")})
    without = {name: npm_package(name, {}) for name in ("9.9.3", "9.9.5", "0.1.2505291658")}
    npm({**without, f"9.9.3-{PLATFORM}": build, "9.9.5-alpha.1": npm_package("9.9.5-alpha.1", {})})
    assert world.command("schema", "pull", "latest").out.startswith("9.9.3: pulled")
    done = world.command("schema", "pull", "all")
    assert done.code == 0, done.err
    assert [line[:13] for line in done.out.splitlines()] == [
        "9.9.1: pulled",
        "9.9.2: pulled",
        "9.9.3: alread",
    ]


def test_one_that_fails_does_not_stop_the_others_and_a_new_run_goes_on(world: World) -> None:
    world.release("9.9.1", "crash")
    world.release("9.9.2")
    done = world.pull("9.9.1", "9.9.2")
    assert done.code == 2
    assert done.out.startswith("9.9.2: pulled")
    first, last = done.err.splitlines()
    assert first.startswith("codexwire: error: 9.9.1: codex failed to write its stable schema")
    assert last.startswith("codexwire: error: 1 of 2 could not be pulled")
    world.release("9.9.1")
    done = world.pull("9.9.1", "9.9.2")
    assert done.code == 0
    assert [line.split(":")[1] for line in done.out.splitlines()] == [
        " pulled from openai-codex-cli-bin==9.9.1",
        " already cached",
    ]
