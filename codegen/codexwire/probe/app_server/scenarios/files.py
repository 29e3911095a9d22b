"""Files and searches for files."""

from __future__ import annotations

from codexwire.probe.app_server.configs import FREE
from codexwire.probe.scenario import Ask, Scenario, WaitFor

__all__ = ["SCENARIO"]

_FOLDER, _FILE = "$other/d/e", "$other/d/e/f.txt"
_SESSION = {"sessionId": "s1"}

SCENARIO = Scenario(
    "files",
    (
        Ask("fs/createDirectory", {"path": _FOLDER, "recursive": True}),
        Ask("fs/watch", {"watchId": "w1", "path": _FOLDER}),
        Ask(
            "fs/writeFile",
            {"path": _FILE, "dataBase64": "aGVsbG8K"},
            until=WaitFor("fs/changed", seconds=5),
        ),
        Ask("fs/readFile", {"path": _FILE}),
        Ask("fs/readFile", {"path": "$other/missing"}),
        Ask("fs/readFile", {"path": "relative"}),
        Ask("fs/getMetadata", {"path": _FILE}),
        Ask("fs/readDirectory", {"path": _FOLDER}),
        Ask("fs/copy", {"sourcePath": _FILE, "destinationPath": "$other/d/g.txt"}),
        Ask("fs/remove", {"path": "$other/d/g.txt"}),
        Ask("fs/unwatch", {"watchId": "w1"}),
        Ask("fuzzyFileSearch", {"query": "hello", "roots": ["$project"]}),
        Ask("fuzzyFileSearch/sessionStart", {**_SESSION, "roots": ["$project"]}),
        Ask(
            "fuzzyFileSearch/sessionUpdate",
            {**_SESSION, "query": "hello"},
            until=WaitFor("fuzzyFileSearch/sessionCompleted", seconds=5),
        ),
        Ask("fuzzyFileSearch/sessionStop", _SESSION),
    ),
    settings=FREE,
)
