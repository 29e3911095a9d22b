"""`remoteControl/enable` and `…/disable` are published with null params and take an empty object.

0.140.0 gives them params of their own. Before that the server answered to `{}` as to null and refused an
object with anything in it, `ephemeral` included, as it does for every method without params; here it
matters because clients of the newer shape send `{}`.
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
        {"title": "RemoteControlEnableParams", "type": "object", "additionalProperties": False},
    ),
    "remoteControl/disable": (
        "v2/RemoteControlDisableParams",
        {"title": "RemoteControlDisableParams", "type": "object", "additionalProperties": False},
    ),
}


def accept(protocol: Protocol) -> Protocol | None:
    """Return the protocol in which the two methods take an empty object too."""
    return accept_params(protocol, Side.CLIENT, Kind.REQUEST, PARAMS)


RULE = Rule(
    id="n020-remote-control-params",
    title="The params of remoteControl/enable and disable are null or an empty object.",
    effect=Effect.PATCH,
    versions=VersionRange.parse("0.131.0..0.139.0"),
    evidence=(
        "0.135.0 answered to {}",
        '0.131.0, 0.134.0, 0.135.0, 0.136.0, 0.139.0 refused {"ephemeral": true}: expected unit',
    ),
    experimental=True,
    protocol=accept,
)
