"""Errors that a server of a newer release explains."""

from __future__ import annotations

import pytest

from codexwire.direction import Side
from codexwire.transcript.stand_in import Excuses, StandIn
from codexwire.version import Version
from codexwire.wire import Violation


@pytest.mark.parametrize(
    ("rules", "sender", "is_newer", "excused"),
    [
        (["schema/unknown-method"], Side.SERVER, True, True),
        (["schema/enum"], Side.SERVER, True, True),
        (["schema/enum", "schema/type"], Side.SERVER, True, False),
        (["schema/enum"], Side.CLIENT, True, False),
        (["schema/enum"], Side.SERVER, False, False),
    ],
)
def test_a_newer_server_may_have_methods_and_values(
    rules: list[str], sender: Side, is_newer: bool, excused: bool
) -> None:
    excuses = Excuses(StandIn(Version(0, 999, 0), is_newer, lambda: iter(())))
    found = [Violation(rule, "", "") for rule in rules]
    said = excuses.unheard_of(found, sender)
    assert said.startswith("0.999.0 is newer") is excused
