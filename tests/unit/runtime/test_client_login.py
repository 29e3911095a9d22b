"""Logins: whose end is told, what comes of those that nobody completes."""

from __future__ import annotations

from typing import Any

import pytest
from fake_app_server import FakeServer

from codexwire.runtime.client import Client
from codexwire.runtime.errors import RequestTimeoutError
from codexwire.runtime.transport import MemoryServer

COMPLETED = "account/login/completed"


async def started(server: MemoryServer, message: Any) -> None:
    """The end of another login comes first, and the own one before the answer."""
    for login, success in (("other", False), ("mine", True)):
        await server.notify(COMPLETED, {"loginId": login, "success": success})
    await server.answer(message, {"type": "chatgpt", "loginId": "mine", "authUrl": "http://here"})


async def silent(server: MemoryServer, message: Any) -> None:
    answer = {"loginId": "mine", "userCode": "AB-12", "verificationUrl": "http://there"}
    await server.answer(message, {"type": "chatgptDeviceCode", **answer})


async def cancelled(server: MemoryServer, message: Any) -> None:
    params = {**message["params"], "success": False, "error": "cancelled"}
    await server.answer(message, {"status": "canceled"})
    await server.notify(COMPLETED, params)


def test_the_end_of_a_login_is_its_own(server: FakeServer) -> None:
    server.answers["account/login/start"] = started
    with Client(server.open) as client:
        login = client.login({"type": "chatgpt"})
        assert (login.login_id, login.url, login.user_code) == ("mine", "http://here", None)
        assert login.wait(timeout=5)["success"] is True
        assert login.wait(timeout=5)["success"] is True


def test_a_login_that_nobody_completes_is_cancelled(server: FakeServer) -> None:
    server.answers |= {"account/login/start": silent, "account/login/cancel": cancelled}
    with Client(server.open) as client:
        login = client.login({"type": "chatgptDeviceCode"})
        assert (login.url, login.user_code) == ("http://there", "AB-12")
        with pytest.raises(RequestTimeoutError, match="the login did not end"):
            login.wait(timeout=0.05)
        login.cancel()
        assert login.wait(timeout=5)["error"] == "cancelled"
