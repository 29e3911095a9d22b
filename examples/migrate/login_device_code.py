"""`login_chatgpt_device_code()`, `login.verification_url`, `login.user_code`, `login.wait()`."""

from __future__ import annotations

import tempfile

from codex_app_server_protocol import AppServerClient, models
from codexwire.runtime.errors import RequestTimeoutError, RpcError

PATIENCE = 1.0  # seconds; a person needs some minutes


def main() -> None:
    """Ask for a code; without a network the server says that it got none."""
    with (
        tempfile.TemporaryDirectory() as home,
        AppServerClient.launch(codex_home=home) as client,
    ):
        ended = client.notifications(methods=("account/login/completed",), timeout=PATIENCE)
        params = models.LoginAccountParams(models.ChatgptDeviceCodeLoginAccountParams())
        try:
            login = client.account_login_start(params, timeout=30).root
        except (RpcError, RequestTimeoutError) as problem:
            print(f"no code: {type(problem).__name__}")
            return
        assert isinstance(login, models.ChatgptDeviceCodeLoginAccountResponse)
        print(f"enter a code at {login.verification_url}")
        try:
            print(next(ended).params.success)
        except RequestTimeoutError:
            print(client.account_login_cancel(login_id=login.login_id).status)


if __name__ == "__main__":
    main()
