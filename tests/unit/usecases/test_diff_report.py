"""A comparison as a changelog: in which chapter a change stands."""

from __future__ import annotations

import pytest

import codexwire
from codexwire.report.report import Report


@pytest.fixture(scope="module")
def report() -> Report:
    return codexwire.diff("0.125.0", "0.163.0").report()


@pytest.mark.parametrize(
    ("title", "change"),
    [
        ("Breaks old clients on a new server", "request-removed ClientRequest"),
        ("Breaks new clients on an old server", "enum-value-removed v2/AskForApproval"),
        ("Needs a new server", "request-added ClientRequest"),
        ("New and harmless", "property-added-optional v2/Thread"),
        ("Gone without harm", "property-removed-optional v2/AppMetadata"),
        ("Other changes", "additional-properties-opened ClientRequest"),
        ("In no message", "property-added-optional v2/AppConfig"),
    ],
)
def test_a_change_stands_in_its_chapter(title: str, change: str, report: Report) -> None:
    (chapter,) = (chapter for chapter in report.chapters if chapter.title == title)
    changes = {f"{f.rule} {group.title}" for group in chapter.groups for f in group.findings}
    assert change in changes
