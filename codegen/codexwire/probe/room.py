"""The private surroundings of a probed server: a home, a project folder, and a model on loopback.

Nothing of the user's is in it, and nothing that runs in it stays: what a server leaves running is found by
its working directory and killed. Where a server would leave the machine, a proxy that does not answer is
in its way.
"""

from __future__ import annotations

import base64
import os
import signal
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from codexwire.files import write_whole
from codexwire.probe.line import ProcessLine
from codexwire.probe.scenario import Scenario, filled
from codexwire.stub import ResponsesStub, parse_script
from codexwire.version import Version

__all__ = ["Room", "room_for"]

_DOT = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGNgYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
_PASSED_ON = ("PATH", "SYSTEMROOT", "WINDIR", "LANG", "LC_ALL")
_NOBODY = "http://127.0.0.1:9"
_PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy")
_LOOPBACK = "127.0.0.1,localhost,::1"


@dataclass(frozen=True, slots=True)
class Room:
    """A home with a configuration, and what `$name` stands for in scenarios."""

    home: Path
    values: Mapping[str, Any]

    @property
    def codex_home(self) -> Path:
        """The folder that the server takes for CODEX_HOME."""
        return self.home / ".codex"

    def start(self, command: list[str]) -> ProcessLine:
        """Start a server here."""
        return ProcessLine(
            command, environment=_environment(self.home), folder=self.home / "project"
        )


@contextmanager
def room_for(scenario: Scenario, version: Version | None, mcp_server: Path) -> Iterator[Room]:
    """Give a room that is made for a scenario; it and all that runs in it go with the block."""
    with (
        TemporaryDirectory(prefix="codexwire-probe-", ignore_cleanup_errors=True) as folder,
        ResponsesStub(backend=scenario.backend) as stub,
    ):
        home = Path(folder).resolve()
        values = _values(home, stub, version, mcp_server)
        if scenario.model:
            stub.script = parse_script(_text(scenario.model, values))
        _furnish(home, scenario, stub, values)
        try:
            yield Room(home, values)
        finally:
            _end_strays(home)


def _values(
    home: Path, stub: ResponsesStub, version: Version | None, mcp_server: Path
) -> dict[str, Any]:
    model = stub.model_for(version)
    return {
        "home": home.as_posix(),
        "project": (home / "project").as_posix(),
        "other": (home / "other").as_posix(),
        "loopback": stub.base_url.removesuffix("/v1"),
        "python": Path(sys.executable).as_posix(),
        "mcp_server": mcp_server.as_posix(),
        "model": model,
        "dot": _DOT,
    }


def _text(text: str, values: Mapping[str, Any]) -> str:
    filled_text = filled(text, values)
    return str(filled_text)


def _furnish(
    home: Path, scenario: Scenario, stub: ResponsesStub, values: Mapping[str, Any]
) -> None:
    for name in ("project", "other", ".codex"):
        (home / name).mkdir()
    (home / "project" / "hello.txt").write_text("hello\n", "utf-8")
    (home / "project" / "dot.png").write_bytes(base64.b64decode(_DOT))
    settings, tables = (_text(t, values) for t in (scenario.settings, scenario.tables))
    config = stub.config_toml(model=values["model"], settings=settings) + tables
    write_whole(home / ".codex" / "config.toml", config.encode())
    for name, text in scenario.files.items():
        path = home / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")


def _environment(home: Path) -> dict[str, str]:
    kept = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    own = {name: str(home) for name in ("HOME", "USERPROFILE", "TMPDIR", "TMP", "TEMP")}
    proxies = {**dict.fromkeys(_PROXIES, _NOBODY), "NO_PROXY": _LOOPBACK, "no_proxy": _LOOPBACK}
    return {**kept, **own, **proxies, "CODEX_HOME": str(home / ".codex")}


def _end_strays(home: Path) -> None:
    """Kill what still has its working directory in the room, where the system can tell."""
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if (process / "cwd").resolve().is_relative_to(home):
                os.kill(int(process.name), signal.SIGKILL)
