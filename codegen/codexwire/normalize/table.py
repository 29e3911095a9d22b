"""The table of normalization rules, in the order in which they run."""

from __future__ import annotations

from codexwire.normalize.rule import Rule
from codexwire.normalize.rules import n002_response_map

__all__ = ["RULES"]

RULES: tuple[Rule, ...] = (n002_response_map.RULE,)
