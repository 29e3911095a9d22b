"""The mock of an exec-server, as its client finds it."""

from __future__ import annotations

import sys

import pytest

from codexwire.runtime.errors import InvalidParamsError, NotInitializedError
from codexwire.runtime.exec_client import ExecClient, ExecOptions, ProcessOptions
from codexwire.runtime.transport import open_stdio


def mocked(version: str, options: ExecOptions | None = None) -> ExecClient:
    command = [sys.executable, "-m", "codexwire", "mock", "--schema", f"exec-server@{version}"]
    return ExecClient(lambda: open_stdio(command), options)


@pytest.mark.parametrize("version", ["0.125.0", "0.171.0"])
def test_it_serves(version: str) -> None:
    with mocked(version) as client:
        assert client.server.session_id
        result = client.run(["true"], ProcessOptions(cwd="/"), timeout=30)
        assert (result.exit_code, result.stdout, result.gaps) == (0, b"", ())
        assert client.files.info("/some/file").is_file in (True, False)
        with pytest.raises(InvalidParamsError, match="missing field"):
            client.request("process/start", {"processId": "p"})


@pytest.mark.parametrize("version", ["0.125.0", "0.171.0"])
def test_a_process_ended_as_soon_as_it_began(version: str) -> None:
    process = {"processId": "p"}
    with mocked(version) as client:
        read = client.request("process/read", process)
        assert (read["exited"], read["exitCode"], read["closed"]) == (True, 0, True)
        assert read["chunks"] == []
        ends = [client.request("process/terminate", process) for _ in range(8)]
        assert ends == [{"running": False}] * 8  # a value of its type alone would be either


def test_it_wants_a_handshake() -> None:
    with (
        mocked("0.171.0", ExecOptions(handshake=False)) as client,
        pytest.raises(NotInitializedError),
    ):
        client.request("fs/canonicalize", {"path": "file:///"})
