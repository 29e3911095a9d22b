"""How messages travel: a child process, a websocket (TCP or unix socket), or a pair in memory.

Nothing is imported before it is used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from codexwire.runtime.lazy import lazy_exports

if TYPE_CHECKING:
    from codexwire.runtime.transport.base import PostMortem, Transport, TransportOpener
    from codexwire.runtime.transport.memory import MemoryServer, memory_pair, open_memory
    from codexwire.runtime.transport.patient import patient
    from codexwire.runtime.transport.served import open_served_websocket
    from codexwire.runtime.transport.stdio import open_stdio
    from codexwire.runtime.transport.websocket import open_unix_socket, open_websocket

__all__ = [
    "MemoryServer",
    "PostMortem",
    "Transport",
    "TransportOpener",
    "memory_pair",
    "open_memory",
    "open_served_websocket",
    "open_stdio",
    "open_unix_socket",
    "open_websocket",
    "patient",
]

_EXPORTS = {
    "MemoryServer": "memory",
    "PostMortem": "base",
    "Transport": "base",
    "TransportOpener": "base",
    "memory_pair": "memory",
    "open_memory": "memory",
    "open_served_websocket": "served",
    "open_stdio": "stdio",
    "open_unix_socket": "websocket",
    "open_websocket": "websocket",
    "patient": "patient",
}


def __getattr__(name: str) -> Any:
    return lazy_exports(__name__, name, _EXPORTS)
