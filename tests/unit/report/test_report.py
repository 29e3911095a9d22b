"""Every format shows every finding, whatever characters it holds, and says what failed."""

from __future__ import annotations

import json
from dataclasses import replace
from xml.etree import ElementTree

import pytest
from reports import CHANGES, QUIET, change, comparison

from codexwire.finding import Finding, Level
from codexwire.location import Location
from codexwire.report.report import Group, Report, Section
from codexwire.report.table import FORMATS, render

HOSTILE = 'a|b\nc::d,e%f"g<h>&\u202e`*[x]\x1b[31m\x00\ud800'

NAME = "a b.jsonl"
A_TYPE = Finding(
    "schema/type",
    Level.ERROR,
    Location(NAME, 3, "/params/a"),
    "expected string, got null",
    {"direction": "client", "method": "x"},
)
A_TURN = Finding(
    "session/phantom-turn",
    Level.WARNING,
    Location(NAME, 4),
    "never starts",
    {"direction": "server", "method": "turn/start"},
)
A_LINE = Finding("transcript/crlf", Level.INFO, Location(NAME, 1), "lines end with CR LF")
UNUSABLE = Finding("transcript/unusable", Level.ERROR, Location("bad.jsonl"), "no")
FOUND = (A_TYPE, A_TURN, A_LINE)


def report(*groups: Group, fail_on: Level = Level.ERROR) -> Report:
    return Report(
        command="codexwire validate",
        groups=groups,
        summary=("the summary",),
        rules={"schema/type": "A type is wrong."},
        document={"version": 1},
        fail_on=fail_on,
        sections=(Section("Coverage of x", ("one: 1 of 2",)),),
    )


PLAIN = report(
    Group(NAME, FOUND, "raw, schema 1.0.0", dropped=7),
    Group("good.jsonl", (), "raw"),
    Group("bad.jsonl", (UNUSABLE,), unusable="no"),
)


@pytest.mark.parametrize("name", [n for n in FORMATS if n != "json"])
def test_every_finding_is_shown(name: str) -> None:
    text = render(name, PLAIN)
    assert text.endswith("\n")
    for finding in FOUND:
        assert finding.rule.partition("/")[2] in text
        assert finding.message in text


