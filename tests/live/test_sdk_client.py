"""The client of the official SDK beside ours: a turn that is read late has all of its notifications."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from openai_codex.client import CodexClient, CodexConfig

from codex_app_server_protocol import AppServerClient, models

CURRENT = "0.163.0"  # the release of the SDK, which reads no older one
LATE = 0.3


def read_by_the_sdk(codex: Path, home: Path, project: Path) -> list[str]:
    config = CodexConfig(codex_bin=str(codex), env={"CODEX_HOME": str(home)}, cwd=str(project))
    with CodexClient(config) as client:
        client.initialize()
        thread = client.thread_start().thread.id
        late = client.turn_start(thread, "one").turn.id
        time.sleep(LATE)
        seen: list[str] = []
        while "turn/completed" not in seen:
            seen.append(client.next_turn_notification(late).method)
        return seen


def read_by_ours(codex: Path, home: Path, project: Path) -> list[str]:
    with AppServerClient.launch(codex, codex_home=home, cwd=project) as client:
        thread = client.start_thread()
        text = models.TextUserInput(text="one")
        late = client.turn_start(thread_id=thread, input=[text]).turn.id
        time.sleep(LATE)
        return [notification.method for notification in client.follow_turn(thread, late)]


def test_what_is_read_late_is_the_same(binary: Any, stub_of: Any, project: Path) -> None:
    read = []
    for number, reader in enumerate((read_by_the_sdk, read_by_ours)):
        home = stub_of("Hello, world!").write_home(project.parent / f"home-{number}")
        read.append(reader(binary(CURRENT), home, project))
    assert read[0] == read[1]
    assert "item/agentMessage/delta" in read[0]
