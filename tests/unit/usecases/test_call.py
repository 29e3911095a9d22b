"""A request from the shell: how values are read, and which notification is waited for."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from probe import bundle, normalized

from codexwire.runtime.client.messages import Notification
from codexwire.usecases import call as module
from codexwire.usecases.call import CallRequest
from codexwire.usecases.call_params import params_of


@pytest.mark.parametrize(("word", "value"), [("5", 5), ("1.5", 1.5), ("five", "five")])
def test_an_integer_is_a_number_where_a_text_may_stand_too(
    word: str, value: Any, tmp_path: Path
) -> None:
    schema = {"type": "object", "properties": {"size": {"type": ["number", "string"]}}}
    protocol = normalized(bundle(schema), tmp_path / "invented").protocol
    assert params_of(protocol, "probe/run", [f"size={word}"])[0] == {"size": value}


@pytest.mark.parametrize(
    ("method", "thread", "turn", "meant"),
    [
        ("turn/completed", "T", "U", True),
        ("turn/completed", None, None, True),
        ("turn/completed", "other", "U", False),
        ("turn/completed", "T", "other", False),
        ("turn/started", "T", "U", False),
    ],
)
def test_what_is_waited_for_is_about_the_thread_and_turn_of_the_request(
    method: str, thread: str | None, turn: str | None, meant: bool
) -> None:
    codec: Any = None
    found: Notification[Any] = Notification(method, {"method": method}, thread, turn, codec)
    request = CallRequest("turn/start", wait="turn/completed")
    params, result = {"threadId": "T"}, {"turn": {"id": "U"}}
    assert module._is_meant(found, request, params, result) is meant
