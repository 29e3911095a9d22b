"""The client of a generated TypeScript package, from node, with real binaries."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from live_client import listening
from noding import FOLDER, node, typescript_package

from codexwire.ingest import load
from codexwire.normalize import normalize

EXAMPLE = FOLDER.parents[1] / "examples" / "typescript" / "turn.mjs"
WORK = """
[[turn]]
[[turn.step]]
output = [{ shell = "touch made-by-command.txt", escalate = true }]
[[turn.step]]
output = [{ message = "Command done." }]
"""
SETTINGS = 'approval_policy = "on-request"\nsandbox_mode = "read-only"'
SLOW = """[[turn]]
[[turn.step]]
delay = 0.05
output = [{ message = "%s" }]
""" % ("one two three " * 100)
FAILS = '[[turn]]\n[[turn.step]]\nerror = { status = 400, message = "bad prompt" }'
STEP = "({ added }) => process.stdout.write(added)"
ENDS = (
    (SLOW, "client.close()", "the turn is unknown: the connection was lost: codex ended"),
    (
        SLOW,
        'client.request("turn/interrupt", { threadId, turnId })',
        "the turn is interrupted: turn/completed",
    ),
    (FAILS, "0", "the turn is failed: "),
)
"""What the model does, what the program does at the first piece of text, and what it says in the end."""


def on_path(binary: Path, home: Path, monkeypatch: Any) -> None:
    """Let `codex` be a binary, with a home of its own."""
    tools = home.parent / "bin"
    tools.mkdir()
    (tools / "codex").symlink_to(binary)
    monkeypatch.setenv("PATH", f"{tools}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("CODEX_HOME", str(home))


@pytest.mark.parametrize("answer", ["accept", "decline"])
@pytest.mark.parametrize("version", ["0.171.0", "0.163.0"])
def test_a_turn_with_an_approval(
    version: str, answer: str, binary: Any, stub_of: Any, project: Path, monkeypatch: Any
) -> None:
    home = stub_of(script=WORK).write_home(project.parent / "home", settings=SETTINGS)
    on_path(binary(version), home, monkeypatch)
    typescript_package(normalize(load(version)), project.parent, "codex-protocol")
    program = EXAMPLE.read_text("utf-8")
    if answer == "decline":  # as without a handler
        program = program.replace("item/commandExecution/requestApproval", "item/tool/call")
    (project / "turn.mjs").write_text(program)
    done = node("turn.mjs", "run the command", cwd=project)
    assert (done.returncode, done.stdout) == (0, "Command done."), done.stderr
    assert ("it wants to run" in done.stderr) is (answer == "accept")
    assert (project / "made-by-command.txt").exists() is (answer == "accept")


def test_a_client_over_a_websocket(binary: Any, stub_of: Any, project: Path) -> None:
    home = stub_of("Hello!").write_home(project.parent / "home")
    typescript_package(normalize(load("0.163.0")), project.parent, "codex-protocol")
    program = EXAMPLE.read_text("utf-8").replace(
        "new Client(stdio())", "new Client(await webSocket(process.argv[3]))"
    )
    program = program.replace("import { Client }", "import { Client, webSocket }")
    (project / "turn.mjs").write_text(program)
    args = ("--listen", "ws://127.0.0.1:0")
    with listening(binary("0.163.0"), home, *args, cwd=project) as address:
        done = node("--experimental-websocket", "turn.mjs", "hi", address(), cwd=project)
    assert (done.returncode, done.stdout) == (0, "Hello!"), done.stderr


@pytest.mark.parametrize("version", ["0.171.0", "0.163.0"])
def test_a_turn_says_how_it_ended(
    version: str, binary: Any, stub_of: Any, project: Path, monkeypatch: Any
) -> None:
    typescript_package(normalize(load(version)), project, "codex-protocol")
    for number, (script, act, said) in enumerate(ENDS):
        folder = project / str(number)
        folder.mkdir()
        on_path(binary(version), stub_of(script=script).write_home(folder / "home"), monkeypatch)
        step = f"({{ added, threadId, turnId }}) => added && {act}"
        program = EXAMPLE.read_text("utf-8")
        assert STEP in program
        (folder / "turn.mjs").write_text(program.replace(STEP, step))
        done = node("turn.mjs", "go", cwd=folder)
        assert (done.returncode, done.stderr.startswith(said)) == (1, True), done.stderr
