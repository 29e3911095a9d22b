"""`login_chatgpt()`, `login.auth_url`, `login.wait()`, and `login.cancel()` when nobody comes."""

from __future__ import annotations

import tempfile

from codex_app_server_protocol import AppServerClient, models
from codexwire.runtime.errors import RequestTimeoutError

PATIENCE = 1.0  # seconds; a person needs some minutes


def main() -> None:
    """Start a login in a home of its own, which nobody completes."""
    with (
        tempfile.TemporaryDirectory() as home,
        AppServerClient.launch(codex_home=home) as client,
    ):
        ended = client.notifications(methods=("account/login/completed",), timeout=PATIENCE)
        params = models.LoginAccountParams(models.ChatgptLoginAccountParams())
        login = client.account_login_start(params).root
        assert isinstance(login, models.ChatgptLoginAccountResponse)
        print(f"open {login.auth_url.partition('?')[0]}")
        try:
            print(next(ended).params.success)
        except RequestTimeoutError:
            print(client.account_login_cancel(login_id=login.login_id).status)


if __name__ == "__main__":
    main()
