"""The client of `codex exec-server`: processes, files and HTTP requests on its machine.

Nothing is imported before it is used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from codexwire.runtime.lazy import lazy_exports

if TYPE_CHECKING:
    from codexwire.runtime.exec_client.core import AsyncExecClient
    from codexwire.runtime.exec_client.events import ProcessOutput, ProcessRead, ProcessResult
    from codexwire.runtime.exec_client.files import DirectoryEntry, FileInfo, FileTree, TreeEntry
    from codexwire.runtime.exec_client.http import HttpRequest, HttpResponse
    from codexwire.runtime.exec_client.options import ExecOptions, ExecServerInfo
    from codexwire.runtime.exec_client.process import AsyncProcess, ProcessOptions
    from codexwire.runtime.exec_client.sequence import Gap
    from codexwire.runtime.exec_client.sync import ExecClient, Process

__all__ = [
    "AsyncExecClient",
    "AsyncProcess",
    "DirectoryEntry",
    "ExecClient",
    "ExecOptions",
    "ExecServerInfo",
    "FileInfo",
    "FileTree",
    "Gap",
    "HttpRequest",
    "HttpResponse",
    "Process",
    "ProcessOptions",
    "ProcessOutput",
    "ProcessRead",
    "ProcessResult",
    "TreeEntry",
]

_EXPORTS = {
    "AsyncExecClient": "core",
    "AsyncProcess": "process",
    "DirectoryEntry": "files",
    "ExecClient": "sync",
    "ExecOptions": "options",
    "ExecServerInfo": "options",
    "FileInfo": "files",
    "FileTree": "files",
    "Gap": "sequence",
    "HttpRequest": "http",
    "HttpResponse": "http",
    "Process": "sync",
    "ProcessOptions": "process",
    "ProcessOutput": "events",
    "ProcessRead": "events",
    "ProcessResult": "events",
    "TreeEntry": "files",
}


def __getattr__(name: str) -> Any:
    return lazy_exports(__name__, name, _EXPORTS)
