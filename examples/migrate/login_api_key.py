"""`login_api_key("sk-…")`, `account()`, `logout()`."""

from __future__ import annotations

import tempfile

from codex_app_server_protocol import AppServerClient


def main() -> None:
    """Log in with an invented key, in a home of its own, and out again."""
    with (
        tempfile.TemporaryDirectory() as home,
        AppServerClient.launch(codex_home=home) as client,
    ):
        client.login({"type": "apiKey", "apiKey": "sk-invented"})
        print(f"logged in: {client.is_logged_in()}")
        client.account_logout()
        print(f"logged in: {client.is_logged_in()}")


if __name__ == "__main__":
    main()
