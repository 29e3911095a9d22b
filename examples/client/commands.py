"""Commands outside any thread: a result, and a conversation over standard input."""

from __future__ import annotations

import tempfile
from pathlib import Path

from codex_app_server_protocol import AppServerClient
from codexwire.runtime.client import CommandOptions
from codexwire.stub import ResponsesStub


def main() -> None:
    """Run two commands."""
    with ResponsesStub() as stub, tempfile.TemporaryDirectory() as folder:
        home = stub.write_home(
            Path(folder) / "home", settings='sandbox_mode = "danger-full-access"'
        )
        with AppServerClient.launch(codex_home=home, cwd=folder) as client:
            options = CommandOptions(env={"WHO": "world"}, timeout=10, output_cap=1000)
            result = client.run_command(["sh", "-c", "echo hello $WHO; exit 3"], options).run()
            print(result.exit_code, result.stdout)
            with client.run_command(["cat"], CommandOptions(stdin=True)) as cat:
                cat.write(b"echo\n")
                print(next(cat).data)
                cat.close_stdin()
                print(cat.wait().exit_code)


if __name__ == "__main__":
    main()
