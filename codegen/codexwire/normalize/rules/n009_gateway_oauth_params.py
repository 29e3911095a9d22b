"""`account/gatewayOAuth/read` and `…/login` are published with null params and take an empty object.

0.169.0 gives them params of their own. Before that the server answered to `{}` as to null and refused an
object with anything in it, as it does for every method without params; here it matters because
clients of the newer shape send `{}`.
"""

from __future__ import annotations

from codexwire.direction import Kind, Side
from codexwire.ir.model import Protocol, Schema
from codexwire.normalize.edit import accept_params
from codexwire.normalize.rule import Effect, Rule
from codexwire.version import VersionRange

PARAMS: dict[str, tuple[str, Schema]] = {
    "account/gatewayOAuth/read": (
        "v2/GatewayOAuthReadParams",
        {"title": "GatewayOAuthReadParams", "type": "object", "additionalProperties": False},
    ),
    "account/gatewayOAuth/login": (
        "v2/GatewayOAuthLoginParams",
        {"title": "GatewayOAuthLoginParams", "type": "object", "additionalProperties": False},
    ),
}


def accept(protocol: Protocol) -> Protocol | None:
    """Return the protocol in which the two methods take an empty object too."""
    return accept_params(protocol, Side.CLIENT, Kind.REQUEST, PARAMS)


RULE = Rule(
    id="n009-gateway-oauth-params",
    title="The params of account/gatewayOAuth/read and login are null or an empty object.",
    effect=Effect.PATCH,
    versions=VersionRange.parse("0.157.0..0.166.0"),
    evidence=(
        "0.160.0, 0.163.0, 0.166.0 answered to {} (recorded); so does 0.157.0, which brought them",
        '0.157.0, 0.163.0 refused {"x": 1}: invalid type: map, expected unit',
    ),
    protocol=accept,
)
