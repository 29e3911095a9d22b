"""What the official SDK calls the types of the protocol, as of its release 0.163.0."""

from __future__ import annotations

__all__ = ["ALIASES", "IMPORTED", "OPEN_STRINGS", "RENAMED", "SDK_RELEASE", "WRAPPED"]

SDK_RELEASE = "0.163.0"
"""The release of the SDK, and of the protocol that it was generated from."""

# What the SDK's generator calls classes that are named after their owner here.
RENAMED = {
    "AskForApprovalGranular": "Granular",
    "CodexErrorInfoActiveTurnNotSteerable": "ActiveTurnNotSteerable",
    "CodexErrorInfoHttpConnectionFailed": "HttpConnectionFailed",
    "CodexErrorInfoResponseStreamConnectionFailed": "ResponseStreamConnectionFailed",
    "CodexErrorInfoResponseStreamDisconnected": "ResponseStreamDisconnected",
    "CodexErrorInfoResponseTooManyFailedAttempts": "ResponseTooManyFailedAttempts",
    "SubAgentSourceThreadSpawn": "ThreadSpawn",
}

# The SDK's numbered and accidental names, each with the class that it stands for.
ALIASES = {
    "FileSystemSpecialPath1": "UnknownFileSystemSpecialPath",
    "HookMetadata1": "CommandHookMetadata",
    "HookMetadata2": "McpToolHookMetadata",
    "KindFileSystemSpecialPath": "ProjectRootsFileSystemSpecialPath",
    "ResourceContent1": "TextResourceContent",
    "ResourceContent2": "BlobResourceContent",
}

# Strings since 0.140.0 that were enums before; the SDK keeps them, with the values known so far.
OPEN_STRINGS = {
    "ReasoningEffort": ("none", "minimal", "low", "medium", "high", "xhigh", "max", "ultra"),
    "ThreadSource": ("user", "subagent", "memory_consolidation"),
}

# Enums that are RootModels in the SDK, because they are published as a union of strings.
WRAPPED = ("ReasoningSummary",)

# The models that the SDK's own modules import.
IMPORTED = (
    "Account",
    "AccountLoginCompletedNotification",
    "AccountRateLimitsUpdatedNotification",
    "AccountUpdatedNotification",
    "AgentMessageDeltaNotification",
    "AgentMessageThreadItem",
    "ApiKeyLoginAccountParams",
    "AppListUpdatedNotification",
    "ApprovalsReviewer",
    "AskForApproval",
    "AskForApprovalValue",
    "CancelLoginAccountResponse",
    "CancelLoginAccountStatus",
    "ChatgptDeviceCodeLoginAccountParams",
    "ChatgptDeviceCodeLoginAccountResponse",
    "ChatgptLoginAccountParams",
    "ChatgptLoginAccountResponse",
    "CommandExecutionOutputDeltaNotification",
    "ConfigWarningNotification",
    "ContextCompactedNotification",
    "DangerFullAccessSandboxPolicy",
    "DeprecationNoticeNotification",
    "ErrorNotification",
    "FileChangeOutputDeltaNotification",
    "FunctionCallOutputContentItem",
    "GetAccountParams",
    "GetAccountResponse",
    "IdleThreadStatus",
    "ItemCompletedNotification",
    "ItemStartedNotification",
    "LoginAccountParams",
    "LoginAccountResponse",
    "LogoutAccountResponse",
    "McpServerOauthLoginCompletedNotification",
    "McpToolCallProgressNotification",
    "MessagePhase",
    "ModelListResponse",
    "Personality",
    "PlanDeltaNotification",
    "PlanType",
    "RawResponseItemCompletedNotification",
    "ReadOnlySandboxPolicy",
    "ReasoningEffort",
    "ReasoningSummary",
    "ReasoningSummaryPartAddedNotification",
    "ReasoningSummaryTextDeltaNotification",
    "ReasoningTextDeltaNotification",
    "SandboxMode",
    "SandboxPolicy",
    "SortDirection",
    "TerminalInteractionNotification",
    "ThreadArchiveResponse",
    "ThreadCompactStartResponse",
    "ThreadForkParams",
    "ThreadForkResponse",
    "ThreadGoalClearResponse",
    "ThreadGoalClearedNotification",
    "ThreadGoalSetResponse",
    "ThreadGoalStatus",
    "ThreadGoalUpdatedNotification",
    "ThreadItem",
    "ThreadListCwdFilter",
    "ThreadListParams",
    "ThreadListResponse",
    "ThreadNameUpdatedNotification",
    "ThreadReadResponse",
    "ThreadResumeParams",
    "ThreadResumeResponse",
    "ThreadSetNameResponse",
    "ThreadSortKey",
    "ThreadSource",
    "ThreadSourceKind",
    "ThreadStartParams",
    "ThreadStartResponse",
    "ThreadStartSource",
    "ThreadStartedNotification",
    "ThreadTokenUsage",
    "ThreadTokenUsageUpdatedNotification",
    "ThreadUnarchiveResponse",
    "Turn",
    "TurnCompletedNotification",
    "TurnDiffUpdatedNotification",
    "TurnError",
    "TurnInterruptResponse",
    "TurnPlanUpdatedNotification",
    "TurnStartParams",
    "TurnStartResponse",
    "TurnStartedNotification",
    "TurnStatus",
    "TurnSteerResponse",
    "TurnToolOutput",
    "WindowsWorldWritableWarningNotification",
    "WorkspaceWriteSandboxPolicy",
)
