"""Decides who may open a websocket: no web page, and nobody who used a foreign host name.

A browser sends `Origin` with every websocket, and the real server refuses every request that has one
(403, measured on 0.171.0). A page whose name was made to point at this machine (DNS rebinding) gives
itself away by `Host`.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Iterable
from urllib.parse import urlsplit

from codexwire.proxy.address import Address
from codexwire.runtime.loopback import is_loopback

__all__ = ["refusal"]


def refusal(headers: Iterable[tuple[str, str]], here: Address) -> str | None:
    """Return why a request with these headers (name, value) is refused at an address; None if it is not."""
    found = [(name.strip().lower(), value.strip()) for name, value in headers]
    if any(name == "origin" for name, _ in found):
        return "it has an Origin header, as the requests of web pages have"
    if here.path:
        return None  # no name leads to a socket in the file system
    hosts = [value for name, value in found if name == "host"]
    if len(hosts) != 1 or not _leads_here(hosts[0], here.host):
        return "its Host header is not the address that is listened at"
    return None


def _leads_here(header: str, listened: str) -> bool:
    try:
        host = urlsplit(f"//{header}").hostname or ""
    except ValueError:
        return False
    if is_loopback(host) or host == listened.lower():
        return True
    return _is_unspecified(listened) and (_is_ip(host) or host == socket.gethostname().lower())


def _is_unspecified(host: str) -> bool:
    return _is_ip(host) and ipaddress.ip_address(host).is_unspecified


def _is_ip(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
