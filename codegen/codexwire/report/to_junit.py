"""A report as JUnit XML: every file is a test case; every type is one, for each skew of a comparison."""

from __future__ import annotations

from collections.abc import Callable
from xml.etree import ElementTree

from codexwire.finding import Finding
from codexwire.report.report import Group, Report
from codexwire.report.words import printable, sentence

__all__ = ["to_junit"]

_OUTCOMES = {"breaks": "failure", "unproven": "failure", "conditional": "system-out", "safe": ""}
_IF_SENT = "only if the new client sends it: "


def to_junit(report: Report) -> str:
    """Return the report as a test suite; a comparison as one for each skew.

    A file fails when it has a finding at the level that makes the run fail, a type when one of its
    changes breaks the skew; what could not be checked is an error; what is less grave is output.
    """
    name = " ".join((report.command, *(report.versions or ())))
    root = ElementTree.Element("testsuites", name=name)
    suites = [(title, skew, _by_verdict(skew)) for skew, title in report.skews.items()]
    for name, classname, outcome in suites or [(report.command, "codexwire", _by_level(report))]:
        suite = ElementTree.SubElement(root, "testsuite", name=name)
        suite.extend([_case(group, classname, outcome) for group in report.groups])
        suite.set("tests", str(len(suite)))
        suite.set("failures", str(len(suite.findall("testcase/failure"))))
        suite.set("errors", str(len(suite.findall("testcase/error"))))
    ElementTree.indent(root)
    text = ElementTree.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'


def _by_level(report: Report) -> Callable[[Finding], str]:
    rank = report.fail_on.rank
    return lambda finding: "failure" if finding.level.rank <= rank else "system-out"


def _by_verdict(skew: str) -> Callable[[Finding], str]:
    return lambda finding: (
        "" if finding.facts["ignored"] else _OUTCOMES[finding.facts["breaks"][skew]]
    )


def _case(group: Group, classname: str, outcome: Callable[[Finding], str]) -> ElementTree.Element:
    case = ElementTree.Element("testcase", classname=classname, name=printable(group.title))
    grave = [finding for finding in group.findings if outcome(finding) == "failure"]
    rest = [finding for finding in group.findings if outcome(finding) == "system-out"]
    if group.unusable:
        ElementTree.SubElement(case, "error", message=printable(group.unusable))
    elif grave:
        more = f" and {len(grave) - 1} more" if len(grave) > 1 else ""
        failure = ElementTree.SubElement(case, "failure", message=sentence(grave[0]) + more)
        failure.set("type", grave[0].rule)
        failure.text = "\n".join(map(_line, grave))
    if rest:
        ElementTree.SubElement(case, "system-out").text = "\n".join(map(_told, rest))
    return case


def _line(finding: Finding) -> str:
    if "fingerprint" in finding.facts:
        return f"{finding.rule} {finding.facts['fingerprint']}: {sentence(finding)}"
    return f"{finding.location.line or '-'}: {finding.level} {finding.rule} {sentence(finding)}"


def _told(finding: Finding) -> str:
    return _IF_SENT + sentence(finding) if "breaks" in finding.facts else _line(finding)
