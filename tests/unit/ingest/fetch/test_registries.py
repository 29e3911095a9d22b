"""The packages of each platform hold its binary, and clients of registries ask nobody anything."""

from __future__ import annotations

import json
import platform
import sys
from pathlib import Path

import pytest

from codexwire.errors import IngestError
from codexwire.ingest.fetch import npm, pypi
from codexwire.ingest.fetch.client import AbsentError
from codexwire.ingest.fetch.process import Finished
from codexwire.ingest.fetch.pull import PullOptions
from codexwire.ingest.fetch.registry import fetch, releases
from codexwire.version import Version

# Everything below `vendor/` of the package of 0.98.0, which has the binaries of all platforms.
MEMBERS = [
    "aarch64-apple-darwin/codex/codex",
    "aarch64-apple-darwin/path/rg",
    "aarch64-pc-windows-msvc/codex/codex-command-runner.exe",
    "aarch64-pc-windows-msvc/codex/codex-windows-sandbox-setup.exe",
    "aarch64-pc-windows-msvc/codex/codex.exe",
    "aarch64-pc-windows-msvc/path/rg.exe",
    "aarch64-unknown-linux-musl/codex/codex",
    "aarch64-unknown-linux-musl/path/rg",
    "x86_64-apple-darwin/codex/codex",
    "x86_64-apple-darwin/path/rg",
    "x86_64-pc-windows-msvc/codex/codex-command-runner.exe",
    "x86_64-pc-windows-msvc/codex/codex-windows-sandbox-setup.exe",
    "x86_64-pc-windows-msvc/codex/codex.exe",
    "x86_64-pc-windows-msvc/path/rg.exe",
    "x86_64-unknown-linux-musl/codex/codex",
    "x86_64-unknown-linux-musl/path/rg",
]


@pytest.mark.parametrize(
    ("system", "machine", "asked", "member"),
    [
        ("linux", "x86_64", "linux-x64", "x86_64-unknown-linux-musl/codex/codex"),
        ("linux", "aarch64", "linux-arm64", "aarch64-unknown-linux-musl/codex/codex"),
        ("darwin", "x86_64", "darwin-x64", "x86_64-apple-darwin/codex/codex"),
        ("darwin", "arm64", "darwin-arm64", "aarch64-apple-darwin/codex/codex"),
        ("win32", "AMD64", "win32-x64", "x86_64-pc-windows-msvc/codex/codex.exe"),
        ("win32", "ARM64", "win32-arm64", "aarch64-pc-windows-msvc/codex/codex.exe"),
    ],
)
def test_the_binary_of_each_platform_is_found(
    system: str,
    machine: str,
    asked: str,
    member: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What Python calls these platforms, what npm calls their packages, and what lies in them."""
    specs: list[str] = []

    def answer(_: str, spec: str, *__: str, **___: object) -> Finished:
        specs.append(spec)
        return Finished(
            0, json.dumps([{"filename": "a.tgz", "integrity": "sha512-x"}]).encode(), ""
        )

    monkeypatch.setattr(npm, "_npm", answer)
    monkeypatch.setattr(sys, "platform", system)
    monkeypatch.setattr(platform, "machine", lambda: machine)
    package = npm.fetch(Version.parse("0.163.0"), tmp_path)
    assert specs == [f"@openai/codex@0.163.0-{asked}"]
    found = [m for m in MEMBERS if package.member.fullmatch(f"package/vendor/{m}")]
    assert found == [member]


@pytest.mark.parametrize("name", ["codex", "codex.exe"])
def test_a_wheel_has_one_binary_of_this_name(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Wheels call it as the package itself does that is in them: `codex.exe` on Windows."""
    others = ["codex-code-mode-host", "codex-command-runner.exe", "codex_exe", "codex.exe.txt"]
    (tmp_path / "a.whl").touch()
    monkeypatch.setattr(pypi, "_pip", lambda *_, **__: Finished(0, b"", ""))
    member = pypi.fetch(Version.parse("0.163.0"), tmp_path).member
    assert [n for n in (name, *others) if member.fullmatch(f"codex_cli_bin/bin/{n}")] == [name]


def test_a_platform_without_a_build_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(platform, "machine", lambda: "riscv64")
    with pytest.raises(AbsentError, match=f"no codex build for {sys.platform}-riscv64"):
        npm.fetch(Version.parse("0.163.0"), tmp_path)


FAKE_PIP = """
import os, sys
sys.exit(" ".join(f"{k}={v}" for k, v in sorted(os.environ.items()) if k.startswith("PIP_")))
"""


def test_pip_asks_for_no_password_and_looks_for_no_new_pip(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody is there to answer; and a notice about pip would stand where the reason is looked for."""
    (tmp_path / "pip").mkdir()
    (tmp_path / "pip" / "__init__.py").touch()
    (tmp_path / "pip" / "__main__.py").write_text(FAKE_PIP)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    for name in ("PIP_NO_INPUT", "PIP_DISABLE_PIP_VERSION_CHECK"):
        monkeypatch.setenv(name, "0")
    with pytest.raises(IngestError) as caught:
        pypi.versions(tmp_path)
    assert "PIP_DISABLE_PIP_VERSION_CHECK=1" in str(caught.value)
    assert "PIP_NO_INPUT=1" in str(caught.value)


NPM_VERSIONS = [
    *("0.57.0", "0.58.0", "0.98.0"),  # one package with the binaries of all platforms
    *("0.99.0", "0.99.0-darwin-arm64"),
    *("0.163.0", "0.163.0-darwin-arm64", "0.163.0-linux-x64"),
]


def test_each_registry_is_asked_by_its_own_client(monkeypatch: pytest.MonkeyPatch) -> None:
    """With answers as npm and pip write them; before 0.58.0 no release writes a schema."""
    answers = {
        npm: json.dumps([*NPM_VERSIONS, "0.163.0-alpha.1"]).encode(),
        pypi: b"openai-codex-cli-bin (0.131.0)\nAvailable versions: 0.131.0, 0.130.0\n",
    }
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(platform, "machine", lambda: "x86_64")
    for client, output in answers.items():
        name = "_npm" if client is npm else "_pip"
        monkeypatch.setattr(client, name, lambda *_, output=output, **__: Finished(0, output, ""))
    found = {name: [str(v) for v in releases((name,))] for name in ("npm", "pypi")}
    assert found == {"npm": ["0.58.0", "0.98.0", "0.163.0"], "pypi": ["0.130.0", "0.131.0"]}


def test_pip_is_asked_first_and_npm_for_what_it_does_not_have(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A wheel holds the binary of one platform, a package of npm before 0.99.0 those of all."""
    asked: list[str] = []

    def nothing(name: str) -> Finished:
        asked.append(name)
        raise AbsentError(f"{name} has none")

    monkeypatch.setattr(pypi, "_pip", lambda *_, **__: nothing("pip"))
    monkeypatch.setattr(npm, "_npm", lambda *_, **__: nothing("npm"))
    with pytest.raises(IngestError, match="pip has none; npm has none"):
        fetch(Version.parse("0.163.0"), tmp_path, names=PullOptions().registries)
    assert asked == ["pip", "npm"]
