"""Typed requests: what the methods of generated clients are made of."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from enum import Enum
from typing import Any, ClassVar, Final, TypeAlias

from pydantic import ValidationError

from codexwire.model.message import Json
from codexwire.runtime.client.blocking import BlockingPeer
from codexwire.runtime.client.core import AsyncClient
from codexwire.runtime.client.peer import AsyncPeer
from codexwire.runtime.client.sync import Client
from codexwire.runtime.errors import MessageError, UnexpectedResultError
from codexwire.runtime.keep import dump
from codexwire.runtime.spec import MethodSpec, MethodTable

__all__ = [
    "UNSET",
    "AsyncTyped",
    "AsyncTypedClient",
    "Typed",
    "TypedClient",
    "TypedCodec",
    "Unset",
]


Decode: TypeAlias = Callable[[str, Any], Any]


class Unset(Enum):
    """The type of `UNSET`."""

    UNSET = "UNSET"

    def __repr__(self) -> str:
        return "UNSET"


UNSET: Final = Unset.UNSET
"""An argument that was not given, and is not sent; None is sent as null."""


class TypedCodec:
    """Decodes with the functions of a generated package's `decode`, which never fail."""

    def __init__(self, notification: Decode, request: Decode, result: Decode) -> None:
        self.notification = notification
        self.request = request
        self.result = result

    def dump(self, value: Any) -> Any:
        """Return the JSON value of models, and of what holds models."""
        return dump(value)


class AsyncTyped(AsyncPeer[Any]):
    """An async client that knows its requests."""

    requests: ClassVar[MethodTable]

    async def typed(
        self, method: str, timeout: float | None, params: Any = None, /, **given: Any
    ) -> Any:
        """Send a request and return its result as its model, as plain JSON where that is not known.

        The params are `params`, or the fields of their model in `given` that are not UNSET.
        MessageError when they do not make a model, UnexpectedResultError for a result that is none.
        """
        spec = self.requests[method]
        return _typed(
            spec, await self.request(method, _params(spec, params, given), timeout=timeout)
        )

    def typed_all(
        self, method: str, timeout: float | None, params: Any = None, /, **given: Any
    ) -> AsyncIterator[Any]:
        """Return an iterator over the entries of every page of a list; arguments as `typed`."""
        return self.list_all(method, _params(self.requests[method], params, given), timeout=timeout)


class Typed(BlockingPeer[Any]):
    """A blocking client that knows its requests."""

    def typed(self, method: str, timeout: float | None, params: Any = None, /, **given: Any) -> Any:
        """Send a request and return its result as its model."""
        spec = self._client.requests[method]
        return _typed(spec, self.request(method, _params(spec, params, given), timeout=timeout))

    def typed_all(
        self, method: str, timeout: float | None, params: Any = None, /, **given: Any
    ) -> Iterator[Any]:
        """Return an iterator over the entries of every page of a list."""
        return self._each(self._client.typed_all(method, timeout, params, **given))


class AsyncTypedClient(AsyncTyped, AsyncClient):
    """An async client of the app-server that knows its requests."""


class TypedClient(Typed, Client):
    """A blocking client of the app-server that knows its requests."""


def _typed(spec: MethodSpec, result: Any) -> Any:
    model = spec.result
    if model is None:
        return getattr(result, "raw", result)
    if not isinstance(result, model):
        raise UnexpectedResultError(spec.method, getattr(result, "raw", result))
    return result


def _params(spec: MethodSpec, params: Any, given: Json) -> Any:
    model = spec.params
    if params is not None or model is None:
        return params
    try:
        return model(**{name: value for name, value in given.items() if value is not UNSET})
    except ValidationError as problem:
        first = problem.errors(include_url=False)[0]
        place = ".".join(map(str, first["loc"]))
        raise MessageError(f"{spec.method}: {place}: {first['msg']}") from problem
