"""A package that an earlier release generated works with this one: it imports, decodes, checks, connects."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
PACKAGES = TESTS / "data" / "packages"

SEEN = """
import pkgutil, sys
from importlib import import_module
package = import_module(sys.argv[1])
assert package.__file__.startswith(sys.argv[2]), package.__file__
modules = list(pkgutil.walk_packages(package.__path__, package.__name__ + "."))
for module in modules:
    import_module(module.name)
print(len(modules))
"""
USED = """
import json, sys
from functools import partial
from codex_app_server_protocol import (
    AppServerClient, accepts_message, accepts_value, decode_notification, decode_result, dump,
    thread_id, turn_id,
)
from codexwire.runtime.transport import open_stdio
from recorded import messages

count = 0
for sender, message, method in messages("0.163.0"):
    if sender != "server" or "error" in message or "id" in message and method is None:
        continue
    count += 1
    if method is not None:
        assert dump(decode_result(method, message["result"])) == message["result"]
        assert accepts_value(method, message["result"], "client")
        continue
    params = decode_notification(message["method"], message["params"])
    assert dump(params) == message["params"]
    assert accepts_message(message, "server")
    if "threadId" in message["params"]:
        assert thread_id(message["method"], params) == message["params"]["threadId"]
    if "turnId" in message["params"]:
        assert turn_id(message["method"], params) == message["params"]["turnId"]
assert count > 200, count

mock = (sys.executable, "-m", "codexwire", "mock", "--schema", "0.163.0")
with AppServerClient(partial(open_stdio, mock)) as client:
    thread = client.start_thread()
    turn = client.start_turn(thread, "hello")
    assert [type(n.params).__name__ for n in turn][-1] == "TurnCompletedNotification"
    assert turn.result().status == "completed"
    assert client.thread_read(thread_id=thread).thread.id == thread
print("used", count)
"""


def run(folder: Path, code: str, *arguments: str) -> str:
    path = os.pathsep.join([str(folder), str(TESTS / "support"), os.environ.get("PYTHONPATH", "")])
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code, *arguments],
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        timeout=200,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("file", sorted(PACKAGES.glob("*.zip")), ids=lambda file: file.stem)
def test_every_module_imports(file: Path, tmp_path: Path) -> None:
    zipfile.ZipFile(file).extractall(tmp_path)
    name = file.stem.partition("-")[0]
    assert int(run(tmp_path, SEEN, name, str(tmp_path))) > 20


def test_the_package_of_0_1_0_decodes_checks_and_runs_a_turn(tmp_path: Path) -> None:
    zipfile.ZipFile(PACKAGES / "codex_app_server_protocol-0.1.0.zip").extractall(tmp_path)
    assert run(tmp_path, USED).startswith("used ")
