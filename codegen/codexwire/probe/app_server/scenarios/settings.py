"""Configuration, models, features, and what a server knows of itself."""

from __future__ import annotations

from codexwire.probe.app_server.configs import FREE
from codexwire.probe.scenario import Ask, Scenario, WaitFor

__all__ = ["SCENARIO"]


def _write(key: str, value: object, **more: object) -> Ask:
    params = {"keyPath": key, "value": value, "mergeStrategy": "replace", **more}
    return Ask("config/value/write", params)


SCENARIO = Scenario(
    "settings",
    (
        Ask("server/diagnostics", {}),
        Ask("model/list", {}),
        Ask("model/list", {"limit": 1, "includeHidden": True}),
        Ask("modelProvider/list", {}),
        Ask("modelProvider/capabilities/read", {}),
        Ask("modelProvider/default/set", {"providerId": "openai"}),
        Ask("modelProvider/default/set", {"providerId": "stub"}),
        Ask("experimentalFeature/list", {}),
        Ask("experimentalFeature/enablement/set", {"enablement": {"apps": False}}),
        Ask("permissionProfile/list", {}),
        Ask("collaborationMode/list", {}),
        Ask("mock/experimentalMethod", {"value": "v"}),
        Ask("config/read", {}),
        Ask("config/read", {"includeLayers": True, "cwd": "$project"}),
        Ask("configRequirements/read"),
        _write("model_verbosity", "low"),
        _write("model_verbosity", "low", expectedVersion="sha256:bad"),
        _write("approval_policy", "bogus"),
        Ask(
            "config/batchWrite",
            {"edits": [{"keyPath": "tui.notifications", "value": True, "mergeStrategy": "upsert"}]},
        ),
        Ask("config/mcpServer/reload"),
        Ask("getAuthStatus", {}),
        Ask("getAuthStatus", {"includeToken": True, "refreshToken": False}),
        Ask("gitDiffToRemote", {"cwd": "$project"}),
        Ask("memory/reset"),
        Ask("rollout/compress"),
        Ask("windowsSandbox/readiness"),
        Ask(
            "windowsSandbox/setupStart",
            {"mode": "unelevated"},
            until=WaitFor("windowsSandbox/setupCompleted", seconds=5),
        ),
        Ask("userVerification/status", {}),
        Ask("userVerification/cancel", {"requestId": 1}),
        Ask("externalAgentConfig/detect", {"includeHome": True, "cwds": ["$project"]}),
        Ask("externalAgentConfig/import", {"migrationItems": []}),
        Ask(
            "externalAgentConfig/import/recordHistory",
            {"providerId": "p", "itemTypeResults": []},
        ),
        Ask("externalAgentConfig/import/readHistories"),
        Ask("environment/add", {"environmentId": "remote", "execServerUrl": "ws://127.0.0.1:9"}),
        Ask("environment/info", {"environmentId": "local"}),
        Ask("environment/status", {"environmentId": "local"}),
        Ask("environment/status", {"environmentId": "remote"}),
        Ask("remoteControl/status/read"),
        Ask(
            "remoteControl/enable",
            {"ephemeral": True},
            until=WaitFor("remoteControl/status/changed", {"status": "errored"}, 3),
        ),
        Ask("remoteControl/disable", {"ephemeral": True}),
    ),
    settings=FREE,
)
