"""A login that somebody completes elsewhere: in a browser, or with a code on another device."""

from __future__ import annotations

from typing import Any, Final

from codexwire.model.message import Json
from codexwire.runtime.client.limit import within
from codexwire.runtime.client.peer import AsyncPeer, Params
from codexwire.runtime.client.subscription import Subscription
from codexwire.runtime.client.sync_streams import Blocking, ThreadCall, blocking

__all__ = ["AsyncLogin", "Login", "start_login"]

_COMPLETED: Final = "account/login/completed"


class AsyncLogin:
    """A login that was started: `answer` is the typed result of `account/login/start`.

    `url` is where the user goes, `user_code` the code to enter there, `login_id` the login's id; each None
    where the kind of login has none.
    """

    def __init__(self, client: AsyncPeer[Any], answer: Any, told: Subscription) -> None:
        wire = _object(client.codec.dump(answer))
        self.answer = answer
        self.login_id: str | None = wire.get("loginId")
        self.url: str | None = wire.get("authUrl", wire.get("verificationUrl"))
        self.user_code: str | None = wire.get("userCode")
        self._client = client
        self._told = told
        self._end: Any = None

    async def wait(self, *, timeout: float | None = None) -> Any:
        """Return the params of the notification that ends it: `success`, and `error` in words.

        RequestTimeoutError when that takes more than `timeout` seconds; the login goes on.
        """
        with within(timeout, _COMPLETED, "the login did not end"):
            while self._end is None:
                notification = await anext(self._told)
                if _object(notification.raw.get("params")).get("loginId") == self.login_id:
                    self._end = notification.params
        return self._end

    async def cancel(self, *, timeout: float | None = None) -> None:
        """End it; `wait` then returns an end without success."""
        params = {"loginId": self.login_id}
        await self._client.ask("account/login/cancel", params, timeout=timeout)


class Login(Blocking[AsyncLogin]):
    """A login that was started; see `AsyncLogin`."""

    def __init__(self, call: ThreadCall, login: AsyncLogin) -> None:
        super().__init__(call, login)
        self.answer = login.answer
        self.login_id = login.login_id
        self.url = login.url
        self.user_code = login.user_code

    wait = blocking(AsyncLogin.wait)
    cancel = blocking(AsyncLogin.cancel)


async def start_login(
    client: AsyncPeer[Any], params: Params, timeout: float | None = None
) -> AsyncLogin:
    """Start a login and listen for its end from before on."""
    told = client.notifications(methods=(_COMPLETED,))
    answer = await client.request("account/login/start", params, timeout=timeout)
    return AsyncLogin(client, answer, told)


def _object(value: Any) -> Json:
    return value if isinstance(value, dict) else {}
