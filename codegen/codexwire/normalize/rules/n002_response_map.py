"""The schema has no method→response map.

A request's response type is found by its params definition: `XParams` answers with `XResponse`. Where
the params are null or the pair is named differently, the table below says which type it is; each row
was confirmed by a valid answer of a real server. For a release that the table does not know yet, a
response type that no method uses and whose name is made of the same words as the method is taken, and
reported as such. What is left has an unknown result, which any JSON fits; a project states such a
result in pyproject.toml, under [tool.codexwire.responses].
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from codexwire.direction import Kind
from codexwire.ir.model import Method, Protocol
from codexwire.normalize.rule import Compared, Effect, Rule
from codexwire.version import VersionRange

OVERRIDES = {
    "account/gatewayOAuth/cancel": ("v2/GatewayOAuthCancelResponse",),
    "account/gatewayOAuth/login": ("v2/GatewayOAuthLoginResponse",),
    "account/gatewayOAuth/read": ("v2/GatewayOAuthReadResponse",),
    "account/logout": ("v2/LogoutAccountResponse",),
    "account/rateLimits/read": ("v2/GetAccountRateLimitsResponse",),
    "account/securitySetup/read": ("v2/GetAccountSecuritySetupResponse",),
    "account/usage/read": ("v2/GetAccountTokenUsageResponse",),
    "account/workspaceMessages/read": ("v2/GetWorkspaceMessagesResponse",),
    "accountSession/list": ("v2/AccountSessionsResponse", "v2/AccountSessionsListResponse"),
    "addConversationListener": ("AddConversationSubscriptionResponse",),
    "config/batchWrite": ("v2/ConfigWriteResponse",),
    "config/mcpServer/reload": ("v2/McpServerRefreshResponse",),
    "config/value/write": ("v2/ConfigWriteResponse",),
    "configRequirements/read": ("v2/ConfigRequirementsReadResponse",),
    "externalAgentConfig/import/readHistories": (
        "v2/ExternalAgentConfigImportHistoriesReadResponse",
    ),
    "getUserAgent": ("GetUserAgentResponse",),
    "getUserSavedConfig": ("GetUserSavedConfigResponse",),
    "loginChatGpt": ("LoginChatGptResponse",),
    "logoutChatGpt": ("LogoutChatGptResponse",),
    "memory/reset": ("v2/MemoryResetResponse",),
    "modelProvider/default/set": ("v2/ConfigWriteResponse",),
    "remoteControl/disable": ("v2/RemoteControlDisableResponse",),
    "remoteControl/enable": ("v2/RemoteControlEnableResponse",),
    "remoteControl/status/read": ("v2/RemoteControlStatusReadResponse",),
    "removeConversationListener": ("RemoveConversationSubscriptionResponse",),
    # 0.63.0 publishes no ReviewStartResponse; its answers are those of turn/start.
    "review/start": ("v2/ReviewStartResponse", "v2/TurnStartResponse"),
    "rollout/compress": ("v2/RolloutCompressResponse",),
    "userInfo": ("UserInfoResponse",),
    "windowsSandbox/readiness": ("v2/WindowsSandboxReadinessResponse",),
}


def resolve(protocol: Protocol, table: Mapping[str, tuple[str, ...]] = OVERRIDES) -> Protocol:
    """Return the protocol with `result` set on every request that can be resolved."""
    methods = [_named(protocol, method, table) for method in protocol.methods]
    used = {m.result for m in methods}
    unused = [n for n in protocol.types if n.endswith("Response") and n not in used]
    return replace(protocol, methods=tuple(_by_words(m, unused) for m in methods))


def _named(protocol: Protocol, method: Method, table: Mapping[str, tuple[str, ...]]) -> Method:
    if method.kind is not Kind.REQUEST or method.result is not None:
        return method
    params = method.params_type or ""
    stem = params.removesuffix("Params").replace("/Nullable", "/")
    candidates = [("table", name) for name in table.get(method.name, ())]
    if params.endswith("Params"):
        bare = stem.removeprefix("v2/")
        candidates += [("params", f"{stem}Response"), ("params", f"v2/{bare}Response")]
        candidates.append(("params", f"{bare}Response"))
    for how, name in candidates:
        if name in protocol.types:
            return replace(method, result=name, result_by=how)
    return method


def _by_words(method: Method, unused: list[str]) -> Method:
    if method.kind is not Kind.REQUEST or method.result is not None:
        return method
    words = _words(method.name)
    found = [n for n in unused if _words(n.removeprefix("v2/").removesuffix("Response")) == words]
    return replace(method, result=found[0], result_by="words") if len(found) == 1 else method


def _words(name: str) -> list[str]:
    return sorted(w.lower() for w in re.findall(r"[A-Z]?[a-z0-9]+|[A-Z]+(?![a-z])", name))


RULE = Rule(
    id="n002-response-map",
    title="Every request gets the type of its response, which the schema does not state.",
    effect=Effect.ANNOTATE,
    compared=Compared.ALWAYS,
    versions=VersionRange(),
    evidence=(
        "name rule and table confirmed by 153 valid answers of the 0.169.0 server (recorded)",
        "modelProvider/default/set: the 0.171.0 server answered `{status, version, filePath, "
        "overriddenMetadata}`, which is the ConfigWriteResponse",
        "v1 rows: answers of the 0.58.0–0.107.0 servers (recorded)",
        "review/start of 0.63.0: two answers of that server, each `{turn: {id, items, status}}`",
    ),
    protocol=resolve,
)
