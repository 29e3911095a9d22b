"""Which module of the models of rollouts a type belongs to, in import order."""

from __future__ import annotations

from codexwire.model.profile import Domain
from codexwire.profiles.rollout.names import ROOT

__all__ = ["DOMAINS"]


DOMAINS: tuple[Domain, ...] = (
    Domain.of("shared", "Types that several domains use.", ""),
    Domain.of(
        "permissions",
        "Sandbox policies, permission profiles and approval policies.",
        """
        ActivePermissionProfile AdditionalPermission ApprovalsReviewer AskForApproval FileSystem
        GranularApproval ManagedFileSystem Network Permission RequestPermission Sandbox
        """,
    ),
    Domain.of("account", "Credits, plans, rate limits.", "Credits Plan RateLimit SpendControl"),
    Domain.of("mcp", "MCP servers, their tools and resources.", "CallTool Mcp Resource Tool"),
    Domain.of("hooks", "Hooks and their runs.", "Hook"),
    Domain.of("guardian", "Approvals that a guardian model reviews.", "Guardian"),
    Domain.of("review", "Code review.", "Review"),
    Domain.of("realtime", "Realtime conversations.", "Realtime"),
    Domain.of(
        "response_item",
        "What the model is sent and answers with.",
        """
        AgentMessageInputContent ContentItem FunctionCallOutput ImageDetail InternalChat
        ItemPayload LocalShell ReasoningItem ResponseItem ResponsesApi
        """,
    ),
    Domain.of(
        "item",
        "What a turn of paginated history consists of.",
        """
        AgentMessage CollabAgent CommandExecution DynamicTool FileChange ImageGeneration
        MemoryCitation ParsedCommand PatchApply SubAgentActivity TurnItem UserInput UserMessage
        WebSearchAction
        """,
    ),
    Domain.of(
        "session",
        "The head of a file, and what holds for a turn.",
        """
        BaseInstructions CollaborationMode GitInfo HistoryPosition InternalSessionSource Session
        SubAgentSource Thread Turn
        """,
    ),
    Domain.of("usage", "Tokens, compaction, and what is kept after it.", "Retained TokenUsage"),
    Domain.of("event", "Events.", "CodexErrorInfo ErrorEvent EventMsg Exec"),
    Domain.of("line", "Whole lines.", ROOT),
)
