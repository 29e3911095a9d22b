"""The table of response types: what each of its rows is needed for."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pytest

from codexwire.ingest.archive import archive
from codexwire.ir.model import Protocol
from codexwire.profiles.app_server.responses import RESPONSES
from codexwire.profiles.shared.rules.n002_response_map import resolve


@cache
def asked() -> tuple[Protocol, ...]:
    """All releases with the requests of the table, whose response types are yet to be found."""
    releases = (archive().protocol(version) for version in archive().versions)
    return tuple(
        replace(
            release,
            methods=tuple(
                replace(method, result=None, result_by="")
                for method in release.methods
                if method.name in RESPONSES
            ),
        )
        for release in releases
        if release is not None
    )


def found(release: Protocol, method: str, types: tuple[str, ...]) -> tuple[str | None, str] | None:
    """The response type of a method by a row of the table, and how it was found."""
    known = resolve(release, {**RESPONSES, method: types}).methods
    return next(((m.result, m.result_by) for m in known if m.name == method), None)


@pytest.mark.parametrize(
    ("method", "name"), [(method, name) for method, names in RESPONSES.items() for name in names]
)
def test_every_type_of_the_table_is_the_response_of_a_release(method: str, name: str) -> None:
    """It is known by the table, and without it would not be, or only be guessed by its words."""
    without = tuple(other for other in RESPONSES[method] if other != name)
    assert any(
        found(release, method, RESPONSES[method]) == (name, "table")
        and found(release, method, without) != (name, "table")
        for release in asked()
    )


def test_every_request_that_was_known_by_the_table_still_has_its_row() -> None:
    """The archive was written with all rows, and says how the response type of each request was found."""
    for version in archive().versions:
        published, mended = archive().protocol(version), archive().protocol(version, mended=True)
        assert published is not None
        assert mended is not None
        names = {method.name for method in published.methods}  # rules bring those that they add
        for method in mended.methods:
            if method.result_by == "table" and method.name in names:
                assert method.result in RESPONSES.get(method.name, ())
