"""Which module of the models of rollouts a type belongs to, in import order."""

from __future__ import annotations

from codexwire.model.profile import Domain
from codexwire.profiles.rollout.names import ROOT

__all__ = ["DOMAINS"]


def _domain(name: str, title: str, prefixes: str) -> Domain:
    return Domain(name, title, tuple(prefixes.split()))


DOMAINS: tuple[Domain, ...] = (
    _domain("shared", "Types that several domains use.", ""),
    _domain(
        "permissions",
        "Sandbox policies, permission profiles and approval policies.",
        """
        ActivePermissionProfile AdditionalPermission ApprovalsReviewer AskForApproval FileSystem
        GranularApproval ManagedFileSystem Network Permission RequestPermission Sandbox
        """,
    ),
    _domain("account", "Credits, plans, rate limits.", "Credits Plan RateLimit SpendControl"),
    _domain("mcp", "MCP servers, their tools and resources.", "CallTool Mcp Resource Tool"),
    _domain("hooks", "Hooks and their runs.", "Hook"),
    _domain("guardian", "Approvals that a guardian model reviews.", "Guardian"),
    _domain("review", "Code review.", "Review"),
    _domain("realtime", "Realtime conversations.", "Realtime"),
    _domain(
        "response_item",
        "What the model is sent and answers with.",
        """
        AgentMessageInputContent ContentItem FunctionCallOutput ImageDetail InternalChat
        ItemPayload LocalShell ReasoningItem ResponseItem ResponsesApi
        """,
    ),
    _domain(
        "item",
        "What a turn of paginated history consists of.",
        """
        AgentMessage CollabAgent CommandExecution DynamicTool FileChange ImageGeneration
        MemoryCitation ParsedCommand PatchApply SubAgentActivity TurnItem UserInput UserMessage
        WebSearchAction
        """,
    ),
    _domain(
        "session",
        "The head of a file, and what holds for a turn.",
        """
        BaseInstructions CollaborationMode GitInfo HistoryPosition InternalSessionSource Session
        SubAgentSource Thread Turn
        """,
    ),
    _domain("usage", "Tokens, compaction, and what is kept after it.", "Retained TokenUsage"),
    _domain("event", "Events.", "CodexErrorInfo ErrorEvent EventMsg Exec"),
    _domain("line", "Whole lines.", ROOT),
)
