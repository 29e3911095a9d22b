"""The table of profiles: what a protocol is called → what is particular to it."""

from __future__ import annotations

from typing import Final

from codexwire.model.lines import FileCheck, LineCheck
from codexwire.model.normalization import NormalizationRule
from codexwire.model.profile import Profile
from codexwire.model.session_check import SessionCheck
from codexwire.profiles.app_server.normalization import RETIRED
from codexwire.profiles.app_server.profile import APP_SERVER
from codexwire.profiles.exec_server.profile import EXEC_SERVER
from codexwire.profiles.exec_stream.profile import EXEC_STREAM
from codexwire.profiles.rollout.profile import ROLLOUT

__all__ = [
    "CHECKS",
    "DEFAULT",
    "LINE_CHECKS",
    "PROFILES",
    "RETIRED",
    "RULES",
    "of_source",
    "profile_named",
]

PROFILES: Final = (APP_SERVER, EXEC_SERVER, ROLLOUT, EXEC_STREAM)

DEFAULT: Final = APP_SERVER
"""The protocol that is meant where none is named."""

RULES: tuple[NormalizationRule, ...] = tuple(
    {rule.id: rule for profile in PROFILES for rule in profile.rules.all}.values()
)
"""The normalization rules of all protocols, in the order in which they run."""

CHECKS: tuple[SessionCheck, ...] = tuple(
    {check.id: check for profile in PROFILES for check in profile.checks}.values()
)
"""The session checks of all protocols, in the order in which they look at a message."""

_OF_LINES = tuple(profile.lines for profile in PROFILES if profile.lines is not None)

_ONE_FILE = {check.id: check for lines in _OF_LINES for check in lines.checks}
_SEVERAL = {check.id: check for lines in _OF_LINES for check in lines.across}

LINE_CHECKS: tuple[LineCheck | FileCheck, ...] = (*_ONE_FILE.values(), *_SEVERAL.values())
"""The checks of all protocols of lines: of one file, then of several."""


def profile_named(name: str) -> Profile:
    """Return the profile of a protocol by its name (`codex-app-server`), the default one if none has it."""
    return next((profile for profile in PROFILES if profile.name == name), DEFAULT)


def of_source(source: str) -> Profile | None:
    """Return the profile that a schema source names (`exec-server`, `exec-server@0.163.0`), if any."""
    word = source.partition("@")[0]
    return next((profile for profile in PROFILES if profile.source == word), None)
