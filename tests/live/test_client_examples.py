"""The examples and the README's clients run as they stand and say what they are meant to say."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

TOP = Path(__file__).parents[2]
EXAMPLES = TOP / "examples" / "client"
SAID = {
    "turn.py": "completed: Hello, world! (1050 tokens)\nHello, \nworld!\n",
    "approvals.py": "completed: Only the patch was allowed.\n['by-patch.txt']\n",
    "many_turns.py": "10 turns on ten threads: {'one two three'}\n",
    "commands.py": "3 b'hello world\\n'\nb'echo\\n'\n0\n",
    "unknown_request.py": "responsesApi/call {'output': [{'type': 'message',",
}


def test_every_example_is_known() -> None:
    assert {path.name for path in EXAMPLES.glob("*.py")} == set(SAID)


@pytest.mark.parametrize("name", SAID)
def test_an_example_runs(name: str, tmp_path: Path) -> None:
    command = [sys.executable, str(EXAMPLES / name)]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert SAID[name] in done.stdout


def test_the_client_of_the_readme_runs(tmp_path: Path) -> None:
    blocks = re.findall(r"```python\n(.*?)```", (TOP / "README.md").read_text("utf-8"), re.DOTALL)
    (code,) = [block for block in blocks if ".launch" in block]
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout == "Hello, world!\n"
