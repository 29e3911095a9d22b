"""Which of several versions of a package fits a server, by what it says about itself."""

from __future__ import annotations

from collections.abc import Sequence

from codexwire.model.message import server_release
from codexwire.version import Version, nearest

__all__ = ["version_for"]

_UNRELEASED = Version(0, 0, 0)


def version_for(user_agent: str, versions: Sequence[str]) -> str:
    """Return the one of `versions` that is nearest to a server's release.

    `user_agent` is the `userAgent` of the answer to `initialize` (`client/0.163.0 (Debian …)`) or a
    bare release. An unreleased build (`0.0.0`) gets the newest. Raises ValueError when the text
    names no release.
    """
    release = server_release(user_agent)
    if release is None:
        raise ValueError(f"no codex release in {user_agent!r}")
    known = [Version.parse(version) for version in versions]
    return str(max(known) if release == _UNRELEASED else nearest(release, known))
