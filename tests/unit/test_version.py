"""How releases are read, printed and ordered."""

from __future__ import annotations

import pytest

from codexwire.runtime.client.options import ServerInfo
from codexwire.runtime.versions import version_for
from codexwire.transcript.session.state import server_version
from codexwire.version import Version, VersionRange, nearest

PYPI = {
    "0.137.0a4": "0.137.0-alpha.4",
    "0.137.0b2": "0.137.0-beta.2",
    "0.137.0rc1": "0.137.0-rc.1",
    "0.137.0a04": "0.137.0-alpha.4",
}


@pytest.mark.parametrize(("text", "printed"), PYPI.items())
def test_the_spelling_of_pypi_is_read(text: str, printed: str) -> None:
    version = Version.parse(text)
    assert version == Version.parse(printed)
    assert str(version) == printed
    assert version.pypi == text.replace("04", "4")
    assert version < Version.parse("0.137.0")


@pytest.mark.parametrize("text", ["0.137.0", "0.137.0-alpha.4.1", "0.137.0-nightly", "0.137.0-rc"])
def test_what_pypi_spells_no_other_way(text: str) -> None:
    assert Version.parse(text).pypi == text


@pytest.mark.parametrize(
    "text",
    ["", "0.137", "0.137.0a", "0.137.0a4b1", "0.137.0c1", "v0.137.0", "0.137.0 ", "0.137.0-"],
)
def test_what_is_no_version(text: str) -> None:
    assert Version.read(text) is None
    with pytest.raises(ValueError, match="not a version"):
        Version.parse(text)


def test_pre_releases_stand_in_their_order() -> None:
    texts = ["0.136.0", "0.137.0a4", "0.137.0-alpha.10", "0.137.0b1", "0.137.0rc1", "0.137.0"]
    assert sorted(map(Version.parse, reversed(texts))) == [Version.parse(t) for t in texts]
    assert Version.parse("0.137.0a4") in VersionRange.parse("0.137.0a3..0.137.0-alpha.5")
    known = [Version.parse("0.136.0"), Version.parse("0.137.0")]
    assert nearest(Version.parse("0.137.0a4"), known) == known[1]


@pytest.mark.parametrize("text", ["0.137.0a4", "0.137.0-alpha.4"])
def test_a_user_agent_may_spell_it_either_way(text: str) -> None:
    agent = f"recorder/{text} (Debian 12.0.0; x86_64) xterm (recorder; 1.0.0)"
    version = Version.parse(text)
    assert server_version({"userAgent": agent}) == version
    assert ServerInfo.of({"userAgent": agent}).version == version
    assert version_for(agent, ["0.136.0", "0.137.0-alpha.4"]) == "0.137.0-alpha.4"