def test_text() -> None:
    assert render("text", PLAIN).splitlines() == [
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
    colored = render("text", PLAIN, color=True)
    for words in ("\x1b[31merror", "\x1b[33mwarning", "\x1b[2minfo"):
        assert words in colored


def test_github() -> None:
    lines = render("github", PLAIN).splitlines()
    assert lines[0] == (
        "::error file=a b.jsonl,line=3,title=schema/type::"
        "client x /params/a: expected string, got null"
    )
    assert lines[2] == (
        "::notice file=a b.jsonl,line=1,title=transcript/crlf::lines end with CR LF"
    )
    assert lines[3] == "::error file=bad.jsonl,title=transcript/unusable::no"


def test_github_reads_back_what_means_something_to_it() -> None:
    found = Finding("schema/type", Level.ERROR, Location("a%b:c,d\n.jsonl", 1), "50 %: a, b\n")
    assert render("github", report(Group("a", (found,)))).splitlines()[0] == (
        "::error file=a%25b%3Ac%2Cd\\u000a.jsonl,line=1,title=schema/type::50 %25: a, b\\u000a"
    )


def test_sarif() -> None:
    log = json.loads(render("sarif", PLAIN))
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
    assert json.loads(render("sarif", report()))["runs"][0]["invocations"][0] == {
        "executionSuccessful": True,
        "toolExecutionNotifications": [],
    }


def test_junit() -> None:
    suite = ElementTree.fromstring(render("junit", PLAIN)).find("testsuite")
    assert suite is not None
    assert (suite.get("tests"), suite.get("failures"), suite.get("errors")) == ("3", "1", "1")
    failed, passed, broken = suite.findall("testcase")
    assert failed.find("failure") is not None
    assert "phantom" in (failed.findtext("system-out") or "")
    assert list(passed) == []
    assert broken.find("error") is not None


def test_junit_fails_at_the_level_that_fails_the_run() -> None:
    group = Group("a", (A_TURN, A_LINE))
    for level, failures in ((Level.ERROR, "0"), (Level.WARNING, "1"), (Level.INFO, "1")):
        suite = ElementTree.fromstring(render("junit", report(group, fail_on=level)))[0]
        assert suite.get("failures") == failures


def test_markdown() -> None:
    lines = render("markdown", PLAIN).splitlines()
    row = "| 3 | error | [schema/type] | client x | /params/a | expected string, got null |"
    assert row in lines
    assert "[schema/type]: https://codexwire.github.io/codexwire/rules/schema/type/" in lines
    assert "## good.jsonl" not in lines


@pytest.mark.parametrize("name", [n for n in FORMATS if n != "json"])
def test_hostile_text_stays_in_its_place(name: str) -> None:
    facts = {"direction": "client", "method": HOSTILE}
    found = Finding("schema/type", Level.ERROR, Location(HOSTILE, 1, HOSTILE), HOSTILE, facts)
    text = render(name, report(Group(HOSTILE, (found,), unusable=HOSTILE)))
    text.encode()
    assert "\x1b" not in text
    if name == "github":
        assert len(text.splitlines()) == 2
    elif name == "junit":
        ElementTree.fromstring(text)
    elif name == "sarif":
        json.loads(text)
    elif name == "markdown":
        table = [line for line in text.splitlines() if line.startswith("| 1 |")]
        assert len(table) == 1
        assert table[0].replace("\\|", "").count("|") == 7
    elif name == "html":
        assert "g<h>" not in text


def test_json_holds_what_no_encoding_takes() -> None:
    text = render("json", replace(report(), document={"method": HOSTILE}, ascii=True))
    text.encode()
    assert json.loads(text) == {"method": HOSTILE}


def test_text_of_a_comparison() -> None:
    assert render("text", comparison()).splitlines() == [
        "1 → 2",
        "old client: 1",
        "new client: 0",
        "4 changes",
        "",
        "Marks: first old client, then new client; ✗ breaks, ? only if the new client sends it,"
        " ! unproven, · safe",
        "",
        "Thread (in a/b)",
        "  ✗·  broke    .broke  (of-broke)",
        "  ·?  depends  .depends [experimental]",
        "",
        "1 change that breaks nothing is not listed (--all lists them).",
    ]
    lines = render("text", comparison(everything=True)).splitlines()
    assert lines[-2:] == [
        "  ·!  doubted  .doubted (ignored: we know)  (of-doubted)",
        "  ··  quiet    .quiet (nobody reads it)",
    ]
    quiet = replace(comparison(), groups=(Group("Thread", (QUIET,)),))
    assert "Marks" not in render("text", quiet)


def test_github_of_a_comparison() -> None:
    assert render("github", comparison()).splitlines() == [
        "::error title=broke::Thread has broke [breaks old client; of-broke]",
        "::warning title=depends::Thread has depends [breaks if sent: new client; of-depends]",
        "::notice title=1 → 2::old client: 1; new client: 0; 4 changes",
    ]


def test_markdown_of_a_comparison_is_a_changelog() -> None:
    assert render("markdown", comparison()).splitlines() == [
        "# Protocol changes from 1 to 2",
        "",
        "| | breaks | only if sent | unproven |",
        "|---|---:|---:|---:|",
        "| old client | 1 | 0 | 0 |",
        "| new client | 0 | 1 | 0 |",
        "",
        "4 changes.",
        "",
        "## Breaks",
        "",
        "Said once.",
        "",
        "- `Thread` has broke – in `a/b` [broke]",
        "  <details><summary>a message that shows it</summary>",
        "",
        "  ```json",
        '  {"id": 1}',
        "  ```",
        "",
        "  no.",
        "",
        "  </details>",
        "",
        "## Quiet",
        "",
        "- `Thread`, in `a/b`:",
        "  - `Thread` has quiet (nobody reads it) [quiet]",
        "  - `Thread` has quiet (nobody reads it) [quiet]",
        "",
        *(
            f"[{rule}]: https://codexwire.github.io/codexwire/rules/{rule}/"
            for rule in ("broke", "depends", "doubted", "quiet")
        ),
    ]


def test_junit_of_a_comparison_has_a_suite_for_each_skew() -> None:
    root = ElementTree.fromstring(render("junit", comparison()))
    old, new = root.findall("testsuite")
    assert root.get("name") == "codexwire diff 1 2"
    assert [(s.get("name"), s.get("failures")) for s in (old, new)] == [
        ("old client", "1"),
        ("new client", "0"),  # its only break is ignored
    ]
    assert old.findtext("testcase/failure") == "broke of-broke: Thread has broke"
    assert old.find("testcase/system-out") is None
    assert (
        new.findtext("testcase/system-out") == "only if the new client sends it: Thread has depends"
    )


def test_sarif_of_a_comparison() -> None:
    (run,) = json.loads(render("sarif", comparison()))["runs"]
    assert run["properties"] == {"old": "1", "new": "2"}
    first, _, ignored, _ = run["results"]
    assert first["locations"] == [
        {"logicalLocations": [{"fullyQualifiedName": "Thread#/properties/x", "kind": "type"}]}
    ]
    assert first["partialFingerprints"] == {"codexwire/v1": "of-broke"}
    assert first["properties"]["breaks"] == {"old": "breaks", "new": "safe"}
    assert "suppressions" not in first
    assert ignored["suppressions"] == [{"kind": "external", "justification": "we know"}]


def test_what_is_unproven_is_shown_in_every_format_and_fails() -> None:
    doubt = change("doubted", "unproven", "safe", Level.ERROR)
    told = replace(comparison(), groups=(Group("Thread", (doubt,)),))
    assert "  !·  doubted  .doubted  (of-doubted)" in render("text", told).splitlines()
    assert "[may break old client; of-doubted]" in render("github", told)
    assert "| old client | 0 | 0 | 1 |" in render("markdown", told).splitlines()
    suites = ElementTree.fromstring(render("junit", told)).findall("testsuite")
    assert [suite.get("failures") for suite in suites] == ["1", "0"]
    assert 'data-verdicts="unproven safe"' in render("html", told)


def test_sarif_keeps_the_facts_that_tools_count_by() -> None:
    facts = {"methods": ["a/b"], "directions": ["server_to_client"], "count": 3, "method": "a/b"}
    found = Finding("drift/key", Level.WARNING, Location("a", 1), "seen", facts)
    (run,) = json.loads(render("sarif", report(Group("a", (found,)))))["runs"]
    del facts["method"]  # stands in the message
    assert run["results"][0]["properties"] == facts


def test_json_of_a_comparison_is_read_by_people_too() -> None:
    assert render("json", comparison()) == '{\n  "arrow": "→"\n}\n'


def test_html_of_a_comparison_and_of_files() -> None:
    page = render("html", comparison())
    assert page.count("<article") == len(CHANGES)
    assert 'data-verdicts="breaks safe"' in page
    assert "<strong>ignored: we know</strong>" in page
    assert page.count("a message that shows it</summary>") == 1
    assert page.index("Sure breaks") < page.index("Ignored changes")
    assert (
        page.count(">Copy ignore entry</button>") == 2
    )  # neither what is ignored nor what breaks nobody
    assert 'href="https://codexwire.github.io/codexwire/rules/' in page
    assert 'class="skew" value="1"' in page
    files = render("html", PLAIN)
    assert 'class="skew"' not in files
    assert "<code>a b.jsonl:3#/params/a</code>" in files
    assert "a b.jsonl: 7 more are not shown" in files
    assert "<pre>one: 1 of 2</pre>" in files


def test_repeats_are_told_once_with_their_number() -> None:
    def finding(line: int, item: int) -> Finding:
        facts = {"direction": "server", "method": "m"}
        return Finding(
            "schema/type", Level.ERROR, Location("f", line, f"/params/{item}/x"), "wrong", facts
        )

    shown = (finding(3, 0), finding(5, 1))
    group = Group("f", shown, dropped=5_000, repeats={shown[0].kind: 5_001})
    report = Report("c", (group,), ("summary",), {}, {})
    assert render("text", report).splitlines()[1:] == [
        "  3  error    schema/type  server m /params/0/x: wrong (5,001 times, first here)",
        "  … and 1 more (`--max-findings 0` shows all)",
        "",
        "summary",
    ]
    assert "wrong (5,001 times, first here)" in render("markdown", report)
