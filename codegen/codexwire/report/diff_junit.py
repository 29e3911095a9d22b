"""A diff as JUnit XML: a test case for every changed type and skew, failed where it breaks."""

from __future__ import annotations

from xml.etree import ElementTree

from codexwire.report.diff_data import SKEW_TITLES, SKEWS, DiffReport, DiffRow
from codexwire.report.diff_words import sentence
from codexwire.report.to_junit import junit_document, xml_text

__all__ = ["to_diff_junit"]


def to_diff_junit(report: DiffReport) -> str:
    """Return the report as one test suite for each skew."""
    root = ElementTree.Element("testsuites", name=f"codexwire diff {report.old} {report.new}")
    groups = report.by_type(r for r in report.rows if not r.ignored)
    for index, skew in enumerate(SKEWS):
        failures = 0
        suite = ElementTree.SubElement(root, "testsuite", name=SKEW_TITLES[index])
        for name, rows in groups.items():
            case = ElementTree.SubElement(suite, "testcase", classname=skew, name=name)
            broken = [r for r in rows if r.verdicts[index] in ("breaks", "unproven")]
            if broken:
                failures += 1
                _failure(case, broken)
            notes = [sentence(r) for r in rows if r.verdicts[index] == "conditional"]
            if notes:
                text = "\n".join(f"only if the new client sends it: {note}" for note in notes)
                ElementTree.SubElement(case, "system-out").text = xml_text(text)
        suite.set("tests", str(len(groups)))
        suite.set("failures", str(failures))
    return junit_document(root)


def _failure(case: ElementTree.Element, rows: list[DiffRow]) -> None:
    failure = ElementTree.SubElement(
        case, "failure", message=xml_text(sentence(rows[0])), type=rows[0].rule
    )
    failure.text = xml_text("\n".join(f"{r.rule} {r.fingerprint}: {sentence(r)}" for r in rows))
