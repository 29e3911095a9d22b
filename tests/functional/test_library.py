"""`codexwire.diff`, `validate`, `decode` and `generate` give what the commands give."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from command import Run
from recorded import RECORDINGS

import codexwire as library
from codexwire.errors import UsageError
from codexwire.finding import Finding
from codexwire.ingest.archive import archive

GOLDEN = Path(__file__).parents[1] / "golden"
RULES = """\
[tool.codexwire.responses]
"memory/reset" = "v2/WriteStatus"

[[tool.codexwire.rules]]
id = "turn-cost"
type = "v2/Turn"
patch = [
    {{ op = "add", path = "/properties/cost", value = {{ type = "number" }} }},
    {{ op = "add", path = "/required/-", value = "cost" }},
]
{more}"""


def pairs() -> Iterator[tuple[str, str]]:
    """Twenty pairs, spread over all releases, and the longest two ways."""
    versions = [str(version) for version in archive().versions]
    step = len(versions) // 19
    yield from pairwise([*versions[::step][:19], versions[-1]])
    yield from (("0.99.0", "0.163.0"), (versions[-1], versions[0]))


def document(run: Run, *args: object, code: int | None = None) -> Any:
    """The JSON that a command prints, and the exit code if one is expected."""
    ended, out, _ = run(*args, "--format", "json")
    assert code in (None, ended)
    return json.loads(out)


def as_json(value: Mapping[str, Any]) -> Any:
    return json.loads(json.dumps(value))


@pytest.mark.parametrize(("old", "new"), [*pairs()])
def test_a_comparison(old: str, new: str, codexwire: Run) -> None:
    found = library.diff(old, new)
    fail_on = ("--fail-on", "breaking")
    printed = document(codexwire, "diff", old, new, *fail_on, code=int(found.breaks()))
    assert as_json(found.report().document) == printed
    rows = [(f.rule, f.type, f.fingerprint) for f in found.findings]
    assert rows == [(f["rule"], f["type"], f["fingerprint"]) for f in printed["findings"]]


def row(finding: Finding) -> tuple[object, ...]:
    return (
        finding.rule,
        finding.level,
        finding.location.line,
        finding.location.pointer,
        finding.message,
    )


def test_all_recordings_judged(codexwire: Run) -> None:
    found = library.validate(RECORDINGS)
    printed = document(codexwire, "validate", RECORDINGS, code=found.exit_code())
    assert len(found.judgements) == len(printed["files"]) > 10
    assert as_json(found.report().document) == printed
    assert [row(f) for f in found.findings] == [
        (f["rule"], f["level"], f["line"], f["pointer"], f["message"])
        for file in printed["files"]
        for f in file["findings"]
    ]


@pytest.mark.parametrize("mode", ["tolerant", "strict"])
def test_all_recordings_decoded(mode: str, codexwire: Run) -> None:
    found = library.decode(RECORDINGS, mode=mode)
    printed = document(codexwire, "decode", RECORDINGS, "--mode", mode)
    assert as_json(found.report().document) == printed
    assert [(f.rule, f.facts["count"]) for f in found.findings] == [
        (d["rule"], d["count"]) for d in printed["drift"]
    ]
    assert found.tally.messages > 1000


def files_in(folder: Path) -> dict[str, bytes]:
    paths = (p for p in folder.rglob("*") if p.is_file())
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in paths}


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with rules of its own and two packages; it is the working directory."""
    folder = tmp_path / "project"
    folder.mkdir()
    more = (
        f"\n[tool.codexwire]\nschema = {json.dumps(GOLDEN.as_posix())}\npackage = 'own'\n"
        "[[tool.codexwire.packages]]\nschema = 'exec-server@0.163.0'\nstyle = 'typeddict'\n"
    )
    (folder / "pyproject.toml").write_text(RULES.format(more=more), "utf-8")
    monkeypatch.chdir(folder)
    return folder


def test_generated_packages(project: Path, codexwire: Run) -> None:
    packages = library.generate(project=project)
    assert [p.folder.name for p in packages] == ["own", "codex_exec_server_protocol"]
    assert not (project / "generated").exists()
    code, out, err = codexwire("generate")
    assert code == 0, err
    assert out.splitlines() == [package.summary for package in packages]
    for package in packages:
        assert files_in(package.folder) == package.files
        assert package.drift() == []
    assert b"cost: " in packages[0].files["models/turn.py"]


def test_a_generated_package_is_written_where_it_is_told(tmp_path: Path, codexwire: Run) -> None:
    ours, theirs = tmp_path / "ours", tmp_path / "theirs"
    (package,) = library.generate(str(GOLDEN), out=ours, style="dataclass")
    package.write()
    options = ("--schema", GOLDEN, "--out", theirs, "--style", "dataclass")
    assert codexwire("generate", *options)[0] == 0
    assert files_in(ours) == files_in(theirs) != {}


def test_the_rules_of_a_project_count_only_when_it_is_named(project: Path, codexwire: Run) -> None:
    line = {"msg": {"method": "turn/started", "params": {"threadId": "T", "turn": {"id": "U"}}}}
    recording = project / "session.jsonl"
    recording.write_text(json.dumps({**line, "dir": "server"}) + "\n", "utf-8")
    both = ("0.163.0", "0.171.0")
    for options, chosen in ((("--no-project-rules",), None), ((), project)):
        judged = library.validate(recording, schema="0.163.0", project=chosen)
        judge = ("validate", recording.as_posix(), "--schema", "0.163.0", *options)
        assert as_json(judged.report().document) == document(codexwire, *judge)
        missing = [f for f in judged.findings if "'cost'" in f.message]
        assert bool(missing) is (chosen is not None)
        compared = library.diff(*both, project=chosen)
        assert as_json(compared.report().document) == document(codexwire, "diff", *both, *options)
        assert bool(compared.pair.project_rules) is (chosen is not None)


def test_an_error_is_raised_by_one_and_printed_by_the_other(codexwire: Run) -> None:
    with pytest.raises(UsageError) as raised:
        library.diff("0.99.0", "nowhere.json")
    assert codexwire("diff", "0.99.0", "nowhere.json") == (
        2,
        "",
        f"codexwire: error: {raised.value}\n",
    )


def test_the_package_diff_and_the_function_have_one_name() -> None:
    from codexwire.diff import Diff

    assert isinstance(library.diff("0.169.0", "0.171.0").diff, Diff)
