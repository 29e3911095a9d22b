"""`Codex()`, `thread_start()`, `thread.run(…)`, `result.final_response`."""

from __future__ import annotations

import tempfile
from pathlib import Path

from codex_app_server_protocol import AppServerClient
from codexwire.stub import ResponsesStub


def main() -> None:
    """Talk with a stub model; without the stub, leave `codex_home` out to use your own account."""
    with (
        ResponsesStub("It generates clients, checks recordings and compares releases.") as stub,
        tempfile.TemporaryDirectory() as folder,
    ):
        home = stub.write_home(Path(folder) / "home")
        with AppServerClient.launch(codex_home=home, cwd=folder) as client:
            thread = client.start_thread()
            result = client.run_turn(thread, "Explain this repository in three bullets.")
            print(f"{result.status}: {result.text}")
            print(f"{len(result.items)} items")
            if result.usage is not None:
                print(f"{result.usage.last.total_tokens} tokens")


if __name__ == "__main__":
    main()
