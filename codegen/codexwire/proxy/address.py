"""Where a server is, or where one is to listen: a host and port, or a unix socket."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from codexwire.errors import UsageError
from codexwire.runtime.loopback import is_loopback

__all__ = ["Address", "parse_listen_address"]


@dataclass(frozen=True, slots=True)
class Address:
    """Where a websocket server is: a host and port, with TLS or without, or a unix socket."""

    host: str = ""
    port: int = 0
    target: str = "/"
    secure: bool = False
    path: str = ""

    @classmethod
    def parse(cls, text: str) -> Address:
        """Return the address that `ws://HOST:PORT/…`, `wss://…` or `unix://PATH` is; UsageError."""
        try:
            url = urlsplit(text)
            if url.scheme == "unix" and text.removeprefix("unix://"):
                return cls(path=text.removeprefix("unix://"))
            secure = url.scheme == "wss"
            if url.scheme in ("ws", "wss") and url.hostname:
                target = (url.path or "/") + (f"?{url.query}" if url.query else "")
                port = url.port if url.port is not None else (443 if secure else 80)
                return cls(url.hostname, port, target, secure)
        except ValueError:
            pass
        raise UsageError(f"not an address: {text!r}", hint="ws://HOST:PORT or unix://PATH")

    @property
    def authority(self) -> str:
        """What the `Host` header says."""
        if self.path:
            return "localhost"
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == (443 if self.secure else 80) else f"{host}:{self.port}"

    def __str__(self) -> str:
        if self.path:
            return f"unix://{self.path}"
        return f"ws{'s' if self.secure else ''}://{self.authority}"


def parse_listen_address(text: str, *, allow_remote: bool = False) -> Address:
    """Return the address to listen at: `ws://HOST:PORT` (port 0: any) or `unix://PATH`.

    UsageError for anything else, and unless `allow_remote` for one that other machines reach.
    """
    try:
        address = Address.parse(text)
        has_port = bool(address.path) or urlsplit(text).port is not None
    except (UsageError, ValueError):
        has_port = False
    if not has_port or address.secure or address.target != "/":
        raise UsageError(
            f"not an address to listen on: {text!r}",
            hint="ws://HOST:PORT (port 0: any), or unix://PATH",
        )
    if not (allow_remote or address.path or is_loopback(address.host)):
        raise UsageError(
            f"other machines would reach {text}",
            hint="listen at 127.0.0.1, or add --allow-remote if they are meant to",
        )
    return address
