"""Known discrepancies between the published schema and the wire, each one a named rule."""

from codexwire.normalize.pipeline import Application, Normalized, Stale, normalize
from codexwire.normalize.project import ProjectRules, project_rules
from codexwire.normalize.rule import AS_PUBLISHED, Compared, Effect, Rule
from codexwire.normalize.table import RETIRED, RULES

__all__ = [
    "AS_PUBLISHED",
    "RETIRED",
    "RULES",
    "Application",
    "Compared",
    "Effect",
    "Normalized",
    "ProjectRules",
    "Rule",
    "Stale",
    "normalize",
    "project_rules",
]
