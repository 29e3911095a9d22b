"""Generate the package of the newest vendored protocol, against `datamodel-codegen` on the same bundle.

Whole processes. `datamodel-codegen` runs with its own defaults (it formats with black and isort);
ours writes the complete package (models, methods, registry), formatted with black.

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
from pathlib import Path

from codexwire.resources import schema_root

OURS, THEIRS = "codexwire generate", "datamodel-codegen"


def commands(version: str, folder: Path) -> dict[str, list[str]]:
    """Return both command lines; they write below `folder`."""
    bundle = schema_root() / version / "experimental.json"
    ours = [sys.executable, "-m", "codexwire", "generate", "--schema", version]
    theirs = [sys.executable, "-m", "datamodel_code_generator", "--input", str(bundle)]
    return {
        OURS: [*ours, "--out", str(folder / "ours")],
        THEIRS: [
            *theirs,
            *("--input-file-type", "jsonschema", "--output", str(folder / "theirs.py")),
            *("--output-model-type", "pydantic_v2.BaseModel"),
        ],
    }


def measure(command: list[str], folder: Path) -> tuple[float, float]:
    """Return wall time and processor time (children included) of a fresh process, in seconds."""
    before, start = os.times(), time.perf_counter()
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    wall, after = time.perf_counter() - start, os.times()
    used = after.children_user + after.children_system
    return wall, used - before.children_user - before.children_system


def main() -> None:
    """Print the medians of both, and the ratio."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--schema", default="0.169.0")
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    found: dict[str, list[tuple[float, float]]] = {OURS: [], THEIRS: []}
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(options.runs):
            for name, command in commands(options.schema, Path(folder)).items():
                found[name].append(measure(command, Path(folder)))
    median = {
        n: [statistics.median(column) for column in zip(*f, strict=True)] for n, f in found.items()
    }
    for name, (wall, used) in median.items():
        print(f"{name:20} {wall:6.2f} s  ({used:.2f} s of processor time)")
    print(f"ours / theirs: {median[OURS][0] / median[THEIRS][0]:.2f}")


if __name__ == "__main__":
    main()
