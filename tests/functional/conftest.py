"""One generated package per version, made once a session and imported under a name of its own."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable
from types import ModuleType

import pytest
from fake_world import npm, world

from codexwire.emit.header import stamp_of
from codexwire.emit.plan import plan_package
from codexwire.emit.write import write_folder
from codexwire.ingest import load
from codexwire.normalize import normalize

__all__ = ["npm", "package_of", "world"]  # fixtures


@pytest.fixture(scope="session")
def package_of(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], ModuleType]:
    """Return the generated package of a version (or other schema source), imported."""
    folder = tmp_path_factory.mktemp("packages")
    sys.path.insert(0, str(folder))
    made: dict[str, ModuleType] = {}

    def get(source: str) -> ModuleType:
        if source not in made:
            name = "protocol_" + "".join(c if c.isalnum() else "_" for c in source)
            normalized = normalize(load(source))
            stamp = stamp_of(normalized.protocol, f"--schema {source}")
            write_folder(folder / name, plan_package(normalized, stamp, package=name).files)
            made[source] = importlib.import_module(name)
        return made[source]

    return get
