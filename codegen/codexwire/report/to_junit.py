"""A finding report as JUnit XML: every file is a test case."""

from __future__ import annotations

from xml.etree import ElementTree

from codexwire.report.findings import Report, Row

__all__ = ["junit_document", "to_junit", "xml_text"]


def to_junit(report: Report) -> str:
    """Return the report as one test suite.

    A file fails when it has a finding at the level that makes the run fail; one that could not be
    checked is an error; what is less grave is its output.
    """
    suite = ElementTree.Element("testsuite", name=report.command)
    failures = errors = 0
    for group in report.groups:
        case = ElementTree.SubElement(
            suite, "testcase", name=xml_text(group.path), classname="codexwire"
        )
        grave = group.at_least(report.fail_on)
        if group.unusable:
            errors += 1
            ElementTree.SubElement(case, "error", message=xml_text(group.unusable))
        elif grave:
            failures += 1
            node = ElementTree.SubElement(case, "failure", message=f"{len(grave)} findings")
            node.text = xml_text("\n".join(map(_line, grave)))
        if rest := [row for row in group.rows if row not in grave]:
            ElementTree.SubElement(case, "system-out").text = xml_text("\n".join(map(_line, rest)))
    counts = {"tests": len(report.groups), "failures": failures, "errors": errors}
    for name, count in counts.items():
        suite.set(name, str(count))
    root = ElementTree.Element("testsuites")
    root.append(suite)
    return junit_document(root)


def junit_document(root: ElementTree.Element) -> str:
    """Return an element as an indented XML document."""
    ElementTree.indent(root)
    text = ElementTree.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'


def _line(row: Row) -> str:
    return f"{row.line or '-'}: {row.level} {row.rule} {row.text}"


def xml_text(text: str) -> str:
    """Return text without the characters that XML cannot hold."""
    return "".join(c if c in "\t\n" or (c >= " " and not _forbidden(c)) else "\ufffd" for c in text)


def _forbidden(character: str) -> bool:
    return "\ud800" <= character <= "\udfff" or character in "\ufffe\uffff"
