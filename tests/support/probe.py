"""Packages of small protocols made up for one test: generated, written, imported."""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

from codexwire.emit.format import format_python
from codexwire.emit.header import stamp_of
from codexwire.emit.models import plan_models
from codexwire.emit.plan import PackagePlan, plan_package
from codexwire.emit.sdk_layout import plan_sdk_layout
from codexwire.emit.styles import STYLES, Style
from codexwire.ingest import load_files
from codexwire.ingest.document import open_document
from codexwire.ir.model import Protocol
from codexwire.normalize import Normalized, normalize

__all__ = [
    "GOLDEN",
    "bundle",
    "check_package",
    "imported",
    "normalized",
    "plans",
    "write",
    "write_models",
]

GOLDEN = Path(__file__).parents[1] / "golden" / "stable.json"
_PROGRAM = Path(__file__).with_name("resolve_package.py")
_UNIONS = ("ClientRequest", "ServerRequest", "ClientNotification", "ServerNotification")


def imported(name: str) -> ModuleType:
    """Import a module of a package, as if for the first time: other tests have packages of that name."""
    for loaded in [module for module in sys.modules if module.startswith("probe_")]:
        del sys.modules[loaded]
    return importlib.import_module(name)


def _message(method: str, params: Any, result: bool) -> dict[str, Any]:
    more = {"id": {"$ref": "#/definitions/RequestId"}} if result else {}
    return {
        "type": "object",
        "required": ["method", *more, "params"],
        "properties": {"method": {"enum": [method], "type": "string"}, "params": params, **more},
    }


def bundle(
    schema: Any, types: Mapping[str, Any] | None = None, methods: Iterable[str] = ()
) -> dict[str, Any]:
    """Return a bundle of a protocol with one type, beside `types`.

    The type is the params and the result of the client's request `probe/run`, the params of the server's
    request `probe/ask` (whose result is not known) and of its notification `probe/done`; `methods` are
    further requests with its params.
    """
    found = json.loads(GOLDEN.read_text("utf-8"))["definitions"]
    root = {n: t for n, t in found.items() if n.startswith("JSONRPC") or n == "RequestId"}
    names = ("ProbeRunParams", "ProbeRunResponse", "ProbeDoneNotification")
    params = {"$ref": "#/definitions/v2/ProbeRunParams"}
    done = {"$ref": "#/definitions/v2/ProbeDoneNotification"}
    branches = (
        [_message(m, params, True) for m in ("probe/run", *methods)],
        [_message("probe/ask", done, True)],
        [_message("probe/hello", params, False)],
        [_message("probe/done", done, False)],
    )
    unions = {u: {"oneOf": b} for u, b in zip(_UNIONS, branches, strict=True)}
    return {
        "definitions": {**root, **unions, "v2": {**(types or {}), **dict.fromkeys(names, schema)}}
    }


def normalized(document: Mapping[str, Any], folder: Path) -> Normalized:
    """Return a bundle as `codexwire generate` reads it from a file."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "schema.json"
    file.write_text(json.dumps(document), "utf-8")
    return normalize(load_files({"stable": open_document(file)}))


def plans(found: Normalized, styles: Iterable[Style] = tuple(STYLES)) -> dict[str, PackagePlan]:
    """Return the plan of the package `probe_STYLE` in each style."""
    stamp = stamp_of(found.protocol, "--schema PATH")
    return {s: plan_package(found, stamp, package=f"probe_{s}", style=s) for s in styles}


def write(folder: Path, found: Normalized, planned: Mapping[str, PackagePlan]) -> None:
    """Write the planned packages into a folder, and `probe_sdk` in the layout of the official SDK."""
    files = {
        f"{p.package}/{name}": text for p in planned.values() for name, text in p.files.items()
    }
    stamp = stamp_of(found.protocol, "--schema PATH --layout openai-sdk")
    sdk = plan_sdk_layout(found.protocol, stamp, found.protocol)
    files |= {f"probe_sdk/{name}": text for name, text in {"__init__.py": b"", **sdk}.items()}
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def write_models(folder: Path, package: str, protocol: Protocol, style: Style = "pydantic") -> None:
    """Write the models of a normalized protocol alone, as `PACKAGE.models` below a folder."""
    files = {"__init__.py": "", **plan_models(protocol, style=style).files}
    for path, source in format_python(files).items():
        file = folder / package / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(source, "utf-8")


def check_package(folder: Path) -> str:
    """Import every module of the packages in a folder, warnings being errors, and resolve every type.

    Returns what went wrong, an empty text for nothing.
    """
    done = subprocess.run(
        [sys.executable, "-W", "error", _PROGRAM, folder], capture_output=True, text=True
    )
    return done.stdout + done.stderr
