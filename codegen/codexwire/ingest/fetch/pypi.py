"""Releases on PyPI: one wheel for each platform, with the binary inside."""

from __future__ import annotations

import importlib.util
import re
import shutil
import sys
from pathlib import Path

from codexwire.errors import IngestError
from codexwire.ingest.fetch.client import AbsentError, Package, ask, sha256_of
from codexwire.ingest.fetch.process import Finished, Watch
from codexwire.version import Version

__all__ = ["fetch", "versions"]

NAME = "openai-codex-cli-bin"
_MEMBER = re.compile(r"codex_cli_bin/bin/codex(\.exe)?")
_QUIET = {"PIP_NO_INPUT": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}


def fetch(version: Version, folder: Path, watch: Watch | None = None) -> Package:
    """Download the wheel of a release for this platform into `folder` with pip.

    pip compares it with the hash that the index states. Raises AbsentError when the index has no wheel
    of that release for this platform or pip is not available, IngestError for anything else.
    """
    spec = f"{NAME}=={version.pypi}"
    options = ["--no-deps", "--no-cache-dir", "--only-binary=:all:", "--dest", str(folder)]
    finished = _pip("download", *options, spec, folder=folder, watch=watch)
    if finished.code != 0:
        raise _failure(spec, finished)
    wheels = sorted(folder.glob("*.whl"))
    if len(wheels) != 1:
        raise IngestError(f"pip downloaded no wheel for {spec}")
    return Package(spec, wheels[0], f"sha256:{sha256_of(wheels[0])}", _MEMBER)


def versions(folder: Path) -> frozenset[Version]:
    """Return the releases that the index lists; AbsentError when pip is not available."""
    finished = _pip("index", "versions", NAME, folder=folder)
    if finished.code != 0:
        raise _failure(NAME, finished)
    listed = re.search(rb"^Available versions: (.*)$", finished.output, re.MULTILINE)
    texts = listed[1].decode().split(", ") if listed else []
    return frozenset(v for t in texts if (v := Version.read(t.strip())) is not None)


def _pip(*arguments: str, folder: Path, watch: Watch | None = None) -> Finished:
    return ask([*_client(), *arguments], writes=folder, watch=watch, environment=_QUIET)


def _client() -> list[str]:
    """Return pip of this interpreter, else the one on PATH, else one that uv runs."""
    if importlib.util.find_spec("pip") is not None:
        return [sys.executable, "-m", "pip"]
    for name, arguments in (("pip3", ()), ("pip", ()), ("uv", ("tool", "run", "pip"))):
        found = shutil.which(name)
        if found is not None:
            return [found, *arguments]
    raise AbsentError("pip is not available")


def _failure(spec: str, finished: Finished) -> IngestError:
    text = finished.errors
    if "No matching distribution found" in text and "connection broken" not in text:
        return AbsentError(f"pip finds no {spec} for this platform")
    if "DO NOT MATCH THE HASHES" in text:
        return IngestError(
            f"wrong checksum: {spec} is not what its index says it is", hint="nothing was kept"
        )
    if "No matching distribution found" in text:  # pip's last word also where no index answered
        return IngestError(
            f"pip could not reach its index for {spec}",
            hint="is there a network, and is pip's index the right one?",
        )
    return IngestError(f"pip could not download {spec}: {finished.last_error}")
