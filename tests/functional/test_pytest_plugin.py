"""The pytest plugin as its users have it: in a run of pytest of their own."""

from __future__ import annotations

import shutil
import subprocess
import sys
from importlib.metadata import entry_points
from pathlib import Path

import pytest
from mocked import mock_of

from codexwire.proxy.mock import open_mock
from codexwire.runtime.client.options import ClientOptions
from codexwire.runtime.client.sync import Client
from codexwire.runtime.client.watch import recorder

pytest_plugins = ["pytester"]

EXAMPLE = Path(__file__).parents[2] / "examples" / "mock"
RECORDINGS = Path(__file__).parents[1] / "data" / "recordings"


def test_the_plugin_is_found_by_its_entry_point() -> None:
    (found,) = entry_points(group="pytest11", name="codexwire")
    assert found.value == "codexwire.pytest_plugin"


def test_the_plugin_imports_nothing_before_a_fixture_is_used() -> None:
    """Every run of pytest loads it, also where nobody tests a client."""
    code = "import sys, codexwire.pytest_plugin as p; print(*sorted(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    ours = [m for m in done.stdout.split() if m.startswith("codexwire.")]
    assert ours == ["codexwire._version", "codexwire.lazy", "codexwire.pytest_plugin"]


MOCK = """
import json
import subprocess
from pathlib import Path

import anyio
import pytest
from codex_app_server_protocol import AppServerClient, AsyncAppServerClient

from codexwire.errors import UsageError


def test_in_memory(app_server_mock, assert_valid_transcript):
    mock = app_server_mock(script="[[turn]]\\ntext = 'Hello!'")
    with mock.client() as client:
        thread = client.start_thread()
        assert client.run_turn(thread, "hi").text == "Hello!"
        mock.set_script("[[turn]]\\ntext = 'Goodbye!'")
    with mock.client(AppServerClient) as client:
        assert client.run_turn(thread, "hi").text == "Goodbye!"
    judgement = assert_valid_transcript(mock.messages, fail_on="warning")
    assert judgement.schema == "0.171.0"


def test_async(app_server_mock):
    async def scenario():
        async with app_server_mock(schema="0.169.0").async_client(AsyncAppServerClient) as client:
            assert str(client.server.version) == "0.169.0"
            assert (await client.run_turn(await client.start_thread(), "echo")).text == "echo"

    anyio.run(scenario)


def test_as_a_process(app_server_mock, tmp_path):
    script = tmp_path / "faults.toml"
    script.write_text("[[fault]]\\non = 'initialize'\\nexit = 9")
    mock = app_server_mock(script=script, seed=4)
    hello = {"id": 1, "method": "initialize", "params": {"clientInfo": {"name": "t", "version": "1"}}}
    done = subprocess.run(mock.command, input=json.dumps(hello) + "\\n", capture_output=True, text=True)
    assert done.returncode == 9
    assert json.loads(done.stdout)["id"] == 1


def test_a_bad_script(app_server_mock):
    with pytest.raises(UsageError, match="script:1: needs one of text, step"):
        app_server_mock(script="[[turn]]")
"""

TRANSCRIPTS = """
INFO = {"clientInfo": {"name": "t", "version": "1"}}
HELLO = {"id": 1, "method": "initialize", "params": INFO}
HOME = {"codexHome": "/h", "platformFamily": "unix", "platformOs": "linux"}
WELCOME = {"id": 1, "result": {"userAgent": "x/0.163.0 (a)", **HOME}}


def test_a_recording(assert_valid_transcript):
    assert_valid_transcript("s02_command_approval.jsonl")
    assert_valid_transcript("s02_command_approval.jsonl", schema="0.163.0")


def test_messages(assert_valid_transcript):
    assert_valid_transcript([("client", HELLO), ("server", WELCOME)])
    assert_valid_transcript([HELLO, WELCOME], fail_on="warning")


def test_invalid(assert_valid_transcript):
    assert_valid_transcript([("client", {**HELLO, "params": {}})], schema="0.163.0")


def test_empty(assert_valid_transcript):
    assert_valid_transcript([])


def test_missing(assert_valid_transcript):
    assert_valid_transcript("missing.jsonl")
"""

REPLAY = """
import subprocess


def session(replay, text):
    with replay.client() as client:
        return client.run_turn(client.start_thread(), text, timeout=30)


def test_as_recorded(app_server_replay):
    assert session(app_server_replay("session.jsonl"), "say this").text == "say this"


def test_as_a_process(app_server_replay):
    command = app_server_replay("session.jsonl").command
    done = subprocess.run(command, input="", capture_output=True, text=True)
    assert done.returncode == 1
    assert "request initialize" in done.stderr


def test_departs(app_server_replay):
    with app_server_replay("session.jsonl").client() as client:
        client.request("model/list", {}, timeout=30)


def test_leaves_early(app_server_replay):
    with app_server_replay("session.jsonl").client() as client:
        client.start_thread()
"""


@pytest.fixture
def recording(pytester: pytest.Pytester) -> None:
    shutil.copy(RECORDINGS / "0.163.0" / "s02_command_approval.jsonl", pytester.path)
    with (pytester.path / "session.jsonl").open("w", encoding="utf-8") as out:
        options = ClientOptions(observer=recorder(out))
        with Client(open_mock(mock_of("0.163.0")), options) as client:
            client.run_turn(client.start_thread(), "say this")


def test_a_mock_in_memory_and_as_a_process(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(MOCK)
    pytester.runpytest_subprocess("-p", "no:cacheprovider").assert_outcomes(passed=4)


def test_the_example(pytester: pytest.Pytester) -> None:
    shutil.copytree(EXAMPLE, pytester.path, dirs_exist_ok=True)
    pytester.runpytest_subprocess("-p", "no:cacheprovider").assert_outcomes(passed=3)


@pytest.mark.usefixtures("recording")
def test_transcripts_are_judged_readably(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(TRANSCRIPTS)
    done = pytester.runpytest_subprocess("-p", "no:cacheprovider")
    done.assert_outcomes(passed=2, failed=3)
    done.stdout.fnmatch_lines(
        [
            "E * AssertionError: messages is no valid transcript of 0.163.0:",
            "E * error messages:1#/params schema/required: * 'clientInfo' is missing",
            "E * AssertionError: messages is no valid transcript of 0.171.0:",
            "E * it has no messages",
            "E * AssertionError: missing.jsonl is no valid transcript of any schema:",
            "E * error missing.jsonl transcript/unusable: * No such file or directory",
        ]
    )


@pytest.mark.usefixtures("recording")
def test_a_departure_from_a_recording_fails_the_test(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(REPLAY)
    done = pytester.runpytest_subprocess("-p", "no:cacheprovider")
    done.assert_outcomes(passed=3, failed=1, errors=2)
    done.stdout.fnmatch_lines(
        [
            "*ERROR at teardown of test_departs*",
            "session.jsonl:*thread/start*model/list*",
            "*ERROR at teardown of test_leaves_early*",
            "*turn/start*session.jsonl*",
        ]
    )
