"""The client: connection, router, turns, and the async and sync cores of the generated classes.

Nothing is imported before it is used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from codexwire.runtime.lazy import lazy_exports

if TYPE_CHECKING:
    from codexwire.runtime.client.command import CommandOptions, CommandOutput, CommandResult
    from codexwire.runtime.client.core import AsyncClient
    from codexwire.runtime.client.handlers import SAFE_ANSWERS, approval_handlers
    from codexwire.runtime.client.messages import Notification, ServerRequest
    from codexwire.runtime.client.options import ClientOptions, RetryPolicy, ServerInfo
    from codexwire.runtime.client.sync import Client
    from codexwire.runtime.client.turn import TokenUsage, TurnResult, TurnUsage
    from codexwire.runtime.client.typed import UNSET

__all__ = [
    "SAFE_ANSWERS",
    "UNSET",
    "AsyncClient",
    "Client",
    "ClientOptions",
    "CommandOptions",
    "CommandOutput",
    "CommandResult",
    "Notification",
    "RetryPolicy",
    "ServerInfo",
    "ServerRequest",
    "TokenUsage",
    "TurnResult",
    "TurnUsage",
    "approval_handlers",
]

_EXPORTS = {
    "SAFE_ANSWERS": "handlers",
    "UNSET": "typed",
    "AsyncClient": "core",
    "Client": "sync",
    "ClientOptions": "options",
    "CommandOptions": "command",
    "CommandOutput": "command",
    "CommandResult": "command",
    "Notification": "messages",
    "RetryPolicy": "options",
    "ServerInfo": "options",
    "ServerRequest": "messages",
    "TokenUsage": "turn",
    "TurnResult": "turn",
    "TurnUsage": "turn",
    "approval_handlers": "handlers",
}


def __getattr__(name: str) -> Any:
    return lazy_exports(__name__, name, _EXPORTS)
