"""The recipe for app-servers."""

from __future__ import annotations

from pathlib import Path

from codexwire.probe.app_server import requests
from codexwire.probe.app_server.scenarios.table import LOOKING, OPENING, SCENARIOS
from codexwire.probe.recipe import Recipe
from codexwire.profiles.app_server import names

__all__ = ["RECIPE"]

RECIPE = Recipe(
    arguments=(names.SOURCE,),
    mcp_server=Path(__file__).with_name("mcp_server.py"),
    opening=OPENING,
    looking=LOOKING,
    scenarios=SCENARIOS,
    texts=requests.TEXTS,
    unheeded=requests.UNHEEDED,
    forbidden=requests.FORBIDDEN,
    reading=requests.READING,
    unseen=requests.UNSEEN,
    differences=requests.DIFFERENCES,
)
