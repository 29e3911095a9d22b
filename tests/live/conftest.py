"""Real binaries: 0.163.0 from PyPI, all others from npm, each fetched once into the user's cache.

Set CODEXWIRE_TEST_BINARIES to a folder that holds `<version>/**/codex` to fetch nothing, and
CODEXWIRE_NO_LIVE=1 to leave these tests out. Without either they run, or fail and say why.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeAlias

import pytest
from live_exec import web
from platformdirs import user_cache_path

from codexwire.errors import CodexwireError
from codexwire.ingest.fetch import npm
from codexwire.ingest.fetch.archive import extract_one
from codexwire.stub import ResponsesStub, Script, parse_script
from codexwire.version import Version

__all__ = ["binary", "project", "stub_of", "web"]  # fixtures

CURRENT = "0.163.0"
OLDER = "0.125.0"
LEGACY = "0.99.0"
OLDEST = "0.58.0"

Binary: TypeAlias = Callable[[str], Path]
Stub: TypeAlias = Callable[..., ResponsesStub]

_LARGEST = 1 << 30


def pytest_ignore_collect(collection_path: Path) -> bool | None:
    return True if os.environ.get("CODEXWIRE_NO_LIVE") and collection_path.is_file() else None


def binary_of(version: str) -> Path:
    """The codex binary of a release, from wherever it can be had."""
    name = "codex.exe" if sys.platform == "win32" else "codex"
    if version == CURRENT:
        from codex_cli_bin import bundled_codex_path

        return Path(bundled_codex_path())
    given = os.environ.get("CODEXWIRE_TEST_BINARIES")
    if given is not None:
        found = [p for p in sorted(Path(given, version).rglob(name)) if p.is_file()]
        if not found:
            pytest.fail(f"CODEXWIRE_TEST_BINARIES has no {version}")
        return found[0]
    kept = user_cache_path("codexwire-tests") / version / name
    if not kept.is_file():
        _fetch(version, kept)
    return kept


def _fetch(version: str, kept: Path) -> None:
    kept.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=kept.parent) as folder:
        try:
            package = npm.fetch(Version.parse(version), Path(folder))
            fresh = Path(folder) / "codex"
            extract_one(package.archive, package.member, fresh, limit=_LARGEST)
        except CodexwireError as problem:
            pytest.fail(f"codex {version} cannot be fetched: {problem}; CODEXWIRE_NO_LIVE=1 skips")
        fresh.replace(kept)


@pytest.fixture(scope="session")
def binary() -> Binary:
    found: dict[str, Path] = {}

    def of(version: str) -> Path:
        if version not in found:
            found[version] = binary_of(version)
        return found[version]

    return of


@pytest.fixture
def stub_of() -> Iterator[Stub]:
    """Starts stubs that say a text or play a script (TOML text), and stops them."""
    started: list[ResponsesStub] = []

    def start(text: str = "", script: str | Script | None = None) -> ResponsesStub:
        if isinstance(script, str):
            script = parse_script(script)
        stub = ResponsesStub(text, script=script)
        stub.start()
        started.append(stub)
        return stub

    yield start
    for stub in started:
        stub.close()


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """An empty project folder."""
    folder = tmp_path / "project"
    folder.mkdir()
    return folder


def model_for(version: str) -> str:
    """The model whose tools the release knows offline."""
    return "gpt-5.1-codex" if Version.parse(version) < Version(0, 120, 0) else "gpt-5.5"
