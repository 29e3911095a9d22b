"""`remoteControl/enable` and `…/disable` of 0.135.0 are published with null params and take an object.

The server answered to `{"ephemeral": true}`, where methods that really have no params refuse an object
with anything in it. 0.140.0 publishes the params.
"""

from __future__ import annotations

from codexwire.direction import Kind, Side
from codexwire.ir.model import Protocol, Schema
from codexwire.normalize.edit import accept_params
from codexwire.normalize.rule import Effect, Rule
from codexwire.version import VersionRange

PARAMS: dict[str, tuple[str, Schema]] = {
    "remoteControl/enable": (
        "v2/RemoteControlEnableParams",
        {"title": "RemoteControlEnableParams", "type": "object"},
    ),
    "remoteControl/disable": (
        "v2/RemoteControlDisableParams",
        {"title": "RemoteControlDisableParams", "type": "object"},
    ),
}


def accept(protocol: Protocol) -> Protocol | None:
    """Return the protocol in which the two methods take any object too."""
    return accept_params(protocol, Side.CLIENT, Kind.REQUEST, PARAMS)


RULE = Rule(
    id="n020-remote-control-params",
    title="The params of remoteControl/enable and disable are null or an object.",
    effect=Effect.PATCH,
    versions=VersionRange.parse("0.135.0"),
    evidence=('0.135.0 answered to {"ephemeral": true} (REPORT b.8)',),
    experimental=True,
    protocol=accept,
)
