"""Commands and processes that a client runs by itself."""

from __future__ import annotations

from typing import Any

from codexwire.probe.app_server.configs import FREE
from codexwire.probe.scenario import Ask, Scenario, WaitFor

__all__ = ["SCENARIO"]

_SIZE = {"rows": 24, "cols": 80}
_LINE = "bGluZQo="


def _exec(*command: str, later: bool = False, **more: Any) -> Ask:
    return Ask("command/exec", {"command": [*command], **more}, later=later)


def _spawn(handle: str, *command: str, ends: bool = False, **more: Any) -> Ask:
    params = {"command": [*command], "cwd": "$project", "processHandle": handle, **more}
    until = WaitFor("process/exited", {"processHandle": handle}) if ends else None
    return Ask("process/spawn", params, until=until)


def _output(process: str) -> WaitFor:
    return WaitFor("command/exec/outputDelta", {"processId": process}, 5, any_time=True)


SCENARIO = Scenario(
    "processes",
    (
        _exec("echo", "hi"),
        _exec("sh", "-c", "echo out; echo err >&2; exit 7", cwd="$project", timeoutMs=5000),
        _exec("sleep", "5", timeoutMs=200),
        _exec("echo", "ro", sandboxPolicy={"type": "readOnly"}),
        _exec("/no/such/program"),
        _exec("sh", "-c", "echo one; echo two >&2", processId="p1", streamStdoutStderr=True),
        _exec("cat", later=True, processId="p2", streamStdin=True, streamStdoutStderr=True),
        Ask("command/exec/write", {"processId": "p2", "deltaBase64": _LINE}),
        _output("p2"),
        Ask("command/exec/write", {"processId": "p2", "closeStdin": True}),
        _exec(
            "sh",
            "-c",
            "stty size; read x; sleep 20",
            later=True,
            processId="p3",
            tty=True,
            size=_SIZE,
        ),
        _output("p3"),
        Ask("command/exec/resize", {"processId": "p3", "size": {"rows": 40, "cols": 100}}),
        Ask("command/exec/terminate", {"processId": "p3"}),
        _spawn("h1", "sh", "-c", "echo out; echo err >&2; exit 4", ends=True),
        _spawn("h2", "sh", "-c", "echo out; echo err >&2", ends=True, streamStdoutStderr=True),
        _spawn("h3", "cat", streamStdin=True, streamStdoutStderr=True),
        Ask("process/writeStdin", {"processHandle": "h3", "deltaBase64": _LINE}),
        Ask("process/writeStdin", {"processHandle": "h3", "closeStdin": True}),
        _spawn("h4", "sh", "-c", "stty size; sleep 20", tty=True, size=_SIZE),
        Ask("process/resizePty", {"processHandle": "h4", "size": {"rows": 30, "cols": 90}}),
        Ask(
            "process/kill",
            {"processHandle": "h4"},
            until=WaitFor("process/exited", {"processHandle": "h4"}),
        ),
    ),
    settings=FREE,
)
