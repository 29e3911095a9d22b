"""What a server supports, by its release."""

from __future__ import annotations

import pytest
from fake_app_server import FakeServer
from fake_exec_server import FakeExecServer

from codexwire.runtime.client import ClientOptions
from codexwire.runtime.client.support import supports
from codexwire.runtime.client.sync import Client
from codexwire.runtime.exec_client import ExecClient
from codexwire.runtime.exec_client.support import supports as exec_supports
from codexwire.version import Version


@pytest.mark.parametrize(
    ("release", "steer", "output_schema"),
    [
        ("0.72.0", False, False),
        ("0.99.0", True, True),
        ("99.0.0", None, None),
        ("0.0.0", None, None),
    ],
)
def test_a_release_has_it_or_not_or_nobody_knows(
    release: str, steer: bool | None, output_schema: bool | None
) -> None:
    version = Version.parse(release)
    assert supports(version, "turn/steer") is steer
    assert supports(version, "turn/start", "outputSchema") is output_schema


def test_what_is_experimental_is_for_who_asked_for_it() -> None:
    version = Version.parse("0.171.0")
    for question in (("process/spawn",), ("thread/start", "dynamicTools")):
        assert supports(version, *question) is True
        assert supports(version, *question, experimental=False) is False
    assert supports(version, "thread/start", "cwd", experimental=False) is True


def test_branches_notifications_and_methods_without_params() -> None:
    version = Version.parse("0.171.0")
    assert supports(version, "account/login/start", "apiKey") is True  # of one branch of a union
    assert supports(version, "turn/completed", "turn") is True
    assert supports(version, "account/logout") is True
    assert supports(version, "account/logout", "apiKey") is False


def test_a_client_asks_for_its_server(server: FakeServer) -> None:
    with Client(server.open, ClientOptions(experimental_api=False)) as client:
        assert client.supports("turn/steer") is True
        assert client.supports("thread/start", "dynamicTools") is False
        assert client.supports("no/such/method") is False


@pytest.mark.parametrize(
    ("release", "walk", "metadata"),
    [
        ("0.58.0", None, None),
        ("0.120.0", False, False),
        ("0.152.0", True, False),
        ("0.163.0", True, True),
        ("99.0.0", None, None),
    ],
)
def test_an_exec_server_has_it_or_not_or_nobody_knows(
    release: str, walk: bool | None, metadata: bool | None
) -> None:
    version = Version.parse(release)
    assert exec_supports(version, "fs/walk") is walk
    assert exec_supports(version, "process/start", "metadata") is metadata
    assert exec_supports(None, "fs/walk") is None


def test_a_client_of_an_exec_server_asks_for_its_own() -> None:
    with ExecClient(FakeExecServer(info={"executorVersion": "0.163.0"}).open) as client:
        assert client.supports("process/output", "seq") is True
        assert client.supports("initialize", "no") is False
        assert client.supports("no/such/method") is False
    with ExecClient(FakeExecServer().open) as client:
        assert client.supports("process/start") is None
