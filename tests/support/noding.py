"""Node and the pinned TypeScript of `tests/typescript`, for generated npm packages."""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

from codexwire.emit.header import stamp_of
from codexwire.emit.plan import plan_package
from codexwire.ir.model import Protocol
from codexwire.normalize import Normalized

__all__ = ["FOLDER", "compiled", "judged", "node", "typescript_package"]

FOLDER = Path(__file__).parents[1] / "typescript"
RESOLUTIONS: Mapping[str, Mapping[str, str]] = {
    "nodenext": {"module": "nodenext"},
    "bundler": {"module": "esnext", "moduleResolution": "bundler"},
}
STRICT = {
    "strict": True,
    "noUncheckedIndexedAccess": True,
    "exactOptionalPropertyTypes": True,
    "skipLibCheck": False,
    "noEmit": True,
    "target": "es2022",
    "lib": ["es2023", "dom"],
}


def typescript_package(normalized: Normalized | Protocol, folder: Path, name: str) -> Path:
    """Write the package of a protocol where node finds it by its name from `folder`."""
    if isinstance(normalized, Protocol):
        normalized = Normalized(normalized, (), ())
    stamp = stamp_of(normalized.protocol, "--lang typescript")
    plan = plan_package(normalized, stamp, package=name, lang="typescript")
    package = folder / "node_modules" / name
    for path, content in plan.files.items():
        (package / path).parent.mkdir(parents=True, exist_ok=True)
        (package / path).write_bytes(content)
    return package


@cache
def _modules() -> Path:
    """Return the installed packages of `tests/typescript`; fails with the reason where it cannot."""
    npm = shutil.which("npm")
    if npm is None:
        pytest.fail("no node and npm on PATH (node 20 or newer)")
    modules = FOLDER / "node_modules"
    with FileLock(Path(tempfile.gettempdir()) / "codexwire-tests-typescript.lock"):
        done, wanted = modules / ".package-lock.json", FOLDER / "package-lock.json"
        if not done.is_file() or done.stat().st_mtime < wanted.stat().st_mtime:  # npm's last file
            got = subprocess.run([npm, "ci"], cwd=FOLDER, capture_output=True, text=True)
            assert got.returncode == 0, got.stderr
    return modules


def node(*arguments: str, cwd: Path = FOLDER) -> subprocess.CompletedProcess[str]:
    """Run node and return what came of it."""
    _modules()
    return subprocess.run(
        ["node", *arguments], cwd=cwd, capture_output=True, text=True, timeout=600
    )


def compiled(folder: Path, files: Iterable[str], resolution: str, **options: Any) -> str:
    """Return what the compiler says about files of a folder; nothing where they are right."""
    types = {"typeRoots": [str(_modules() / "@types")], "types": []}
    config = {
        "compilerOptions": {**STRICT, **types, **RESOLUTIONS[resolution], **options},
        "files": list(files),
    }
    (folder / "tsconfig.json").write_text(json.dumps(config))
    done = node(str(_modules() / "typescript" / "bin" / "tsc"), "-p", str(folder))
    return done.stdout + done.stderr


def judged(cases: Iterable[Mapping[str, Any]], folder: Path, program: str = "judge.mjs") -> int:
    """Let generated packages judge, hold what they say against `expected`; return the count of cases."""
    file = folder / "cases.ndjson"
    file.write_text("".join(f"{json.dumps(case)}\n" for case in cases), "utf-8")
    done = node(str(FOLDER / program), str(file))
    assert done.returncode == 0, done.stderr
    said: dict[str, Any] = json.loads(done.stdout)
    assert not said["wrong"], said["wrong"]
    count: int = said["count"]
    return count
