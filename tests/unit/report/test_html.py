"""The page of a comparison has a chapter for every gravity, and explains its words."""

from __future__ import annotations

import re
from dataclasses import replace

from reports import CHANGES, DOUBT, SKEWS, change, comparison

from codexwire.finding import Level
from codexwire.report.heat_map import HeatMap, heat, to_heat_map
from codexwire.report.report import Group
from codexwire.report.table import render


def test_html_has_a_chapter_for_every_gravity_the_gravest_first() -> None:
    strict = change("strict", "breaks", "safe", Level.WARNING)
    unproven = change("open", "unproven", "safe", Level.ERROR)
    told = replace(comparison(), groups=(Group("Thread", (*CHANGES, strict, unproven)),))
    chapters = re.findall(
        r'<details class="chapter filtered" id="(\w+)"( open)?>\n<summary><h2>(.*) \(1\)</h2>',
        render("html", told),
    )
    assert chapters == [
        ("sure", " open", "Sure breaks"),
        ("unproven", " open", "Unproven breaks"),
        ("minor", " open", "Breaks for strict readers"),
        ("conditional", " open", "Breaks if it is used"),
        ("safe", "", "Harmless changes"),
        ("ignored", "", "Ignored changes"),
    ]


def test_html_explains_every_word_that_it_marks_a_change_with() -> None:
    gone = replace(DOUBT, facts=DOUBT.facts | {"old": "1", "new": None, "ignored": ""})
    page = render("html", replace(comparison(), groups=(Group("Thread", (*CHANGES, gone)),)))
    explained = {*re.findall("<dt>(.*)</dt>", page)}
    marked = re.findall('<span class="badge.*: (.*)</span>', page)
    marked += re.findall(r"</code> · (\w+) · ", page)
    assert {*marked, *re.findall("<i>(.*)</i>", page)} == explained - {*SKEWS.values()}


def test_a_cell_of_a_heat_map_is_warmer_the_more_breaks_it_has() -> None:
    counts = {0: "heat1", 1: "heat2", 9: "heat2", 10: "heat3", 49: "heat3", 50: "heat4"}
    assert {sure: heat(sure, 1) for sure in counts} == counts
    assert heat(0, 0) == "heat0"
    page = to_heat_map(HeatMap("title", "legend", (), ()))
    assert {*counts.values(), "heat0"} == {*re.findall(r"\.(heat\d)", page)}
