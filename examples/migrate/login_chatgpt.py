"""`login_chatgpt()`, `login.auth_url`, `login.wait()`, and `login.cancel()` when nobody comes."""

from __future__ import annotations

import tempfile

from codex_app_server_protocol import AppServerClient
from codexwire.runtime.errors import RequestTimeoutError

PATIENCE = 1.0  # seconds; a person needs some minutes


def main() -> None:
    """Start a login in a home of its own, which nobody completes."""
    with (
        tempfile.TemporaryDirectory() as home,
        AppServerClient.launch(codex_home=home) as client,
    ):
        login = client.login({"type": "chatgpt"})
        print(f"open {str(login.url).partition('?')[0]}")
        try:
            print(login.wait(timeout=PATIENCE).success)
        except RequestTimeoutError:
            login.cancel()
            print(login.wait().success)


if __name__ == "__main__":
    main()
