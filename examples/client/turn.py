"""One turn as a whole, one as a stream of text."""

from __future__ import annotations

import tempfile
from pathlib import Path

from codex_app_server_protocol import AppServerClient
from codexwire.stub import ResponsesStub


def main() -> None:
    """Talk with a stub model; without the stub, leave `codex_home` out to use your own account."""
    with ResponsesStub("Hello, world!") as stub, tempfile.TemporaryDirectory() as folder:
        home = stub.write_home(Path(folder) / "home")
        with AppServerClient.launch(codex_home=home, cwd=folder) as client:
            thread = client.thread_start().thread
            result = client.run_turn(thread.id, "Say hello")
            assert result.usage is not None
            print(f"{result.status}: {result.text} ({result.usage.last.total_tokens} tokens)")
            for piece in client.stream_text(thread.id, "Again, slowly"):
                print(piece)


if __name__ == "__main__":
    main()
