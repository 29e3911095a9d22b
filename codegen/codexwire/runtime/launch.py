"""Which binary to run, and how."""

from __future__ import annotations

import math
import os
import shutil
import tomllib
from collections.abc import Mapping
from enum import Enum
from importlib import import_module
from pathlib import Path
from typing import Any

import tomli_w

from codexwire.profiles.app_server import names as app_server
from codexwire.profiles.exec_server import names as exec_server
from codexwire.runtime.errors import LaunchError, MessageError

__all__ = [
    "ANY_PORT",
    "app_server_command",
    "exec_server_command",
    "find_codex",
    "home_variable",
    "toml_value",
]

_BEFORE, _BEHIND = "v = [\n    0,\n    ", ",\n]\n"
_SMALLEST, _LARGEST = -(2**63), 2**63 - 1
_LEVELS = 80
_ODD = frozenset("\"'=")


ANY_PORT = "ws://127.0.0.1:0"
"""Lets a server listen on a free port of its own choice, which it prints."""


def home_variable(codex_home: str | Path | None) -> dict[str, str]:
    """Return the environment variable that names the home; none for None."""
    return {} if codex_home is None else {"CODEX_HOME": str(Path(codex_home).absolute())}


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
    listen: str | None = None,
) -> list[str]:
    """Return the command line of an app-server.

    `config` overrides config.toml by dotted names; a member that is None is left out, MessageError for
    what TOML does not have. `listen` is `ws://IP:PORT` (None: standard input and output).
    """
    overrides = [
        word
        for name, value in (config or {}).items()
        if value is not None
        for word in ("-c", f"{name}={toml_value(name, value)}")
    ]
    address = [] if listen is None else ["--listen", listen]
    # Behind the subcommand: before 0.99.0 it does not see overrides that stand in front of it.
    return [str(find_codex(codex)), app_server.SOURCE, *address, *overrides, *args]


def exec_server_command(
    codex: str | Path | None = None, *, listen: str = "stdio", args: tuple[str, ...] = ()
) -> list[str]:
    """Return the command line of an exec-server; `listen` is `stdio` or `ws://IP:PORT`."""
    return [str(find_codex(codex)), exec_server.SOURCE, "--listen", listen, *args]


def toml_value(name: str, value: Any) -> str:
    """Return a value as TOML can write it behind `name = `; MessageError for what it does not have.

    So it is for what servers read as something else: a name with quotes or an empty part (they split it
    at every dot and take quotes as they are), a number that is not finite, more than 80 levels.
    """
    if not _is_name(name):
        raise MessageError(
            f"config: {name!r} is no name of a setting", hint="give odd names as keys of a mapping"
        )
    try:
        written = tomli_w.dumps({"v": [0, _plain(value)]})  # in a list tables are written inline
        written.encode()
        tomllib.loads(written)  # a server would take for text what is no TOML
    except (TypeError, ValueError) as problem:
        raise MessageError(f"config: {name} cannot be given: {problem}") from None
    return written.removeprefix(_BEFORE).removesuffix(_BEHIND)


def _is_name(name: object) -> bool:
    """Whether servers read it as the dotted name that it is."""
    if not isinstance(name, str) or not name.isprintable() or name.startswith("-"):
        return False
    return all(part and part == part.strip() and not set(part) & _ODD for part in name.split("."))


def _plain(value: Any, levels: int = _LEVELS) -> Any:
    """Return a value without the members that are None, with paths as texts and enums as their values."""
    match value:
        case Enum():
            return _plain(value.value, levels)
        case Mapping() | list() | tuple() if not levels:
            raise ValueError(f"servers read {_LEVELS} levels of it at most")
        case Mapping():
            members = ((k, v) for k, v in value.items() if v is not None)
            return {_plain(key): _plain(member, levels - 1) for key, member in members}
        case list() | tuple():
            return [_plain(member, levels - 1) for member in value]
        case int() if not _SMALLEST <= value <= _LARGEST:
            raise ValueError("its integers have 64 bits")
        case float() if not math.isfinite(value):
            raise ValueError(f"no server takes {value}")
        case os.PathLike():
            return os.fspath(value)
    return value
