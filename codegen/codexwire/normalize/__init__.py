"""Known discrepancies between the published schema and the wire, each one a named rule."""

from codexwire.model.normalization import AS_PUBLISHED, Compared, Effect
from codexwire.model.normalization import NormalizationRule as Rule
from codexwire.normalize.pipeline import Application, Normalized, Stale, normalize
from codexwire.normalize.project import ProjectRules, project_rules
from codexwire.profiles.table import RETIRED, RULES

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
