"""A client against a server that asks, says something new, and breaks down."""

from pathlib import Path

import pytest

from codex_app_server_protocol import AppServerClient
from codexwire.runtime.client import ClientOptions, approval_handlers
from codexwire.runtime.errors import ConnectionClosedError

TROUBLE = Path(__file__).with_name("trouble.toml")


def test_what_is_approved_is_done(app_server_mock):
    """Approved, the turn completes; the next one finds the server out of memory."""
    mock = app_server_mock(script=TROUBLE)
    options = ClientOptions(handlers=approval_handlers("accept"))
    with mock.client(AppServerClient, options) as client:
        thread = client.start_thread()
        assert client.run_turn(thread, "clean up").text == "Cleaned up."

        with pytest.raises(ConnectionClosedError, match="out of memory"):
            client.run_turn(thread, "and once more")


def test_what_is_declined_is_not(app_server_mock):
    """Without a handler a client declines."""
    with app_server_mock(script=TROUBLE).client(AppServerClient) as client:
        result = client.run_turn(client.start_thread(), "clean up")
    commands = [item for item in result.items if item.type == "commandExecution"]
    assert [command.status for command in commands] == ["declined"]


def test_without_trouble_the_session_is_valid(app_server_mock, assert_valid_transcript):
    """What was said is judged as `codexwire validate` does."""
    mock = app_server_mock(schema="0.169.0")
    with mock.client() as client:
        client.run_turn(client.start_thread(), "hello")
    assert_valid_transcript(mock.messages, fail_on="warning")
