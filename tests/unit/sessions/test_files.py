"""What a file is, is told in one place: by its transcript format."""

from __future__ import annotations

from codexwire.profiles.table import PROFILES
from codexwire.sessions.files import KINDS


def test_every_protocol_of_lines_has_its_place_in_the_view() -> None:
    assert {profile.source for profile in PROFILES if profile.lines} == KINDS.keys()
