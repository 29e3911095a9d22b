"""Fixtures for tests of app-server clients; pytest finds them by the entry point `codexwire`.

    def test_my_client(app_server_mock):
        mock = app_server_mock(script="[[turn]]\\ntext = 'Hello!'")
        with mock.client() as client:              # our own client, in memory
            assert client.run_turn(client.start_thread(), "hi").text == "Hello!"
        run_my_client(mock.command)                # any client: the same as a process

    def test_against_a_recording(app_server_replay):
        with app_server_replay("session.jsonl").client() as client:
            ...                                    # a departure from the recording fails the test

    def test_what_was_said(app_server_mock, assert_valid_transcript):
        assert_valid_transcript("session.jsonl", schema="0.163.0")

Nothing else of codexwire is imported before a fixture is used.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from codexwire.testing import Mock, Replay
    from codexwire.transcript.judgement import Judgement

__all__ = ["app_server_mock", "app_server_replay", "assert_valid_transcript"]


@pytest.fixture
def app_server_mock(
    tmp_path_factory: pytest.TempPathFactory, pytestconfig: pytest.Config
) -> Callable[..., Mock]:
    """Make mocks of the app-server: `app_server_mock(schema=, script=, seed=, channel=)`.

    A mock has `client()` and `async_client()` (in memory), `opener` (for a client of your own class),
    `command` (the same as a process), `set_script(text_or_path)`, and `messages`, all that its clients
    in memory said and heard. `codexwire.proxy.mock.script` describes scripts. The rules of the project
    whose tests are run apply.
    """

    def make(**options: Any) -> Mock:
        from codexwire.testing import Mock

        given = {"project": pytestconfig.rootpath, **options}
        return Mock(tmp_path_factory.mktemp("app-server-mock"), **given)

    return make


@pytest.fixture
def app_server_replay(request: pytest.FixtureRequest) -> Iterator[Callable[..., Replay]]:
    """Play the server of a recording: `app_server_replay("file", connection=, strict=)`.

    A path that is not absolute starts at the folder of the test. What it returns has `client()`,
    `async_client()`, `opener`, `command` and `messages`, as a mock has. The test fails when a client in
    memory departed from the recording.
    """
    made: list[Replay] = []

    def make(path: str | Path, **options: Any) -> Replay:
        from codexwire.testing import Replay

        replay = Replay(request.path.parent / path, **options)
        made.append(replay)
        return replay

    yield make
    departures = [departure for replay in made for departure in replay.departures]
    if departures:
        pytest.fail("\n".join(departures), pytrace=False)


@pytest.fixture
def assert_valid_transcript(pytestconfig: pytest.Config) -> Callable[..., Judgement]:
    """Fail unless a transcript is valid: `assert_valid_transcript(path_or_messages, schema=, fail_on=)`.

    Takes the path of a recording in any known format, or messages: those that a mock or replay kept,
    texts, dicts, or pairs of a sender (`client` or `server`) and one of these. The rules of the project
    whose tests are run apply.
    """

    def check(what: Any, schema: str | None = None, fail_on: str = "error") -> Judgement:
        __tracebackhide__ = True
        from codexwire.testing import check_transcript

        return check_transcript(what, schema, fail_on, pytestconfig.rootpath)

    return check
