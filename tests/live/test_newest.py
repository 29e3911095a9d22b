"""What the table of responses says of the newest release, asked of its server."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from live_client import entered, play

from codex_app_server_protocol.models import ConfigWriteResponse
from codexwire.cli.app import run as codexwire
from codexwire.runtime.client import ClientOptions
from codexwire.runtime.client.watch import recorder

NEWEST = "0.171.0"


def test_the_request_without_a_response_type_of_its_own(
    binary: Any, stub_of: Any, project: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home = stub_of("hi").write_home(project.parent / "home")
    recording = tmp_path / "session.jsonl"
    answers: list[Any] = []

    async def scenario(out: Any) -> None:
        options = ClientOptions(observer=recorder(out))
        async with entered(
            "asyncio",
            lambda kind: kind.launch(binary(NEWEST), cwd=project, codex_home=home, options=options),
        ) as client:
            answers.append(
                await client.request("modelProvider/default/set", {"providerId": "openai"})
            )

    with recording.open("w") as out:
        play("asyncio", lambda: scenario(out))
    assert (type(answers[0]), answers[0].status) == (ConfigWriteResponse, "ok")
    assert codexwire(["validate", str(recording), "--schema", NEWEST, "--fail-on", "warning"]) == 0
    assert "0 errors, 0 warnings" in capsys.readouterr().out
