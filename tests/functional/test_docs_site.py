"""The documentation as a site: it builds without a warning, and every rule has its page there."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from command import Run

from codexwire.finding import DOCUMENTATION, page_url
from codexwire.usecases.rule_index import rule_entries

TOP = Path(__file__).parents[2]
PARTS = ("ARCHITECTURE.md", "codegen", "docs", "examples", "generated", "mkdocs.yml")


def build(folder: Path, out: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--site-dir", str(out)],
        cwd=folder,
        env={**os.environ, "NO_MKDOCS_2_WARNING": "1"},
        capture_output=True,
        text=True,
    )


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("site")
    done = build(TOP, out)
    assert done.returncode == 0, done.stdout + done.stderr
    return out


def test_every_rule_has_its_page_where_its_address_leads(site: Path) -> None:
    for entry in rule_entries():
        page = site / page_url(entry.id).removeprefix(DOCUMENTATION) / "index.html"
        assert entry.id in page.read_text("utf-8")


def test_every_command_is_in_the_reference(site: Path) -> None:
    page = (site / "reference" / "commands" / "index.html").read_text("utf-8")
    for name in ("validate", "schema history", "contract from", "probe"):
        assert f"codexwire {name}" in page


def test_nothing_is_fetched_from_elsewhere(site: Path) -> None:
    text = (site / "index.html").read_text("utf-8")
    assert 'src="http' not in text
    assert 'rel="stylesheet" href="http' not in text


def test_a_link_that_leads_nowhere_fails(tmp_path: Path) -> None:
    for part in PARTS:
        source = TOP / part
        if source.is_dir():
            (tmp_path / part).symlink_to(source) if part != "docs" else shutil.copytree(
                source, tmp_path / part
            )
        else:
            shutil.copy(source, tmp_path)
    with (tmp_path / "docs" / "faq.md").open("a") as file:
        file.write("\n[nowhere](rules/no-such-rule.md)\n")
    done = build(tmp_path, tmp_path / "out")
    assert done.returncode != 0
    assert "no-such-rule" in done.stdout + done.stderr


def test_the_address_is_the_one_of_the_package() -> None:
    project = tomllib.loads((TOP / "pyproject.toml").read_text("utf-8"))["project"]
    assert project["urls"]["Documentation"] == DOCUMENTATION


@pytest.mark.parametrize("format", ["json", "sarif"])
def test_every_finding_leads_to_its_page(format: str, codexwire: Run) -> None:
    _, out, _ = codexwire("validate", "examples/sessions/wrong.jsonl", "--format", format)
    document = json.loads(out)
    if format == "json":
        found = {finding["rule"] for finding in document["files"][0]["findings"]}
        assert document["pages"] == {rule: page_url(rule) for rule in found}
    else:
        (run,) = document["runs"]
        rules = {rule["id"]: rule["helpUri"] for rule in run["tool"]["driver"]["rules"]}
        assert {r["ruleId"]: page_url(r["ruleId"]) for r in run["results"]} == rules


def test_text_has_the_pages_when_asked(codexwire: Run) -> None:
    wrong = "examples/sessions/wrong.jsonl"
    assert page_url("schema/enum") in codexwire("validate", wrong, "--links")[1]
    assert DOCUMENTATION not in codexwire("validate", wrong)[1]
