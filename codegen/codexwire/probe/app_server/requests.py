"""What stands in requests to an app-server, which must not be sent, and which only read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from codexwire.probe.recipe import ExplainedDifference

__all__ = ["DIFFERENCES", "FORBIDDEN", "READING", "TEXTS", "UNHEEDED", "UNSEEN"]

_PATHS = ("AbsolutePathBuf", "LegacyAppPathString", "path")

TEXTS: Mapping[str, Any] = {
    **dict.fromkeys(_PATHS, "$other/probe"),
    "cwd": "$project",
    "roots": ["$project"],
    "command": ["true"],
    "execServerUrl": "ws://127.0.0.1:9",
    "source": "$other/probe",
    "model": "$model",
    "providerId": "stub",
    "input": [{"type": "text", "text": "hello"}],
    "threadId": "$thread",
    "conversationId": "$thread",
    "turnId": "$turn",
    "sourceTurnId": "$turn",
    "expectedTurnId": "$turn",
    "dataBase64": "aGVsbG8K",
    "challenge": "YQ==",
    "region": "us-east-1",
}
"""Of requests that a server acts on."""

UNHEEDED: Mapping[str, Any] = dict.fromkeys((*_PATHS, "cwd", "credentialFile"), "/probe")
"""Of requests to a server that reads them and then refuses, for nobody has said hello."""

FORBIDDEN: Mapping[str, str] = {
    "feedback/upload": "it sends files of the machine to the vendor",
}

READING: frozenset[str] = frozenset(
    {
        "account/bedrock/discover",
        "account/gatewayOAuth/read",
        "account/rateLimits/read",
        "account/read",
        "account/securitySetup/read",
        "account/usage/read",
        "account/workspaceMessages/read",
        "accountSession/list",
        "app/installed",
        "app/list",
        "app/read",
        "collaborationMode/list",
        "config/read",
        "configRequirements/read",
        "environment/info",
        "environment/status",
        "experimentalFeature/list",
        "externalAgentConfig/import/readHistories",
        "fs/getMetadata",
        "fs/readDirectory",
        "fs/readFile",
        "getAuthStatus",
        "hooks/list",
        "mcpServerStatus/list",
        "model/list",
        "modelProvider/capabilities/read",
        "modelProvider/list",
        "permissionProfile/list",
        "plugin/installed",
        "plugin/list",
        "plugin/read",
        "project/list",
        "remoteControl/status/read",
        "server/diagnostics",
        "skills/list",
        "thread/backgroundTerminals/list",
        "thread/goal/get",
        "thread/items/list",
        "thread/list",
        "thread/loaded/list",
        "thread/read",
        "thread/realtime/listVoices",
        "thread/timeline/list",
        "thread/turns/list",
        "threadSection/list",
        "userVerification/status",
        "windowsSandbox/readiness",
    }
)
"""`memory/status` is not among them: it makes a database where there is none."""

_ACCOUNT = "it needs an account and a network"
_OTHER_SYSTEM = "it comes on another system"
_NO_END = "nobody is at the other end of a realtime conversation"
_GUARDIAN = "the model that reviews approvals is not on loopback"

UNSEEN: Mapping[str, str] = {
    "account/gatewayOAuth/changed": _ACCOUNT,
    "app/list/updated": _ACCOUNT,
    "applyPatchApproval": "servers no longer ask in this way",
    "attestation/generate": _ACCOUNT,
    "autoApprovalReview/strictReviewRequired": _GUARDIAN,
    "currentTime/read": "the model asks for the time by itself",
    "execCommandApproval": "servers no longer ask in this way",
    "externalAgentConfig/import/completed": "there is nothing to import",
    "externalAgentConfig/import/progress": "there is nothing to import",
    "guardianWarning": _GUARDIAN,
    "item/autoApprovalReview/completed": _GUARDIAN,
    "item/autoApprovalReview/started": _GUARDIAN,
    "item/fileChange/outputDelta": "declared, and no longer sent",
    "item/mcpToolCall/progress": "the MCP server here was not asked for progress",
    "mcpServer/event/stream/notification": _ACCOUNT,
    "mcpServer/oauthLogin/completed": "no MCP server here asks for a login",
    "model/rerouted": "the vendor's backend decides it",
    "model/safetyBuffering/updated": "the vendor's backend decides it",
    "model/verification": "the vendor's backend decides it",
    "modelProvider/authRecoveryCompleted": _ACCOUNT,
    "modelProvider/authRecoveryStarted": _ACCOUNT,
    "thread/closed": "servers keep threads for longer than the probe runs",
    "thread/compacted": "compaction shows as an item of the turn",
    "thread/environment/connected": "no exec-server runs beside the probe",
    "thread/environment/disconnected": "no exec-server runs beside the probe",
    "thread/prediction/updated": "predictions are not implemented yet",
    "thread/realtime/closed": _NO_END,
    "thread/realtime/item/completed": _NO_END,
    "thread/realtime/item/started": _NO_END,
    "thread/realtime/item/transcript/delta": _NO_END,
    "thread/realtime/itemAdded": _NO_END,
    "thread/realtime/outputAudio/delta": _NO_END,
    "thread/realtime/sdp": _NO_END,
    "thread/realtime/started": _NO_END,
    "thread/realtime/transcript/delta": _NO_END,
    "thread/realtime/transcript/done": _NO_END,
    "thread/search/partial": "the search is over before there are parts of it",
    "turn/plan/updated": "the model was offered no tool for plans",
    "turn/moderationMetadata": "the vendor's backend decides it",
    "windows/worldWritableWarning": _OTHER_SYSTEM,
}

DIFFERENCES: tuple[ExplainedDifference, ...] = (
    ExplainedDifference(
        "array-for-object",
        "the server reads an array where an object is meant, its items as the members in order",
        ("array",),
    ),
    ExplainedDifference(
        "relative-path",
        "the schema calls it a string, the server wants an absolute path",
        refusal="AbsolutePathBuf deserialized without a base path",
    ),
    ExplainedDifference(
        "empty-object-for-null",
        "the schema asks for null, the server takes an empty object, too",
        ("object",),
    ),
    ExplainedDifference(
        "unknown-variant",
        "the server takes an item of a type that nobody knows, as one of no known type",
        ("text", "number"),
        "type",
    ),
)
