"""Which hosts are this machine, and where a token may go."""

from __future__ import annotations

import ipaddress

from codexwire.runtime.errors import LaunchError

__all__ = ["check_private", "is_loopback"]


def is_loopback(host: str) -> bool:
    """Whether a host, as a URL names it, is this machine and no other can be meant."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def check_private(host: str, *, secure: bool) -> None:
    """Raise LaunchError for a host to which no secret goes: without TLS, on another machine."""
    if not (secure or is_loopback(host)):
        raise LaunchError(
            f"a token is not sent to {host} in the clear", hint="use wss:// or a tunnel"
        )
