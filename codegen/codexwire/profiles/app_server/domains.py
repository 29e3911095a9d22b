"""Which module of the models of the app-server a type belongs to, in import order."""

from __future__ import annotations

from codexwire.model.profile import Domain
from codexwire.profiles.app_server.names import EVENT

__all__ = ["DOMAINS"]


def _domain(name: str, title: str, prefixes: str, suffixes: tuple[str, ...] = ()) -> Domain:
    return Domain(name, title, tuple(prefixes.split()), suffixes)


# The first domain takes what no prefix matches: a new type never drags those that use it away.
DOMAINS: tuple[Domain, ...] = (
    _domain("shared", "Types that several domains use.", "ConversationId ReasoningEffort"),
    _domain("envelope", "JSON-RPC envelopes and the handshake.", "JSONRPC Initialize ClientInfo"),
    _domain(
        "permissions",
        "Sandbox policies, permission profiles and approval policies.",
        """
        ActivePermissionProfile AdditionalFileSystem AdditionalNetwork AdditionalPermission
        ApprovalsReviewer AskForApproval AutoReview FileSystem GrantedPermission Network
        Permission ReadOnlyAccess RequestPermission Sandbox WindowsSandboxImplementation
        """,
    ),
    _domain(
        "model",
        "Models, providers and reasoning settings.",
        """
        AwsCredential Bedrock CollaborationMode Gateway Gcp InputModality ModeKind Model MultiAgent
        NewThreadModelDefaults Personality ProviderSettings Reasoning Settings Verbosity
        """,
    ),
    _domain(
        "account",
        "Accounts, login, plans, credits and rate limits.",
        """
        Account AddCredits AuthMode AuthRecovery CancelLogin ChatgptAuth ConsumeAccount Credits
        ForcedLogin GetAccount GetWorkspace Login Logout NullableGetAccount Plan RateLimit
        SendAddCredits SpendControl ThreadUsage WorkspaceMessage WorkspaceRouting
        """,
    ),
    _domain(
        "mcp",
        "MCP servers, their tools, resources and elicitations.",
        """
        Annotations AudioContent BlobResource CallTool ContentBlock EmbeddedResource ImageContent
        ListMcp Mcp Resource Role TextContent TextResource Tool
        """,
    ),
    _domain("hooks", "Hooks and their runs.", "ConfiguredHook Hook Hooks ManagedHooks"),
    _domain(
        "plugin",
        "Plugins, marketplaces, apps and skills.",
        "App Apps InstalledApp Marketplace Plugin ScheduledTask Skill Skills",
    ),
    _domain(
        "config",
        "Configuration and requirements.",
        """
        AllowDeny Analytics ApplicationNetwork ApplicationRequirements ApplicationStorage
        AutoCompact BrowserUse ComputerUse Config ExperimentalFeature FeedbackRequirements
        ForcedChatgpt InAppBrowser MergeStrategy Otel OverriddenMetadata Profile
        ResidencyRequirement ToolsV2 WebSearch WriteStatus
        """,
    ),
    _domain(
        "item",
        "What a turn consists of: thread items, user input, and their events.",
        """
        AgentMessage AsyncUserInput CollabAgent CommandAction CommandExecution DynamicTool
        FileChange FileUpdate FunctionCall HookPrompt Image Item McpAppDisplayMode McpAppUi
        McpToolCall MemoryCitation MessagePhase Patch PlanDelta ReasoningSummaryPart
        ReasoningSummaryText ReasoningText SubAgentActivity TerminalInteraction ThreadItem
        ThreadItemsList ThreadItemsRead UserInput WebSearchAction
        """,
    ),
    _domain(
        "response_item",
        "What the model is sent and answers with.",
        """
        ContentItem InternalChat LocalShell RawResponse ReasoningItem ResponseItem ResponseUsage
        ResponsesApi TokenUsageBreakdown
        """,
    ),
    _domain(
        "turn",
        "Turns, their plans, settings and errors.",
        "CodexErrorInfo ErrorNotification Misalignment NonSteerable Turn Turns",
    ),
    _domain(
        "thread",
        "Threads: their life, lists, queue, goals and settings.",
        "ContextCompacted InternalSessionSource Queued SessionSource SubAgentSource Thread",
    ),
    _domain(
        "guardian",
        "Approvals that a guardian model reviews.",
        "Guardian ItemGuardian ThreadApproveGuardian ThreadGuardian",
    ),
    _domain("realtime", "Realtime conversations.", "ConversationText Realtime ThreadRealtime"),
    _domain("project", "Projects.", "Project"),
    _domain("review", "Code review.", "Review"),
    _domain(
        "approval",
        "What the server asks the client: approvals, user input and tool calls.",
        """
        ApplyPatchApproval ApprovalDecision Attestation CommandExecutionApproval
        CommandExecutionRequestApproval CurrentTime DynamicToolCallParams DynamicToolCallResponse
        ExecCommandApproval FileChangeApproval FileChangeRequestApproval PermissionGrant
        PermissionsRequestApproval ReviewDecision ServerRequestResolved ToolRequestUserInput
        """,
    ),
    _domain("fs", "Files.", "Fs FuzzyFileSearch"),
    _domain("process", "Commands and processes.", "CommandExec Process"),
    _domain("environment", "Environments.", "Environment"),
    _domain(
        "external_agent",
        "Import from other agents.",
        """
        CommandMigration ExternalAgent HookMigration McpServerMigration MigrationDetails
        PluginsMigration SessionMigration SkillMigration SubagentMigration
        """,
    ),
    _domain("remote_control", "Remote control.", "NullableRemoteControl RemoteControl"),
    _domain("feedback", "Feedback.", "Feedback"),
    _domain("user_verification", "User verification, device keys.", "DeviceKey UserVerification"),
    _domain("windows_sandbox", "The Windows sandbox.", "WindowsSandbox WindowsWorldWritable"),
    _domain(
        "legacy",
        "The v1 API and its events.",
        """
        AddConversation ArchiveConversation AuthStatusChange CancelLoginChatGpt CodexEvent
        Conversation ExecOneOff GetAuthStatus GetConversation GetUser GitDiffToRemote HistoryEntry
        InputItem InterruptConversation ListConversations LoginApiKey LoginChatGpt LogoutChatGpt
        NewConversation RemoveConversation ResumeConversation SendUser SessionConfigured
        SetDefaultModel TurnAbort TurnItem UserInfo UserSavedConfig
        """,
        (EVENT,),
    ),
    _domain(
        "client_messages",
        "Whole messages that the client sends, one class per method.",
        "ClientNotification ClientRequest",
    ),
    _domain(
        "server_messages",
        "Whole messages that the server sends, one class per method.",
        "ServerNotification ServerRequest",
    ),
)
