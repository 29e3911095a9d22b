"""Skills, marketplaces, plugins and apps, all of them in folders of the probe's own home."""

from __future__ import annotations

import json

from codexwire.probe.app_server.configs import FREE
from codexwire.probe.scenario import Ask, Scenario

__all__ = ["SCENARIO"]

_MARKET = {
    "name": "demo-market",
    "plugins": [
        {
            "name": "demo-plugin",
            "source": {"source": "local", "path": "./plugins/demo-plugin"},
            "policy": {"installation": "AVAILABLE", "authentication": "ON_INSTALL"},
            "category": "Productivity",
        }
    ],
}
_PLUGIN = {"name": "demo-plugin", "version": "1.0.0", "description": "a plugin"}
_SKILL = "---\nname: {0}\ndescription: a skill\n---\n\nSay hi.\n"
_ENTRY = {
    "marketplacePath": "$home/market/.agents/plugins/marketplace.json",
    "pluginName": "demo-plugin",
}

SCENARIO = Scenario(
    "plugins",
    (
        Ask("skills/list", {"cwds": ["$project"]}),
        Ask("skills/list", {"forceReload": True}),
        Ask(
            "skills/config/write",
            {"path": "$home/.codex/skills/demo-skill/SKILL.md", "enabled": False},
        ),
        Ask("skills/extraRoots/set", {"extraRoots": ["$other"]}),
        Ask("app/list", {}),
        Ask("app/read", {"appIds": ["x"]}),
        Ask("app/installed", {}),
        Ask("marketplace/add", {"source": "$home/market"}),
        Ask("plugin/list", {}),
        Ask("plugin/list", {"cwds": ["$project"]}),
        Ask("plugin/read", _ENTRY),
        Ask("plugin/install", _ENTRY),
        Ask("plugin/installed", {}),
        Ask("plugin/search", {"searchTerm": "demo"}),
        Ask("plugin/reconcile", {}),
        Ask("plugin/uninstall", {"pluginId": "demo-plugin@demo-market"}),
        Ask("marketplace/upgrade", {}),
        Ask("marketplace/remove", {"marketplaceName": "demo-market"}),
    ),
    files={
        "market/.agents/plugins/marketplace.json": json.dumps(_MARKET),
        "market/plugins/demo-plugin/.codex-plugin/plugin.json": json.dumps(_PLUGIN),
        "market/plugins/demo-plugin/skills/hello/SKILL.md": _SKILL.format("hello"),
        ".codex/skills/demo-skill/SKILL.md": _SKILL.format("demo-skill"),
    },
    settings=FREE,
)
