"""The examples and the README's clients run as they stand and say what they are meant to say."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

TOP = Path(__file__).parents[2]
EXAMPLES = TOP / "examples"
SAID = {
    "client/turn.py": "completed: Hello, world! (1050 tokens)\nHello, \nworld!\n",
    "client/approvals.py": "completed: Only the patch was allowed.\n['by-patch.txt']\n",
    "client/many_turns.py": "10 turns on ten threads: {'one two three'}\n",
    "client/commands.py": "3 b'hello world\\n'\nb'echo\\n'\n0\n",
    "client/unknown_request.py": "responsesApi/call {'output': [{'type': 'message',",
    "migrate/quickstart.py": "compares releases.\n2 items\n1050 tokens\n",
    "migrate/progress.py": "command: completed\ntext: Nothing \ntext: was \ntext: written.\ncompleted\n",
    "migrate/login_chatgpt.py": "open https://auth.openai.com/oauth/authorize\nFalse\n",
    "migrate/login_device_code.py": "no code: ",
    "migrate/login_api_key.py": "logged in: True\nlogged in: False\n",
}


def test_every_example_is_known() -> None:
    folders = ("client", "migrate")
    found = {f"{folder}/{p.name}" for folder in folders for p in (EXAMPLES / folder).glob("*.py")}
    assert found == set(SAID)
    for name in SAID:
        folder, _, file = name.partition("/")
        assert f"`{file}`" in (EXAMPLES / folder / "README.md").read_text("utf-8")


@pytest.mark.parametrize("name", SAID)
def test_an_example_runs(name: str, tmp_path: Path) -> None:
    command = [sys.executable, str(EXAMPLES / name)]
    offline = os.environ | {"HTTPS_PROXY": "http://127.0.0.1:9"}  # nobody listens there
    done = subprocess.run(
        command, cwd=tmp_path, env=offline, capture_output=True, text=True, timeout=120
    )
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
