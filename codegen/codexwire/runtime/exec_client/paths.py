"""Paths as a release of the exec-server takes them: as they are, or as `file://` URIs.

Native paths up to 0.140.0, either in 0.142.0, URIs only from 0.145.0 on.
"""

from __future__ import annotations

import re
from pathlib import PurePath, PurePosixPath, PureWindowsPath
from typing import Literal, TypeAlias
from urllib.parse import unquote, urlsplit

from codexwire.runtime.errors import MessageError

__all__ = ["ExecPath", "PathStyle", "native_path", "wire_path"]

ExecPath: TypeAlias = "str | PurePath"
"""An absolute path on the server's machine, or its `file://` URI."""

PathStyle: TypeAlias = Literal["native", "uri"]

_SCHEME = "file://"
_WINDOWS = re.compile(r"[A-Za-z]:[\\/]|\\\\")
_DRIVE = re.compile(r"/[A-Za-z]:")


def wire_path(path: ExecPath, style: PathStyle) -> str:
    """Return a path as the server takes it; MessageError for one that is not absolute."""
    text = str(path)
    if style == "native":
        return native_path(text)
    if text.startswith(_SCHEME):
        return text
    kind = PureWindowsPath if _WINDOWS.match(text) else PurePosixPath
    try:
        return kind(text).as_uri()
    except ValueError:
        raise MessageError(f"not an absolute path: {text!r}") from None


def native_path(path: str) -> str:
    """Return the path that a `file://` URI names on its own machine; anything else as it is."""
    if not path.startswith(_SCHEME):
        return path
    parts = urlsplit(path)
    found = unquote(parts.path, errors="surrogateescape")
    if parts.netloc not in ("", "localhost"):
        return str(PureWindowsPath(f"//{unquote(parts.netloc)}{found}"))
    return str(PureWindowsPath(found[1:])) if _DRIVE.match(found) else found
