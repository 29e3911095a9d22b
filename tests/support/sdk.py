"""A copy of the official Python SDK whose generated folder is ours."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import openai_codex

__all__ = ["OFFICIAL", "sdk_copy"]

OFFICIAL = Path(openai_codex.__file__).parent


def sdk_copy(folder: Path, schema: str = "0.163.0") -> Path:
    """Copy the installed SDK below `folder` and generate into the copy; return `folder`.

    The official generated files are gone from the copy, so that nothing can come from them.
    """
    copy = folder / "openai_codex"
    shutil.copytree(OFFICIAL, copy, ignore=shutil.ignore_patterns("__pycache__"))
    generated = copy / "generated"
    for file in generated.glob("*.py"):
        file.unlink()
    (generated / "__init__.py").write_text("")
    command = [sys.executable, "-m", "codexwire", "generate", "--schema", schema]
    done = subprocess.run(
        [*command, "--layout", "openai-sdk", "--out", str(generated)],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return folder
