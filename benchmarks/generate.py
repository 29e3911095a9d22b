"""Generate the package of the newest vendored protocol, against `datamodel-codegen` on the same bundle.

Whole processes, their processor time (children included), medians. `datamodel-codegen` runs with its own
defaults (it formats with black and isort), and with ruff in their place; ours writes the complete package
(models, methods, registry, clients), formatted with black: from nothing, again with nothing changed,
`--check`, and after a rule of the project has changed one type.

    python benchmarks/generate.py [--schema 0.169.0] [--runs 3]
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from codexwire.resources import schema_root

DEFAULT, RUFF = "datamodel-codegen", "datamodel-codegen, ruff"
NOTHING, AGAIN, CHECK, CHANGED = "from nothing", "nothing changed", "--check", "one rule more"
AGAINST = {NOTHING: DEFAULT, AGAIN: RUFF, CHECK: RUFF, CHANGED: RUFF}

RULE = """
[[tool.codexwire.rules]]
id = "acme-turn-cost"
title = "Our server adds the cost to a turn."
type = "v2/Turn"
patch = [{ op = "add", path = "/properties/cost", value = { type = "number" } }]
"""


def commands(version: str, folder: Path) -> Iterator[tuple[str, list[str]]]:
    """Yield the command lines in the order in which they run; they write below `folder`."""
    bundle = schema_root() / version / "experimental.json"
    theirs = [sys.executable, "-m", "datamodel_code_generator", "--input", str(bundle)]
    theirs += ["--input-file-type", "jsonschema", "--output", str(folder / "theirs.py")]
    theirs += ["--output-model-type", "pydantic_v2.BaseModel"]
    ours = [sys.executable, "-m", "codexwire", "generate", "--schema", version]
    ours += ["--out", str(folder / "ours")]
    yield DEFAULT, theirs
    yield RUFF, [*theirs, "--formatters", "ruff-format", "ruff-check"]
    yield NOTHING, ours
    yield AGAIN, ours
    yield CHECK, [*ours, "--check"]
    (folder / "pyproject.toml").write_text(RULE, "utf-8")
    yield CHANGED, ours


def measure(command: list[str], folder: Path) -> tuple[float, float]:
    """Return wall time and processor time (children included) of a fresh process, in seconds."""
    before, start = os.times(), time.perf_counter()
    environment = {**os.environ, "CODEXWIRE_CACHE": str(folder / "cache")}
    subprocess.run(command, cwd=folder, check=True, capture_output=True, env=environment)
    wall, after = time.perf_counter() - start, os.times()
    used = after.children_user + after.children_system
    return wall, used - before.children_user - before.children_system


def main() -> None:
    """Print the medians of all, and the ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--schema", default="0.169.0")
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    found: dict[str, list[tuple[float, float]]] = {}
    for _ in range(options.runs):
        with tempfile.TemporaryDirectory() as folder:
            for name, command in commands(options.schema, Path(folder)):
                found.setdefault(name, []).append(measure(command, Path(folder)))
    median = {
        n: [statistics.median(column) for column in zip(*f, strict=True)] for n, f in found.items()
    }
    for name, (wall, used) in median.items():
        peer = AGAINST.get(name)
        ratio = "" if peer is None else f"  {used / median[peer][1]:.2f} of {peer}"
        print(f"{name:24} {used:6.2f} s of processor time  ({wall:.2f} s){ratio}")


if __name__ == "__main__":
    main()
