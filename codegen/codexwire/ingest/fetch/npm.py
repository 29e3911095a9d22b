"""Releases on npm: a package for each platform; before 0.99.0 one package with all of them."""

from __future__ import annotations

import json
import platform
import re
import shutil
import sys
from pathlib import Path
from typing import Any

from codexwire.errors import IngestError
from codexwire.ingest.fetch.client import AbsentError, Package, ask
from codexwire.ingest.fetch.process import Finished, Watch
from codexwire.version import Version

__all__ = ["fetch", "versions"]

NAME = "@openai/codex"

_SPLIT = Version.parse("0.99.0")
"""The first release with a package for each platform."""

_MACHINES = {"x86_64": "x64", "amd64": "x64", "aarch64": "arm64"}
_TRIPLES = {
    "linux-x64": "x86_64-unknown-linux-",
    "linux-arm64": "aarch64-unknown-linux-",
    "darwin-x64": "x86_64-apple-darwin",
    "darwin-arm64": "aarch64-apple-darwin",
    "win32-x64": "x86_64-pc-windows-",
    "win32-arm64": "aarch64-pc-windows-",
}
"""npm's name of a platform → how the folder below `vendor/` that holds its binary begins."""


def fetch(version: Version, folder: Path, watch: Watch | None = None) -> Package:
    """Download the package of a release for this platform into `folder` with npm.

    npm compares it with the integrity hash that the registry states. Raises AbsentError when the registry
    has neither form of that release or npm is not available, IngestError for anything else.
    """
    here = _platform()
    specs = (f"{NAME}@{version}-{here}", f"{NAME}@{version}")
    for spec in specs:
        options = ["--json", "--ignore-scripts", "--pack-destination", str(folder)]
        finished = _npm("pack", spec, *options, folder=folder, watch=watch)
        if finished.code == 0:
            return _package(spec, here, folder, finished)
        code, summary = _error(finished)
        if code == "EINTEGRITY":
            raise IngestError(
                f"wrong checksum: {spec} is not what its registry says it is",
                hint="nothing was kept",
            )
        if code not in ("ETARGET", "E404"):
            raise IngestError(f"npm could not download {spec}: {summary}")
    raise AbsentError(f"npm finds no {' and no '.join(specs)}")


def versions(folder: Path) -> frozenset[Version]:
    """Return the stable releases that have a build for this platform; AbsentError without npm."""
    finished = _npm("view", NAME, "versions", "--json", folder=folder)
    if finished.code != 0:
        raise IngestError(f"npm could not list the releases: {_error(finished)[1]}")
    listed = _json(finished)
    texts = {t for t in (listed if isinstance(listed, list) else [listed]) if isinstance(t, str)}
    here = _platform()
    stable = (v for t in texts if (v := Version.read(t)) is not None and not v.pre)
    return frozenset(v for v in stable if v < _SPLIT or f"{v}-{here}" in texts)


def _package(spec: str, here: str, folder: Path, finished: Finished) -> Package:
    entry = _json(finished)[0]
    triple = re.escape(_TRIPLES[here])
    member = re.compile(rf"package/vendor/{triple}[^/]*/(bin|codex)/codex(\.exe)?")
    return Package(spec, folder / Path(entry["filename"]).name, entry["integrity"], member)


def _platform() -> str:
    system = sys.platform
    machine = platform.machine().lower()
    here = f"{system}-{_MACHINES.get(machine, machine)}"
    if here not in _TRIPLES:
        raise AbsentError(f"there is no codex build for {here}")
    return here


def _npm(*arguments: str, folder: Path, watch: Watch | None = None) -> Finished:
    found = shutil.which("npm")
    if found is None:
        raise AbsentError("npm is not available")
    return ask([found, *arguments, "--cache", str(folder / "npm")], writes=folder, watch=watch)


def _json(finished: Finished) -> Any:
    try:
        return json.loads(finished.output)
    except ValueError:
        raise IngestError(f"npm answered no JSON: {finished.last_error}") from None


def _error(finished: Finished) -> tuple[str, str]:
    """Return npm's error code and its one-line summary."""
    try:
        error = json.loads(finished.output)["error"]
        return error["code"], " ".join(error["summary"].split())
    except (ValueError, KeyError, TypeError):
        match = re.search(r"^npm (?:error|ERR!) code (\S+)$", finished.errors, re.MULTILINE)
        return (match[1] if match else ""), finished.last_error
