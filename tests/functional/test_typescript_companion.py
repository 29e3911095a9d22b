"""`--lang typescript --companion DIR`: a package on types that the user has.

The types here are invented, and only some; those of real binaries are in tests/live.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from noding import compiled, node

from codexwire.ingest import load
from codexwire.normalize import normalize
from codexwire.wire import Validators

TYPES = {
    "RequestId.ts": "export type RequestId = string | number;\n",
    "SessionSource.ts": 'export type SessionSource = "old";\n',
    "index.ts": 'export type { RequestId } from "./RequestId";\nexport * as v2 from "./v2";\n',
    "v2/index.ts": 'export type { Thread } from "./Thread";\n',
    "v2/SessionSource.ts": 'export type SessionSource = "new";\n',
    "v2/Thread.ts": "// made\n\nexport type Thread = {\n  id: string,\n};\n",
    "v2/Turn.ts": "export type Turn<T> = { id: T };\n",
    "moved/AskForApproval.ts": "export interface AskForApproval { never: true }\n",
    "a/Model.ts": "export type Model = 1;\n",
    "b/Model.d.ts": "export declare type Model = 2;\n",
}
"""Two in the place that the schema names, one elsewhere, one with a parameter, one that is there twice."""
PROJECT = """
[tool.codexwire]
schema = "0.171.0"
lang = "typescript"
companion = "src/codex"
out = "src"
package = "companion"

[[tool.codexwire.packages]]
schema = "0.171.0"
package = "whole"
"""
PROGRAM = """
import type { AskForApproval, Model, SessionSource, Thread } from "./src/companion/index.js";
import type { Turn, V1SessionSource } from "./src/companion/index.js";
import type { Thread as Upstream } from "./src/codex/v2/Thread.js";
import { refusals } from "./src/companion/index.js";
import { isSessionSource, isV1SessionSource } from "./src/companion/validators.js";

export const sources: [SessionSource, V1SessionSource] = ["new", "old"];
export const thread: Thread = { id: "t" } satisfies Upstream;
export const moved: AskForApproval = { never: true };
export function own(turn: Turn, model: Model): string[] {
  return [turn.id, turn.status, model.displayName, ...Object.keys(refusals)];
}
export function told(value: unknown): "new" | "old" | undefined {
  return isSessionSource(value) ? value : isV1SessionSource(value) ? value : undefined;
}
"""

NOT_TYPESCRIPT = "only a package of the language typescript can be a companion"


def codexwire(folder: Path, *args: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "codexwire", "generate", *args]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, env=os.environ)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for name, text in TYPES.items():
        file = tmp_path / "src" / "codex" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    (tmp_path / "pyproject.toml").write_text(PROJECT)
    return tmp_path


@pytest.fixture
def companion(project: Path) -> Path:
    done = codexwire(project)
    assert done.returncode == 0, done.stderr
    return project / "src" / "companion"


def test_types_that_are_there_are_imported_and_all_others_declared(companion: Path) -> None:
    text = (companion / "types.d.ts").read_text("utf-8")
    imported = re.findall(r'^import type \{ (.+) \} from "(.+)";$', text, re.M)
    assert dict(imported) == {
        "AskForApproval": "../codex/moved/AskForApproval.js",
        "RequestId": "../codex/RequestId.js",
        "SessionSource": "../codex/v2/SessionSource.js",
        "SessionSource as V1SessionSource": "../codex/SessionSource.js",
        "Thread": "../codex/v2/Thread.js",
    }
    declared = re.findall(r"^export (?:interface|type) (\w+)", text, re.M)
    assert {"Turn", "Model", "TurnStatus"} <= {*declared}
    assert "Thread" not in declared


@pytest.mark.parametrize("resolution", ["nodenext", "bundler"])
def test_it_compiles_on_those_types(companion: Path, resolution: str) -> None:
    folder = companion.parents[1]
    (folder / "use.mts").write_text(PROGRAM)
    files = ["use.mts", *(str(file) for file in companion.rglob("*.d.ts"))]
    if resolution == "bundler":  # what upstream's own index is written for
        files += ["src/codex/v2/index.ts"]
    said = compiled(folder, files, resolution)
    assert not said, said


def test_refusals_are_whole_answers(companion: Path) -> None:
    program = "import { refusals } from './index.js'; console.log(JSON.stringify(refusals));"
    done = node("--input-type=module", "-e", program, cwd=companion)
    assert done.returncode == 0, done.stderr
    refusals = json.loads(done.stdout)
    protocol = normalize(load("0.171.0")).protocol
    validators = Validators(protocol)
    asked = [m for m in protocol.methods if m.label.startswith("server request")]
    assert [*refusals] == [method.name for method in asked]
    for method in asked:
        answer = {"id": 7, **refusals[method.name]}
        if "result" not in answer:
            assert validators.accepts_error(answer)
        elif "/" in method.name:  # no release asks the others as late as this one
            assert validators.accepts_response(answer, method.name, method.sender)
    assert {"result", "error"} == {key for answer in refusals.values() for key in answer}


def test_a_changed_type_folder_is_drift_and_the_package_is_no_part_of_it(project: Path) -> None:
    args = ("--schema", "0.171.0", "--lang", "typescript", "--companion", "src/codex")
    args = (*args, "--out", "src/codex", "--package", "mine")
    assert codexwire(project, *args).returncode == 0
    assert codexwire(project, *args, "--check").returncode == 0
    text = (project / "src" / "codex" / "mine" / "types.d.ts").read_text("utf-8")
    assert 'from "../v2/Thread.js"' in text
    (project / "src" / "codex" / "v2" / "Account.ts").write_text("export type Account = 1;\n")
    done = codexwire(project, *args, "--check")
    assert done.returncode == 1
    assert "different  src/codex/mine/types.d.ts" in done.stdout


def test_a_further_package_does_not_take_it_over_and_no_path_is_told(companion: Path) -> None:
    project = companion.parents[1]
    assert (project / "src" / "whole" / "types.d.ts").read_text("utf-8").count("import type {") == 0
    assert not (project / "src" / "whole" / "refusals.js").exists()
    stamped = (companion / "index.js").read_text("utf-8").splitlines()[0]
    assert "--lang typescript --companion PATH`" in stamped
    assert all(str(project) not in file.read_text("utf-8") for file in companion.rglob("*.*"))


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("--lang", "python"), NOT_TYPESCRIPT),
        (("--lang", "openrpc"), NOT_TYPESCRIPT),
        (
            ("--lang", "typescript"),
            "empty has no TypeScript types (name the folder that codex's generate-ts wrote)",
        ),
    ],
)
def test_what_cannot_be_is_refused_in_one_line(
    tmp_path: Path, args: tuple[str, ...], said: str
) -> None:
    done = codexwire(tmp_path, *args, "--schema", "0.171.0", "--companion", "empty")
    assert (done.returncode, done.stderr) == (2, f"codexwire: error: {said}\n")
    assert [*tmp_path.iterdir()] == []


def test_a_configured_companion_must_be_typescript(project: Path) -> None:
    text = PROJECT.replace('package = "whole"', 'lang = "python"\ncompanion = "src/codex"')
    (project / "pyproject.toml").write_text(text)
    done = codexwire(project)
    assert (done.returncode, done.stderr) == (2, f"codexwire: error: {NOT_TYPESCRIPT}\n")
