"""Which of several versions of a package fits a server, by what it says about itself."""

from __future__ import annotations

import re
from collections.abc import Sequence

from codexwire.version import VERSION_TEXT, Version, nearest

__all__ = ["version_for"]

_RELEASE = rf"(?:^|/)({VERSION_TEXT})"
# Before the platform in brackets; the client's own name, which comes first, may hold a release too.
_PLACES = (re.compile(_RELEASE + r"(?=\s+\()"), re.compile(_RELEASE + r"(?=[\s;)]|$)"))
_UNRELEASED = Version(0, 0, 0)


def version_for(user_agent: str, versions: Sequence[str]) -> str:
    """Return the one of `versions` that is nearest to a server's release.

    `user_agent` is the `userAgent` of the answer to `initialize` (`client/0.163.0 (Debian …)`) or a
    bare release. An unreleased build (`0.0.0`) gets the newest. Raises ValueError when the text
    names no release.
    """
    found = next((m for place in _PLACES if (m := place.search(user_agent))), None)
    if found is None:
        raise ValueError(f"no codex release in {user_agent!r}")
    release = Version.parse(found[1])
    known = [Version.parse(version) for version in versions]
    return str(max(known) if release == _UNRELEASED else nearest(release, known))
