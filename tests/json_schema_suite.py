"""Run the official JSON Schema test suite, draft-07, against the validators, in all their forms.

    python tests/json_schema_suite.py FOLDER

FOLDER is `tests/draft7` of https://github.com/json-schema-org/JSON-Schema-Test-Suite; its files are the
required tests. Each schema becomes a type of a bundle that is read like any other. The first verdict
that is not the suite's ends the run with exit code 1, as does a schema that is not judged in full,
unless it needs another document.
"""

from __future__ import annotations

import importlib
import json
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

from codexwire import ingest, wire
from codexwire.direction import Side
from codexwire.emit.validators import plan_validators
from codexwire.ir.model import Protocol

ELSEWHERE = ("http://localhost:1234/", "http://json-schema.org/")
"""Where the documents are that the suite has and a bundle has not."""


def bundle(schema: Any) -> dict[str, Any]:
    """A bundle with one notification, whose params are of the schema; `#` is the schema itself."""
    if isinstance(schema, dict) and not schema.keys() & {"$id", "$ref"}:
        schema = {"$id": "http://example.com/subject", **schema}
    methods = {
        "ClientRequest": "ask",
        "ServerRequest": "ask",
        "ClientNotification": "tell",
        "ServerNotification": "subject",
    }
    return {"definitions": {"Subject": schema, "v2": {}} | {u: union(methods[u]) for u in methods}}


def union(method: str) -> dict[str, Any]:
    properties: dict[str, Any] = {"method": {"type": "string", "enum": [method]}}
    if method == "subject":
        properties["params"] = {"$ref": "#/definitions/Subject"}
    return {"oneOf": [{"type": "object", "required": list(properties), "properties": properties}]}


def read(schema: Any, folder: Path) -> Protocol:
    path = folder / "schema.json"
    path.write_text(json.dumps(bundle(schema)), "utf-8")
    return ingest.load(path)


def emitted(protocol: Protocol, folder: Path, name: str) -> ModuleType:
    for file, source in plan_validators(protocol, name).items():
        path = folder / name / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source, "utf-8")
    (folder / name / "__init__.py").touch()
    importlib.invalidate_caches()
    return importlib.import_module(f"{name}.validators")


def verdicts(subject: wire.Validators, module: ModuleType, value: Any) -> Iterator[bool]:
    """Everything that decides, on the value as params; the fast path counts only where it accepts."""
    message = {"method": "subject", "params": value}
    line = json.dumps(message).encode()
    yield subject.accepts_message(message, Side.SERVER)
    yield subject.accepts_line(line, Side.SERVER)
    yield not subject.check_message(message, Side.SERVER)
    yield module.accepts_message(message, "server")
    yield module.accepts_line(line, "server")
    if subject.fast_accepts(line, Side.SERVER):
        yield True


def run(suite: Path, folder: Path) -> int:
    sys.path.insert(0, str(folder))
    counts: Counter[str] = Counter()
    for path in sorted(suite.glob("*.json")):
        counts["files"] += 1
        for number, group in enumerate(json.loads(path.read_text("utf-8"))):
            protocol = read(group["schema"], folder)
            subject = wire.compile(protocol)
            place = f"{path.name}: {group['description']}"
            if subject.unchecked:
                if not any(site in json.dumps(group["schema"]) for site in ELSEWHERE):
                    print(f"not judged in full: {place}: {subject.unchecked}", file=sys.stderr)
                    return 1
                counts["groups that need another document"] += 1
                continue
            module = emitted(protocol, folder, f"suite_{path.stem.replace('-', '_')}_{number}")
            for test in group["tests"]:
                found = list(verdicts(subject, module, test["data"]))
                if any(verdict is not test["valid"] for verdict in found):
                    wanted = "valid" if test["valid"] else "not valid"
                    print(f"wrong: {place}: {test['description']}: {wanted}, got {found}")
                    return 1
                counts["tests right"] += 1
    print(", ".join(f"{count} {what}" for what, count in counts.items()))
    return 0 if counts["tests right"] else 1


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as made:
        sys.exit(run(Path(sys.argv[1]), Path(made)))
