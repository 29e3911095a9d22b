"""Every format shows every finding, whatever characters it holds, and says what failed."""

from __future__ import annotations

import json
from xml.etree import ElementTree

import pytest

from codexwire.finding import Level
from codexwire.report.findings import Group, Report, Row, Section
from codexwire.report.table import FORMATS
from codexwire.report.to_text import to_text

HOSTILE = 'a|b\nc::d,e%f"g<h>&\u202e`*[x]\x1b[31m\x00\ud800'

ROWS = (
    Row("schema/type", Level.ERROR, "expected string, got null", 3, "/params/a", "client x"),
    Row("session/phantom-turn", Level.WARNING, "never starts", 4, None, "server turn/start"),
    Row("transcript/crlf", Level.INFO, "lines end with CR LF", 1),
)


def report(*groups: Group, fail_on: Level = Level.ERROR) -> Report:
    return Report(
        "codexwire validate",
        "1.2.3",
        groups,
        "the summary",
        {"schema/type": "A type is wrong."},
        {"version": 1},
        fail_on,
        (Section("Coverage of x", ("one: 1 of 2",)),),
    )


PLAIN = report(
    Group("a b.jsonl", "raw, schema 1.0.0", ROWS, dropped=7),
    Group("good.jsonl", "raw", ()),
    Group("bad.jsonl", "", (Row("transcript/unusable", Level.ERROR, "no"),), unusable="no"),
)


@pytest.mark.parametrize("name", [n for n in FORMATS if n != "json"])
def test_every_finding_is_shown(name: str) -> None:
    text = FORMATS[name](PLAIN)
    assert text.endswith("\n")
    for row in ROWS:
        assert row.rule.partition("/")[2] in text
        assert row.message in text


def test_text() -> None:
    assert to_text(PLAIN).splitlines() == [
        "a b.jsonl (raw, schema 1.0.0)",
        "  3  error    schema/type  client x /params/a: expected string, got null",
        "  4  warning  session/phantom-turn  server turn/start: never starts",
        "  1  info     transcript/crlf  lines end with CR LF",
        "  … and 7 more (`--max-findings 0` shows all)",
        "",
        "bad.jsonl",
        "    error    transcript/unusable  no",
        "",
        "Coverage of x",
        "  one: 1 of 2",
        "",
        "the summary",
    ]
    assert "\x1b[31merror" in to_text(PLAIN, color=True)


def test_github() -> None:
    lines = FORMATS["github"](PLAIN).splitlines()
    assert lines[0] == (
        "::error file=a b.jsonl,line=3,title=schema/type::"
        "client x /params/a: expected string, got null"
    )
    assert lines[2] == (
        "::notice file=a b.jsonl,line=1,title=transcript/crlf::lines end with CR LF"
    )
    assert lines[3] == "::error file=bad.jsonl,title=transcript/unusable::no"


def test_sarif() -> None:
    log = json.loads(FORMATS["sarif"](PLAIN))
    assert log["version"] == "2.1.0"
    (run,) = log["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert [r["id"] for r in rules] == sorted(r["id"] for r in rules)
    assert rules[0]["shortDescription"] == {"text": "A type is wrong."}
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
    first = run["results"][0]
    assert first["level"] == "error"
    assert first["locations"] == [
        {
            "physicalLocation": {
                "artifactLocation": {"uri": "a%20b.jsonl"},
                "region": {"startLine": 3},
            },
            "logicalLocations": [{"fullyQualifiedName": "/params/a", "kind": "value"}],
        }
    ]
    assert [r["level"] for r in run["results"]] == ["error", "warning", "note", "error"]
    (invocation,) = run["invocations"]
    assert invocation["executionSuccessful"] is False
    assert json.loads(FORMATS["sarif"](report()))["runs"][0]["invocations"][0] == {
        "executionSuccessful": True,
        "toolExecutionNotifications": [],
    }


def test_junit() -> None:
    suite = ElementTree.fromstring(FORMATS["junit"](PLAIN)).find("testsuite")
    assert suite is not None
    assert (suite.get("tests"), suite.get("failures"), suite.get("errors")) == ("3", "1", "1")
    failed, passed, broken = suite.findall("testcase")
    assert failed.find("failure") is not None
    assert "phantom" in (failed.findtext("system-out") or "")
    assert list(passed) == []
    assert broken.find("error") is not None


def test_junit_fails_at_the_level_that_fails_the_run() -> None:
    group = Group("a", "", ROWS[1:])
    for level, failures in ((Level.ERROR, "0"), (Level.WARNING, "1"), (Level.INFO, "1")):
        suite = ElementTree.fromstring(FORMATS["junit"](report(group, fail_on=level)))[0]
        assert suite.get("failures") == failures


def test_markdown() -> None:
    lines = FORMATS["markdown"](PLAIN).splitlines()
    row = "| 3 | error | schema/type | client x | /params/a | expected string, got null |"
    assert row in lines
    assert "## good.jsonl" not in lines


@pytest.mark.parametrize("name", [n for n in FORMATS if n != "json"])
def test_hostile_text_stays_in_its_place(name: str) -> None:
    rows = (Row("schema/type", Level.ERROR, HOSTILE, 1, HOSTILE, HOSTILE),)
    text = FORMATS[name](report(Group(HOSTILE, "", rows, unusable=HOSTILE)))
    if name == "github":
        assert len(text.splitlines()) == len(report().groups) + 2
    elif name == "junit":
        ElementTree.fromstring(text)
    elif name == "sarif":
        json.loads(text)
    elif name == "markdown":
        table = [line for line in text.splitlines() if line.startswith("| 1 |")]
        assert len(table) == 1
        assert table[0].replace("\\|", "").count("|") == 7
