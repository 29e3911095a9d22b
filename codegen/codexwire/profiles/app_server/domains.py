"""Which module of the models of the app-server a type belongs to, in import order."""

from __future__ import annotations

from codexwire.model.profile import Domain
from codexwire.profiles.app_server.names import EVENT

__all__ = ["DOMAINS"]


# The first domain takes what no prefix matches: a new type never drags those that use it away.
DOMAINS: tuple[Domain, ...] = (
    Domain.of("shared", "Types that several domains use.", "ConversationId ReasoningEffort"),
    Domain.of("envelope", "JSON-RPC envelopes and the handshake.", "JSONRPC Initialize ClientInfo"),
    Domain.of(
        "permissions",
        "Sandbox policies, permission profiles and approval policies.",
        """
        ActivePermissionProfile AdditionalFileSystem AdditionalNetwork AdditionalPermission
        ApprovalsReviewer AskForApproval AutoReview FileSystem GrantedPermission Network
        Permission ReadOnlyAccess RequestPermission Sandbox WindowsSandboxImplementation
        """,
    ),
    Domain.of(
        "model",
        "Models, providers and reasoning settings.",
        """
        AwsCredential Bedrock CollaborationMode Gateway Gcp InputModality ModeKind Model MultiAgent
        NewThreadModelDefaults Personality ProviderSettings Reasoning Settings Verbosity
        """,
    ),
    Domain.of(
        "account",
        "Accounts, login, plans, credits and rate limits.",
        """
        Account AddCredits AuthMode AuthRecovery CancelLogin ChatgptAuth ConsumeAccount Credits
        ForcedLogin GetAccount GetWorkspace Login Logout NullableGetAccount Plan RateLimit
        SendAddCredits SpendControl ThreadUsage WorkspaceMessage WorkspaceRouting
        """,
    ),
    Domain.of(
        "mcp",
        "MCP servers, their tools, resources and elicitations.",
        """
        Annotations AudioContent BlobResource CallTool ContentBlock EmbeddedResource ImageContent
        ListMcp Mcp Resource Role TextContent TextResource Tool
        """,
    ),
    Domain.of("hooks", "Hooks and their runs.", "ConfiguredHook Hook Hooks ManagedHooks"),
    Domain.of(
        "plugin",
        "Plugins, marketplaces, apps and skills.",
        "App Apps InstalledApp Marketplace Plugin ScheduledTask Skill Skills",
    ),
    Domain.of(
        "config",
        "Configuration and requirements.",
        """
        AllowDeny Analytics ApplicationNetwork ApplicationRequirements ApplicationStorage
        AutoCompact BrowserUse ComputerUse Config ExperimentalFeature FeedbackRequirements
        ForcedChatgpt InAppBrowser MergeStrategy Otel OverriddenMetadata Profile
        ResidencyRequirement ToolsV2 WebSearch WriteStatus
        """,
    ),
    Domain.of(
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
    Domain.of(
        "response_item",
        "What the model is sent and answers with.",
        """
        ContentItem InternalChat LocalShell RawResponse ReasoningItem ResponseItem ResponseUsage
        ResponsesApi TokenUsageBreakdown
        """,
    ),
    Domain.of(
        "turn",
        "Turns, their plans, settings and errors.",
        "CodexErrorInfo ErrorNotification Misalignment NonSteerable Turn Turns",
    ),
    Domain.of(
        "thread",
        "Threads: their life, lists, queue, goals and settings.",
        "ContextCompacted InternalSessionSource Queued SessionSource SubAgentSource Thread",
    ),
    Domain.of(
        "guardian",
        "Approvals that a guardian model reviews.",
        "Guardian ItemGuardian ThreadApproveGuardian ThreadGuardian",
    ),
    Domain.of("realtime", "Realtime conversations.", "ConversationText Realtime ThreadRealtime"),
    Domain.of("project", "Projects.", "Project"),
    Domain.of("review", "Code review.", "Review"),
    Domain.of(
        "approval",
        "What the server asks the client: approvals, user input and tool calls.",
        """
        ApplyPatchApproval ApprovalDecision Attestation CommandExecutionApproval
        CommandExecutionRequestApproval CurrentTime DynamicToolCallParams DynamicToolCallResponse
        ExecCommandApproval FileChangeApproval FileChangeRequestApproval PermissionGrant
        PermissionsRequestApproval ReviewDecision ServerRequestResolved ToolRequestUserInput
        """,
    ),
    Domain.of("fs", "Files.", "Fs FuzzyFileSearch"),
    Domain.of("process", "Commands and processes.", "CommandExec Process"),
    Domain.of("environment", "Environments.", "Environment"),
    Domain.of(
        "external_agent",
        "Import from other agents.",
        """
        CommandMigration ExternalAgent HookMigration McpServerMigration MigrationDetails
        PluginsMigration SessionMigration SkillMigration SubagentMigration
        """,
    ),
    Domain.of("remote_control", "Remote control.", "NullableRemoteControl RemoteControl"),
    Domain.of("feedback", "Feedback.", "Feedback"),
    Domain.of("user_verification", "User verification, device keys.", "DeviceKey UserVerification"),
    Domain.of("windows_sandbox", "The Windows sandbox.", "WindowsSandbox WindowsWorldWritable"),
    Domain.of(
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
    Domain.of(
        "client_messages",
        "Whole messages that the client sends, one class per method.",
        "ClientNotification ClientRequest",
    ),
    Domain.of(
        "server_messages",
        "Whole messages that the server sends, one class per method.",
        "ServerNotification ServerRequest",
    ),
)
