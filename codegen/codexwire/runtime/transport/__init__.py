"""How messages travel: a child process, a websocket (TCP or unix socket), or a pair in memory."""

from codexwire.runtime.transport.base import PostMortem, Transport, TransportOpener
from codexwire.runtime.transport.memory import MemoryServer, memory_pair, open_memory
from codexwire.runtime.transport.stdio import open_stdio
from codexwire.runtime.transport.websocket import open_unix_socket, open_websocket

__all__ = [
    "MemoryServer",
    "PostMortem",
    "Transport",
    "TransportOpener",
    "memory_pair",
    "open_memory",
    "open_stdio",
    "open_unix_socket",
    "open_websocket",
]
