"""The exec-server's examples run as they stand and say what they are meant to say."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[2] / "examples" / "exec-server"
SAID = {
    "follow.py": "0.163.0 ready\n"
    r"{'stdout': b'line 1\nline 2\nline 3\n', 'stderr': b'done\n'} 7 []",
    "processes.py": "3 b'hello world\\n'\nb'echo\\n'\n137\nb'from far away'\n",
}


def test_every_example_is_known() -> None:
    assert {path.name for path in EXAMPLES.glob("*.py")} == set(SAID)


@pytest.mark.parametrize("name", SAID)
def test_an_example_runs(name: str, tmp_path: Path) -> None:
    command = [sys.executable, str(EXAMPLES / name)]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert SAID[name] in done.stdout
