"""`login_chatgpt_device_code()`, `login.verification_url`, `login.user_code`, `login.wait()`."""

from __future__ import annotations

import tempfile

from codex_app_server_protocol import AppServerClient
from codexwire.runtime.errors import RequestTimeoutError, RpcError

PATIENCE = 1.0  # seconds; a person needs some minutes


def main() -> None:
    """Ask for a code; without a network the server says that it got none."""
    with (
        tempfile.TemporaryDirectory() as home,
        AppServerClient.launch(codex_home=home) as client,
    ):
        try:
            login = client.login({"type": "chatgptDeviceCode"}, timeout=30)
        except (RpcError, RequestTimeoutError) as problem:
            print(f"no code: {type(problem).__name__}")
            return
        print(f"enter {login.user_code} at {login.url}")
        try:
            print(login.wait(timeout=PATIENCE).success)
        except RequestTimeoutError:
            login.cancel()
            print(login.wait().success)


if __name__ == "__main__":
    main()
