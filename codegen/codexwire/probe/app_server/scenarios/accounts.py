"""Accounts: an API key, tokens that a client holds, and a backend on loopback. No real account is used."""

from __future__ import annotations

import base64
import json
from typing import Any

from codexwire.probe.app_server.configs import FREE
from codexwire.probe.app_server.turn import turn
from codexwire.probe.scenario import Ask, Scenario, WaitFor

__all__ = ["SCENARIO"]


def _token(number: str) -> str:
    """Return an unsigned token of an invented account."""
    claims: dict[str, Any] = {
        "email": "user@example.com",
        "exp": 4_000_000_000,
        "jti": number,
        "https://api.openai.com/auth": {
            "chatgpt_account_id": "account-1",
            "chatgpt_plan_type": "plus",
            "chatgpt_user_id": "user-1",
            "user_id": "user-1",
        },
    }
    parts = (json.dumps(part).encode() for part in ({"alg": "none", "typ": "JWT"}, claims))
    head, body = (base64.urlsafe_b64encode(part).decode().rstrip("=") for part in parts)
    return f"{head}.{body}.c2ln"


def _tokens(number: str) -> dict[str, Any]:
    token = _token(number)
    return {
        "accessToken": token,
        "idToken": token,
        "chatgptAccountId": "account-1",
        "chatgptPlanType": "plus",
    }


_WINDOW = {"used_percent": 12, "limit_window_seconds": 18000, "reset_after_seconds": 100}
_USAGE = {
    "plan_type": "plus",
    "user_id": "user-1",
    "account_id": "account-1",
    "email": "user@example.com",
    "rate_limit": {
        "allowed": True,
        "limit_reached": False,
        "primary_window": {**_WINDOW, "reset_at": 2_000_000_000},
        "secondary_window": {**_WINDOW, "reset_at": 2_000_000_000},
    },
    "credits": {"has_credits": True, "unlimited": False, "balance": "10.00"},
    "additional_rate_limits": None,
}
_MODEL = """
[[turn]]
when = "unauthorized"
step = [{ error = { status = 401 } }]
[[turn]]
text = "Hello, world!"
"""
_DONE = WaitFor("account/login/completed", seconds=5)

SCENARIO = Scenario(
    "accounts",
    (
        Ask("account/read", {}),
        Ask("account/login/start", {"type": "chatgpt"}, {"login": "loginId"}),
        Ask("account/login/cancel", {"loginId": "$login"}, until=_DONE),
        Ask("account/login/cancel", {"loginId": "00000000-0000-4000-8000-000000000000"}),
        Ask("account/login/start", {"type": "apiKey", "apiKey": "sk-test"}, until=_DONE),
        Ask("account/read", {"refreshToken": False}),
        Ask("account/rateLimits/read"),
        Ask("accountSession/list", {}),
        Ask("account/logout"),
        Ask("account/login/start", {"type": "chatgptAuthTokens", **_tokens("one")}, until=_DONE),
        Ask("account/read", {}),
        Ask("thread/start", {"cwd": "$project"}, {"thread": "thread.id"}),
        turn("unauthorized", seconds=10),
        Ask("account/rateLimits/read"),
        Ask("account/usage/read"),
        Ask("account/workspaceMessages/read"),
        Ask("account/securitySetup/read"),
        Ask("account/rateLimitResetCredit/consume", {"idempotencyKey": "k"}),
        Ask("plugin/share/list", {}),
        Ask("account/logout"),
        Ask("account/gatewayOAuth/read", {}),
        Ask("account/gatewayOAuth/cancel"),
        Ask("account/bedrock/discover", {}),
        Ask("account/bedrock/checkGovCloudRequirements", {}),
    ),
    model=_MODEL,
    settings=FREE + 'chatgpt_base_url = "$loopback/backend-api"\n',
    backend={"/wham/usage": _USAGE},
    answers={"account/chatgptAuthTokens/refresh": (_tokens("two"),)},
)
