"""Processes on the exec-server's machine: a result, a conversation, a file, a web page."""

from __future__ import annotations

import tempfile
from pathlib import Path

from codex_exec_server_protocol import ExecServerClient
from codexwire.runtime.exec_client import ProcessOptions


def main() -> None:
    """Run three processes and read a file."""
    with (
        tempfile.TemporaryDirectory() as folder,
        ExecServerClient.launch(cwd=folder, codex_home=folder) as client,
    ):
        options = ProcessOptions(env={"WHO": "world"}, inherit="core")
        result = client.run(["sh", "-c", "echo hello $WHO; exit 3"], options)
        print(result.exit_code, result.stdout)
        with client.start(["cat"], ProcessOptions(inherit="core", stdin=True)) as cat:
            cat.write(b"echo\n")
            print(next(cat).data)
        print(cat.exit_code)
        client.files.write(Path(folder) / "note", b"from far away")
        print(client.files.read(Path(folder) / "note"))


if __name__ == "__main__":
    main()
