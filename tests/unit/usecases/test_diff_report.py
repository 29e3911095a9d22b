"""A comparison as a changelog: in which chapter a change stands."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from probe import bundle

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


def test_what_nothing_proves_is_counted(tmp_path: Path) -> None:
    """Two patterns that say the same, as far as one can see."""
    paths = []
    for name, pattern in (("old", "^a(b|c)*d$"), ("new", "^a[bc]*d$")):
        member = {"type": "string", "pattern": pattern}
        schema = {"type": "object", "properties": {"name": member}}
        paths.append(tmp_path / f"{name}.json")
        paths[-1].write_text(json.dumps(bundle(schema)), "utf-8")
    first, *_ = codexwire.diff(*paths).report().summary
    assert first == "old client ↔ new server: 0 break, 3 unproven"
