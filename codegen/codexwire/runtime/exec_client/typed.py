"""Typed requests of the exec-server: what the methods of its generated clients are made of."""

from __future__ import annotations

from codexwire.runtime.client.typed import UNSET, AsyncTyped, Typed, TypedCodec, Unset
from codexwire.runtime.exec_client.core import AsyncExecClient
from codexwire.runtime.exec_client.sync import ExecClient

__all__ = ["UNSET", "AsyncTypedExecClient", "TypedCodec", "TypedExecClient", "Unset"]


class AsyncTypedExecClient(AsyncTyped, AsyncExecClient):
    """An async client of the exec-server that knows its requests."""


class TypedExecClient(Typed, ExecClient):
    """A blocking client of the exec-server that knows its requests."""
