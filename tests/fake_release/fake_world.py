"""A machine of its own for a test: an empty cache, fake releases, and the real clients set up for them."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from codexwire.cli.app import run
from fake_release import WHEEL_MEMBER, fake_binary, npm_registry, wheel

__all__ = ["ENTRY", "Done", "World", "npm", "provenance", "refused", "world"]

ENTRY = ["RolloutLine.json", "experimental.json", "provenance.toml", "stable.json"]
"""The files of a release in the cache."""


@dataclass(frozen=True)
class Done:
    """How a run of the command ended."""

    code: int
    out: str
    err: str


@dataclass(frozen=True)
class World:
    """A machine of its own: an empty cache, a folder of wheels, and no registry but what is given."""

    folder: Path
    cache: Path
    wheels: Path
    command: Callable[..., Done]

    def release(self, version: str, behaviour: str = "good", **more: Any) -> Path:
        """Publish a fake release as a wheel."""
        return wheel(self.wheels, version, {WHEEL_MEMBER: fake_binary(version, behaviour, **more)})

    def pull(self, *arguments: str | Path) -> Done:
        """Run `schema pull`, from PyPI unless the arguments name another source."""
        given = {"--source", "--binary", "--from-git"} & {str(a) for a in arguments}
        return self.command("schema", "pull", *arguments, *(() if given else ("--source", "pypi")))

    def cached(self) -> list[str]:
        """Every file in the cache but the locks, below its root."""
        return sorted(
            p.relative_to(self.cache).as_posix()
            for p in self.cache.rglob("*")
            if p.is_file() and p.parent.name != "locks"
        )


@pytest.fixture
def world(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> World:
    """A new machine, with an empty working directory."""
    wheels, home, cache, work = (tmp_path / n for n in ("wheels", "home", "cache", "work"))
    for folder in (wheels, home, work):
        folder.mkdir()
    for name in [n for n in os.environ if n.upper().startswith(("PIP_", "NPM_CONFIG_"))]:
        monkeypatch.delenv(name)
    for name, value in {
        "CODEXWIRE_CACHE": cache,
        "HOME": home,
        "PIP_CONFIG_FILE": os.devnull,
        "PIP_NO_INDEX": "1",
        "PIP_FIND_LINKS": wheels,
        "npm_config_registry": "http://127.0.0.1:9/",
        "npm_config_fetch_retries": "0",
        "npm_config_update_notifier": "false",
    }.items():
        monkeypatch.setenv(name, str(value))
    monkeypatch.chdir(work)

    def command(*arguments: str | Path) -> Done:
        code = run([str(a) for a in arguments])
        out, err = capfd.readouterr()
        return Done(code, out, err)

    return World(tmp_path, cache, wheels, command)


@pytest.fixture
def npm(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., None]]:
    """Serve npm packages until the test ends."""
    with ExitStack() as stack:

        def serve(packages: dict[str, bytes], **more: Any) -> None:
            address = stack.enter_context(npm_registry(packages, **more))
            monkeypatch.setenv("npm_config_registry", address)

        yield serve


def provenance(world: World, version: str) -> dict[str, Any]:
    """Return what the cache says of where a release came from."""
    return tomllib.loads((world.cache / "schema" / version / "provenance.toml").read_text("utf-8"))


def refused(world: World, done: Done, *words: str) -> None:
    """One clear line, exit code 2, nothing in the cache."""
    assert done.code == 2
    assert done.out == ""
    lines = done.err.splitlines()
    assert len(lines) == 1, done.err
    assert lines[0].startswith("codexwire: error: ")
    for word in words:
        assert word in lines[0]
    assert world.cached() == []
