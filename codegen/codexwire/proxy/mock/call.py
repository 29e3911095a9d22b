"""One request on its way to its answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeAlias

from codexwire.ir.model import Method
from codexwire.model.identity import id_of
from codexwire.proxy.mock.admit import Refusal
from codexwire.proxy.mock.world import Thread, World
from codexwire.version import Version

if TYPE_CHECKING:
    from codexwire.proxy.mock.session import Session

__all__ = ["Act", "Call", "Handler", "Made"]

Json = dict[str, Any]

_THREADS = Version(0, 99, 0)  # 0.72.0 still calls a thread that it lacks a conversation
Act: TypeAlias = Callable[[], None]


@dataclass(frozen=True, slots=True)
class Made:
    """What a request comes to: its result (None: made from the schema), and what follows the answer."""

    result: Any
    after: tuple[Act, ...] = ()


@dataclass(frozen=True)
class Call:
    """A request: who sent it, its method and its params."""

    session: Session
    method: Method
    params: Json

    @property
    def world(self) -> World:
        """What the server remembers."""
        return self.session.server.world

    @cached_property
    def ids(self) -> dict[str, str]:
        """The ids in the params by their kind (`thread`, `turn`, `item`)."""
        found = {
            kind: id_of(kind, self.method.name, self.params, "params")
            for kind in ("thread", "turn", "item")
        }
        return {kind: value for kind, value in found.items() if value is not None}

    def thread(self, refusal: str = "thread not found: {}") -> Thread:
        """Return the thread that the params name; Refusal when there is none."""
        version = self.session.server.protocol.version
        if version is not None and version < _THREADS:
            refusal = refusal.replace("thread", "conversation")
        name = self.ids.get("thread", "")
        thread = self.world.threads.get(name)
        if thread is None:
            raise Refusal(refusal.format(name))
        return thread


Handler: TypeAlias = Callable[[Call], Made]
