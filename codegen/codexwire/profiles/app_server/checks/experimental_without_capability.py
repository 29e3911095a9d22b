"""A client used an experimental method or field without `capabilities.experimentalApi`.

Servers from 0.99.0 on refuse it ("requires experimentalApi capability"); 0.92.0 and earlier let it pass.
Which values of a field count as its use says `codexwire.model.experimental`, the mock goes by it, too.
"""

from __future__ import annotations

from collections.abc import Iterator

from codexwire.direction import Kind, Side, Stability
from codexwire.finding import Level
from codexwire.ir.model import Protocol
from codexwire.model.experimental import experimental_members_used
from codexwire.model.members import text_in
from codexwire.model.message import MessageKind
from codexwire.model.read import types_of
from codexwire.model.session import Handshake, SessionStep
from codexwire.model.session_check import ANY, CheckNote, SessionCheck, about_request, at_step
from codexwire.version import VersionRange

_GUARDED = VersionRange.parse("0.99.0..")
_REFUSAL = " requires experimentalApi capability"
_WITHOUT = "the client did not ask for experimentalApi"


def on_step(step: SessionStep) -> Iterator[CheckNote]:
    """Notice the use of what only the experimental schema has, or a refusal that tells of it."""
    message, connection, request = step.message, step.connection, step.request
    protocol = connection.protocol
    if message.kind is MessageKind.ERROR and request is not None:
        refused = _refused(message.body.get("error"))
        if refused is not None and not _foreseen(protocol, request.method, refused):
            yield about_request(request, Level.ERROR, f"the server refused it: {_WITHOUT}")
    elif (
        message.kind is MessageKind.REQUEST
        and message.sender is Side.CLIENT
        and connection.handshake is Handshake.DONE
        and not connection.experimental
        and (connection.version is None or connection.version in _GUARDED)
    ):
        yield from _used(step, protocol)


def _used(step: SessionStep, protocol: Protocol) -> Iterator[CheckNote]:
    method = protocol.method(step.message.method or "", Side.CLIENT, Kind.REQUEST)
    if method is None:
        return
    if method.stability is Stability.EXPERIMENTAL:
        yield at_step(step, Level.ERROR, f"the method is experimental, and {_WITHOUT}")
        return
    for field in experimental_members_used(protocol, method, step.message.params):
        yield at_step(step, Level.ERROR, f"params.{field} is experimental, and {_WITHOUT}")


def _refused(error: object) -> str | None:
    """Return what an error says needs the capability (`thread/start.cwd`); None for other errors."""
    name, found, _ = text_in(error, "message").partition(_REFUSAL)
    return name if found else None


def _foreseen(protocol: Protocol, name: str, refused: str) -> bool:
    """Whether the schema marks it, so that it was reported when it was used."""
    method = protocol.method(name, Side.CLIENT, Kind.REQUEST)
    return method is not None and (
        method.stability is Stability.EXPERIMENTAL
        or refused
        in {f"{name}.{field}" for field in types_of(protocol).experimental_members(method)}
    )


CHECK = SessionCheck(
    "experimental-without-capability",
    "Experimental API is used without asking for it.",
    Level.ERROR,
    ("recordings 0.99.0–0.169.0: −32600 `<method> requires experimentalApi capability`",),
    on_step=on_step,
    about={MessageKind.ERROR: ANY, MessageKind.REQUEST: ANY},
)
