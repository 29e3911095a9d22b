"""Which module of the models of the exec-server a type belongs to, in import order."""

from __future__ import annotations

from codexwire.model.profile import Domain

__all__ = ["DOMAINS"]

DOMAINS: tuple[Domain, ...] = (
    Domain.of("shared", "Types that several domains use.", ""),
    Domain.of("envelope", "JSON-RPC envelopes and the handshake.", "JSONRPC Initialize"),
    Domain.of(
        "permissions",
        "Sandbox policies, permission profiles and approval policies.",
        "FileSystem Sandbox",
    ),
    Domain.of("fs", "Files.", "Fs"),
    Domain.of("process", "Commands and processes.", "Process"),
    Domain.of("environment", "Environments.", "Environment"),
    Domain.of(
        "client_messages",
        "Whole messages that the client sends, one class per method.",
        "ClientNotification ClientRequest",
    ),
    Domain.of(
        "server_messages",
        "Whole messages that the server sends, one class per method.",
        "ServerNotification ServerRequest",
    ),
)
