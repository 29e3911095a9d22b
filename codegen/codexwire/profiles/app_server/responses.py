"""The response types that the names of the params do not tell, each confirmed by a server's answer.

Method → the types that may be its response, best first.
"""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["RESPONSES"]

RESPONSES: Mapping[str, tuple[str, ...]] = {
    "account/gatewayOAuth/cancel": ("v2/GatewayOAuthCancelResponse",),
    "account/gatewayOAuth/login": ("v2/GatewayOAuthLoginResponse",),
    "account/gatewayOAuth/read": ("v2/GatewayOAuthReadResponse",),
    "account/logout": ("v2/LogoutAccountResponse",),
    "account/rateLimits/read": ("v2/GetAccountRateLimitsResponse",),
    "account/securitySetup/read": ("v2/GetAccountSecuritySetupResponse",),
    "account/usage/read": ("v2/GetAccountTokenUsageResponse",),
    "account/workspaceMessages/read": ("v2/GetWorkspaceMessagesResponse",),
    "accountSession/list": ("v2/AccountSessionsResponse",),
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
