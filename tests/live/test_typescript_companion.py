"""A companion package compiles beside what `codex app-server generate-ts` of a real binary writes."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from noding import FOLDER, compiled, node

PROGRAM = FOLDER / "program" / "companion.mts"
GUIDE = FOLDER.parents[1] / "docs" / "guides" / "companion.md"
RUNS = """
import { isThread } from "./companion/validators.js";
import { refusals, threadId } from "./companion/index.js";
const id = threadId("turn/started", { threadId: "t", turn: { id: "u" } });
console.log(id, isThread({}), refusals["item/fileChange/requestApproval"].result.decision);
"""


@pytest.mark.parametrize(
    ("channel", "options", "resolution"),
    [
        ("stable", (), "bundler"),
        ("experimental", ("--experimental",), "nodenext"),
        ("experimental", (), "bundler"),
    ],
    ids=["stable", "experimental", "fewer-types-than-the-schema"],
)
@pytest.mark.parametrize("version", ["0.171.0", "0.163.0"])
def test_it_compiles_beside_the_types_of_a_binary(
    version: str,
    channel: str,
    options: tuple[str, ...],
    resolution: str,
    binary: Any,
    project: Path,
) -> None:
    home = project.parent / "home"
    home.mkdir()
    command = [str(binary(version)), "app-server", "generate-ts", "--out", "codex", *options]
    env = {**os.environ, "CODEX_HOME": str(home)}
    made = subprocess.run(command, cwd=project, env=env, capture_output=True, text=True)
    assert made.returncode == 0, made.stderr
    args = ("--schema", version, "--channel", channel, "--lang", "typescript")
    args = (*args, "--companion", "codex", "--out", ".", "--package", "companion")
    generate = [sys.executable, "-m", "codexwire", "generate", *args]
    done = subprocess.run(generate, cwd=project, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    (project / PROGRAM.name).write_bytes(PROGRAM.read_bytes())
    (block,) = re.findall(r"^```ts\n(.+?)^```", GUIDE.read_text("utf-8"), re.M | re.S)
    (project / "guide.mts").write_text(block)
    packaged = [str(file) for file in (project / "companion").rglob("*.d.ts")]
    said = compiled(project, [PROGRAM.name, "guide.mts", *packaged], resolution)
    assert not said, said
    own = (project / "companion" / "types.d.ts").read_text("utf-8").partition("not there.")[2]
    has_fewer = channel == "experimental" and not options
    assert (own.count("\nexport ") > 50) is has_fewer
    (project / "run.mjs").write_text(RUNS)
    ran = node("run.mjs", cwd=project)
    assert (ran.returncode, ran.stdout) == (0, "t false decline\n"), ran.stderr
