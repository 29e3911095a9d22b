"""Launching a real server: settings as they are, a websocket of its own, and a plain `turn/start`."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from live_client import FLAVOURS, collect, entered, play

from codex_app_server_protocol import AppServerClient, models

NEWEST, CURRENT, OLDER = "0.171.0", "0.163.0", "0.125.0"


@pytest.mark.parametrize("version", [NEWEST, CURRENT, OLDER])
@pytest.mark.parametrize("websocket", [False, True])
def test_settings_arrive_as_they_are(
    version: str, websocket: bool, binary: Any, stub_of: Any, project: Path
) -> None:
    home = stub_of("Hello").write_home(project.parent / "home")
    text = 'Use 😀 in "answers"\nand \\ so on'
    said: list[str] = []
    client = AppServerClient.launch(
        binary(version),
        codex_home=home,
        cwd=project,
        websocket=websocket,
        stderr=said.append,
        config={"developer_instructions": text, "model_reasoning_summary": None},
    )
    for _ in range(2):
        client.start(timeout=60)
        assert client.ask("config/read", {})["config"]["developer_instructions"] == text
        assert client.run_turn(client.start_thread(), "hi", timeout=60).text == "Hello"
        client.close()
        assert client.post_mortem is not None
        assert client.post_mortem.returncode is not None
    assert any("listening on: ws://" in line for line in said) is websocket


ODD: dict[str, Any] = {
    "texts": ["", " ", "😀", "\t\n\0\x7f", "\"'\\", "true", "[1]", "# no comment"],
    "numbers": [0, -(2**63), 2**63 - 1, 2.5, 1e22, True],
    "tables": [{"a": 1}, {}, {"b": [{"c": [[]]}]}],
    "keys": {"": 1, "a.b": 2, "c d": 3, "'": 4, '"': 5, "\n": 6, "é": 7, "=": 8},
}


@pytest.mark.parametrize("version", [NEWEST, CURRENT])
def test_odd_settings_are_read_back(version: str, binary: Any, stub_of: Any, project: Path) -> None:
    """`desktop` is a table for anything; what TOML has and JSON has not comes back as text."""
    home = stub_of().write_home(project.parent / "home")
    config = {
        "desktop.odd": {**ODD, "none": None},
        "desktop.a b": {"date": date(2026, 1, 31), "path": project},
    }
    with AppServerClient.launch(binary(version), codex_home=home, config=config) as client:
        assert client.ask("config/read", {})["config"]["desktop"] == {
            "odd": ODD,
            "a b": {"date": "2026-01-31", "path": str(project)},
        }


def test_an_older_server_reads_odd_names_too(binary: Any, stub_of: Any, project: Path) -> None:
    home = stub_of().write_home(project.parent / "home")
    names = {name: f"<{name}>" for name in ODD["keys"]}
    config = {"shell_environment_policy": {"set": names}}
    with AppServerClient.launch(binary(OLDER), codex_home=home, config=config) as client:
        read = client.ask("config/read", {})["config"]["shell_environment_policy"]
        assert read["set"] == names


@pytest.mark.parametrize("flavour", FLAVOURS)
@pytest.mark.parametrize("version", [NEWEST, CURRENT, OLDER])
def test_a_plain_start_that_is_followed_late_loses_nothing(
    flavour: str, version: str, binary: Any, stub_of: Any, project: Path
) -> None:
    home = stub_of("Hello, world!").write_home(project.parent / "home")

    async def scenario() -> None:
        async with entered(
            flavour,
            lambda kind: kind.launch(binary(version), codex_home=home, cwd=project),
        ) as client:
            first, thread = [await client.start_thread() for _ in range(2)]
            followed = await collect(client.start_turn(first, "x"))
            text = models.TextUserInput(text="x")
            started = await client.turn_start(thread_id=thread, input=[text])
            turn = started.turn.id
            await client.wait_for_turn_completed(thread, turn, timeout=60)
            late = await collect(client.follow_turn(thread, turn))
        assert [n.method for n in late] == [n.method for n in followed]

    play(flavour, scenario)
