"""`codexwire rules` knows every id that a command prints, and says what it means."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterable, Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from recorded import RECORDINGS

import codexwire
from codexwire.cli.app import run
from codexwire.diff.rule import SILENT, Change, Effect, Rule
from codexwire.diff.table import RULES as DIFF_RULES
from codexwire.ir.hole import HoleKind
from codexwire.ir.keywords import ASSERTIONS
from codexwire.normalize import RULES
from codexwire.profiles.table import CHECKS, PROFILES
from codexwire.resources import schema_root
from codexwire.runtime.drift import TITLES as DRIFT_TITLES
from codexwire.transcript.ladder import LineVerdict
from codexwire.usecases.rule_index import RuleEntry, find, rule_entries
from codexwire.wire.envelope import decode

KNOWN = tuple(rule_entries())
FINE_OR_REFUSED = {LineVerdict.VALID, LineVerdict.REFUSED}
"""What is said of a line that is none of them has an id of its own."""

CODE = Path(codexwire.__file__).parent
CASES = Path(__file__).parents[1] / "cases" / "transcript"
TRANSCRIPTS = Path(__file__).parents[1] / "data" / "transcripts"
_ID = re.compile(r"(schema|envelope|transcript|session|lines)/[a-zA-Z][\w-]*\w")


def missing(ids: Iterable[str]) -> set[str]:
    return {id for id in ids if find(id, KNOWN) is None}


def printed(capsys: pytest.CaptureFixture[str], *args: str | Path) -> dict[str, object]:
    run([*map(str, args), "--format", "json"])
    value: dict[str, object] = json.loads(capsys.readouterr().out)
    return value


def rules_in(value: object) -> set[str]:
    """Every `rule` in a document."""
    if isinstance(value, list):
        return set().union(*map(rules_in, value))
    if isinstance(value, dict):
        own = {value["rule"]} if isinstance(value.get("rule"), str) else set()
        return own.union(*map(rules_in, value.values()))
    return set()


def test_every_table_is_in_the_list() -> None:
    ids = {rule.id for rule in (*RULES, *DIFF_RULES)} | DRIFT_TITLES.keys()
    ids |= {check.rule for check in CHECKS}
    lines = [profile.lines for profile in PROFILES if profile.lines is not None]
    ids |= {check.rule for found in lines for check in (*found.checks, *found.across)}
    ids |= {f"lines/{verdict}" for verdict in {*LineVerdict} - FINE_OR_REFUSED}
    of_schemas = {f"schema/{keyword}" for keyword in {*ASSERTIONS, "false"} - {"$ref"}}
    of_schemas |= {f"schema/unknown-{kind}" for kind in (*HoleKind, "method")}
    assert {entry.id for entry in KNOWN if entry.family == "schema"} == of_schemas
    assert len(ids) > 90
    assert missing(ids) == set()


def literals() -> Iterator[str]:
    """Every id that stands in the code, and those of file issues, which get their prefix later."""
    for path in CODE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                if _ID.fullmatch(node.value):
                    yield node.value
            elif isinstance(node, ast.Call) and ast.unparse(node.func) == "FileIssue":
                rule = node.args[1]
                assert isinstance(rule, ast.Constant), ast.unparse(node)
                yield f"transcript/{rule.value}"


def test_every_id_in_the_code_is_in_the_list() -> None:
    ids = set(literals())
    assert {"envelope/surrogate", "transcript/crlf", "schema/required"} < ids
    assert missing(ids) == set()


@pytest.mark.parametrize("line", [b"\xff", b"1" * 20_001, b"[" * 100_000, b"{"])
def test_what_is_wrong_with_a_line_is_in_the_list(line: bytes) -> None:
    _, violation = decode(line)
    assert violation is not None
    assert missing([violation.rule]) == set()


def test_every_id_that_commands_print_is_in_the_list(capsys: pytest.CaptureFixture[str]) -> None:
    found = rules_in(
        printed(capsys, "validate", CASES, RECORDINGS, TRANSCRIPTS, "--max-findings", "0")
    )
    assert {"schema/type", "session/phantom-turn", "transcript/unusable"} < found
    for mode in ("tolerant", "strict"):
        found |= rules_in(printed(capsys, "decode", RECORDINGS, "--mode", mode))
    versions = [
        p.name for p in sorted(schema_root().iterdir()) if (p / "experimental.json").exists()
    ]
    for old, new in pairwise(versions):
        found |= rules_in(printed(capsys, "diff", old, new))
    assert len(found) > 60
    assert missing(found) == set()


@pytest.mark.parametrize("entry", KNOWN, ids=lambda e: e.id)
def test_an_entry_explains_itself_by_every_name(entry: RuleEntry) -> None:
    bare, full, _ = entry.names
    assert entry.title.endswith(".")
    assert entry.doc.strip()
    assert find(entry.id, KNOWN) is entry
    assert find(full, KNOWN) is entry
    if not any(other.id == bare for other in KNOWN):
        assert find(bare, KNOWN) is entry


def test_ids_and_titles_are_unique() -> None:
    assert len({entry.id for entry in KNOWN}) == len(KNOWN)
    assert len({entry.title for entry in KNOWN}) == len(KNOWN)


@pytest.mark.parametrize(
    ("asked", "head"),
    [
        ("session/turn-never-completes", "# session/turn-never-completes\n"),
        ("turn-never-completes", "# session/turn-never-completes\n"),
        ("diff/variant-added", "# variant-added\n"),
        ("schema/required", "# schema/required\n"),
        ("envelope/jsonrpc", "# envelope/jsonrpc\n"),
        ("n006", "# n006-timeline-snake-case\n"),
        ("unknown-method", "# unknown-method\n"),
        ("schema/unknown-method", "# schema/unknown-method\n"),
    ],
)
def test_a_rule_is_shown_with_and_without_its_family(
    asked: str, head: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["rules", "show", asked]) == 0
    assert capsys.readouterr().out.startswith(head)


def test_the_start_of_a_name_is_no_name(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["rules", "show", "property"]) == 2
    assert "no rule 'property'" in capsys.readouterr().err


def test_a_family_is_listed(capsys: pytest.CaptureFixture[str]) -> None:
    families = {entry.family for entry in KNOWN}
    assert families == {
        *("normalize", "redact", "tolerance", "drift", "session", "diff"),
        *("envelope", "schema", "transcript", "lines", "probe", "observed"),
    }
    for family in families:
        assert run(["rules", "list", "--family", family]) == 0
        lines = capsys.readouterr().out.splitlines()
        assert len(lines) == sum(entry.family == family for entry in KNOWN)


@pytest.mark.parametrize("words", ["", "{wher} is new", "{} is new", "{where.path} is new"])
def test_a_diff_rule_without_a_sentence_is_refused(words: str) -> None:
    with pytest.raises(ValueError, match="new-rule: the sentence"):
        Rule("new-rule", "A change.", words, tuple, SILENT, lambda _: iter(()))


def test_a_sentence_takes_names_as_they_are() -> None:
    rule = Rule(
        "new-rule", "A change.", "{where}: {key} was {old}", tuple, SILENT, lambda _: iter(())
    )
    change = Change(Effect.NONE, None, None, key="{old}")
    assert rule.sentence(change, "v2/A", ".b", (), quote="`") == "`v2/A.b`: `{old}` was absent"
    assert rule.sentence(change, "v2/A", "b", ()) == "v2/A b: {old} was absent"
