"""What a client answers to the server's requests when nobody decides."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from codexwire.model.message import Json

__all__ = ["SAFE_ANSWERS"]

SAFE_ANSWERS: Final[Mapping[str, Json]] = {
    "item/commandExecution/requestApproval": {"decision": "decline"},
    "item/fileChange/requestApproval": {"decision": "decline"},
    "item/permissions/requestApproval": {"permissions": {}},
    "item/tool/requestUserInput": {"answers": {}},
    "item/tool/call": {
        "success": False,
        "contentItems": [{"type": "inputText", "text": "This client has no such tool."}],
    },
    "mcpServer/elicitation/request": {"action": "decline", "content": None},
    "execCommandApproval": {"decision": "denied"},
    "applyPatchApproval": {"decision": "denied"},
}
"""Server request → the result that lets nothing happen; a request that is not here gets an error."""
