"""Which module of the models of the exec-server a type belongs to, in import order."""

from __future__ import annotations

from codexwire.model.profile import Domain

__all__ = ["DOMAINS"]

DOMAINS: tuple[Domain, ...] = (
    Domain("shared", "Types that several domains use.", ()),
    Domain(
        "envelope",
        "JSON-RPC envelopes and the handshake.",
        ("JSONRPC", "Initialize"),
    ),
    Domain(
        "permissions",
        "Sandbox policies, permission profiles and approval policies.",
        ("FileSystem", "Sandbox"),
    ),
    Domain("fs", "Files.", ("Fs",)),
    Domain("process", "Commands and processes.", ("Process",)),
    Domain("environment", "Environments.", ("Environment",)),
    Domain(
        "client_messages",
        "Whole messages that the client sends, one class per method.",
        ("ClientNotification", "ClientRequest"),
    ),
    Domain(
        "server_messages",
        "Whole messages that the server sends, one class per method.",
        ("ServerNotification", "ServerRequest"),
    ),
)
