"""Which binary to run, and how."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

from codexwire.profiles.app_server import names as app_server
from codexwire.profiles.exec_server import names as exec_server
from codexwire.runtime.errors import LaunchError

__all__ = ["app_server_command", "exec_server_command", "find_codex"]


def find_codex(codex: str | Path | None = None) -> Path:
    """Return the codex binary: the one given, else on PATH, else of the package `codex_cli_bin`.

    A text without a slash is looked for on PATH, and so is a Path that is no file here. LaunchError
    when there is none.
    """
    if codex is not None:
        # `Path("./codex")` no longer says that it is here.
        here = isinstance(codex, Path) and codex.is_file()
        found = shutil.which(Path(codex).absolute() if here else os.fspath(codex))
        if found is None:
            raise LaunchError(f"no such program: {codex}", hint="give the path of a codex binary")
        return Path(found).absolute()  # the server may run in another folder
    on_path = shutil.which("codex")
    if on_path is not None:
        return Path(on_path)
    try:
        return Path(import_module("codex_cli_bin").bundled_codex_path())
    except (ImportError, AttributeError, OSError):
        raise LaunchError(
            "no codex binary found",
            hint="put one on PATH, name one, or `pip install openai-codex-cli-bin`",
        ) from None


def app_server_command(
    codex: str | Path | None = None,
    *,
    args: tuple[str, ...] = (),
    config: Mapping[str, Any] | None = None,
) -> list[str]:
    """Return the command line of an app-server; `config` overrides config.toml by dotted names."""
    overrides = [
        word for name, value in (config or {}).items() for word in ("-c", f"{name}={_toml(value)}")
    ]
    # Behind the subcommand: before 0.99.0 it does not see overrides that stand in front of it.
    return [str(find_codex(codex)), app_server.SOURCE, *overrides, *args]


def exec_server_command(
    codex: str | Path | None = None, *, listen: str = "stdio", args: tuple[str, ...] = ()
) -> list[str]:
    """Return the command line of an exec-server; `listen` is `stdio` or `ws://IP:PORT`."""
    return [str(find_codex(codex)), exec_server.SOURCE, "--listen", listen, *args]


def _toml(value: Any) -> str:
    """Return a value as TOML; JSON is TOML for strings, numbers, booleans and lists of them."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{json.dumps(k)} = {_toml(v)}" for k, v in value.items()) + "}"
    return json.dumps(value)
