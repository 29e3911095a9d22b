"""`codexwire diff` as a user runs it: formats, exit codes, ignores, contracts, and what it refuses."""

from __future__ import annotations

import contextlib
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest
from command import Document, Run

from codexwire.cli.app import run
from codexwire.resources import schema_root

NEW = schema_root() / "0.169.0" / "experimental.json"
GOLDEN = Path(__file__).parents[1] / "golden" / "stable.json"
DIFF_SCHEMA = schema_root() / "report" / "diff.schema.json"


def test_a_file_a_folder_and_standard_input_are_the_same(
    document: Document, tmp_path: Path
) -> None:
    named = document("0.163.0", "0.169.0")
    copy = tmp_path / "renamed.json"
    copy.write_bytes(NEW.read_bytes())
    assert document("0.163.0", copy) == named
    done = subprocess.run(
        [sys.executable, "-m", "codexwire", "diff", "0.163.0", "-", "--format", "json"],
        input=NEW.read_bytes(),
        capture_output=True,
        env={**os.environ, "PYTHONHASHSEED": "1"},
        check=True,
    )
    assert json.loads(done.stdout) == named


def test_both_channels(document: Document) -> None:
    stable = document("0.163.0", "0.169.0", "--channel", "stable")
    both = document("0.163.0", "0.169.0")
    assert 0 < len(stable["findings"]) < len(both["findings"])
    assert {f["stability"] for f in stable["findings"]} == {"stable"}
    assert {"stable", "experimental"} <= {f["stability"] for f in both["findings"]}


@pytest.mark.parametrize("required", [True, False])
@pytest.mark.parametrize("method", ["turn/start", "config/batchWrite"])
def test_what_one_method_has_beside_its_params(
    method: str, required: bool, document: Document, tmp_path: Path
) -> None:
    """The schema is the invented one of the golden packages; other methods stay as they are."""
    value = json.loads(GOLDEN.read_text("utf-8"))
    branches = value["definitions"]["ClientRequest"]["oneOf"]
    (branch,) = (b for b in branches if b["properties"]["method"]["enum"] == [method])
    branch["properties"]["deadline"] = {"type": "integer"}
    branch["required"] += ["deadline"] if required else []
    path = tmp_path / "next.json"
    path.write_text(json.dumps(value), "utf-8")
    (found,) = document(GOLDEN, path)["findings"]
    assert (found["rule"], found["methods"]) == ("envelope-changed", [method])
    assert found["breaks"] == {
        "old_client_new_server": "breaks" if required else "safe",
        "new_client_old_server": "safe",
    }


@pytest.mark.parametrize(
    ("name", "limit"),
    [("threadId", {"maxLength": 36}), ("input", {"maxItems": 20}), ("input", {"maxItems": 0})],
)
def test_a_new_limit_is_proven_by_something_longer(
    name: str, limit: dict[str, int], document: Document, tmp_path: Path
) -> None:
    value = json.loads(GOLDEN.read_text("utf-8"))
    value["definitions"]["v2"]["TurnStartParams"]["properties"][name] |= limit
    path = tmp_path / "next.json"
    path.write_text(json.dumps(value), "utf-8")
    (found,) = document(GOLDEN, path)["findings"]
    assert found["rule"] == "constraint-tightened"
    assert found["breaks"] == {"old_client_new_server": "breaks", "new_client_old_server": "safe"}


def test_what_only_experimental_clients_hear_breaks_no_stable_one(document: Document) -> None:
    """Both schemas of 0.150.0 list these notifications; its server sends them with the capability only."""
    told = {"project/changed", "thread/queue/changed", "thread/environment/connected"}

    def added(*options: str) -> dict[str, str]:
        found = document("0.140.0", "0.150.0", *options)["findings"]
        rows = [f for f in found if f["rule"] == "notification-added"]
        return {method: f["stability"] for f in rows for method in f["methods"]}

    for options in ((), ("--as-published",)):
        both, stable = added(*options), added(*options, "--channel", "stable")
        assert {both[method] for method in told} == {"experimental"}
        assert both["thread/reverted"] == stable["thread/reverted"] == "stable"
        assert set(stable.values()) == {"stable"}


def test_a_type_of_experimental_messages_alone_is_experimental(document: Document) -> None:
    found = document("0.140.0", "0.150.0")["findings"]
    rows = [f for f in found if f["type"] == "v2/RealtimeConversationVersion"]
    assert rows
    assert {f["stability"] for f in rows} == {"experimental"}


def test_a_stable_schema_beside_a_whole_release_is_told(codexwire: Run) -> None:
    stable = schema_root() / "0.163.0" / "stable.json"
    _, _, err = codexwire("diff", stable, "0.166.0")
    assert err == (
        "codexwire: note: 0.163.0 is its stable schema alone:"
        " what is experimental counts as missing there\n"
    )
    assert codexwire("diff", stable, "0.166.0", "--channel", "stable")[2] == ""
    assert codexwire("diff", "0.72.0", "0.99.0")[2] == ""


def test_as_published_says_which_types_it_adds(codexwire: Run, document: Document) -> None:
    _, _, err = codexwire("diff", "0.107.0", "0.115.0", "--as-published")
    assert err == (
        "codexwire: note: as published, but for what a bundle lost and a rule puts back:"
        " 0.107.0 (n021-root-types-undefined)\n"
    )
    _, out, _ = codexwire("diff", "0.107.0", "0.115.0", "--as-published", "--format", "json")
    value = json.loads(out)
    jsonschema.validate(value, json.loads(DIFF_SCHEMA.read_text("utf-8")))
    assert value["restored"] == {"0.107.0": ["n021-root-types-undefined"]}
    assert "restored" not in document("0.107.0", "0.115.0")
    assert codexwire("diff", "0.107.0", "0.115.0")[2] == ""


@pytest.mark.parametrize(
    ("fail_on", "code"),
    [(None, 0), ("breaking", 1), ("breaking:i", 1), ("breaking:ii", 0)],
)
def test_what_fails(codexwire: Run, fail_on: str | None, code: int) -> None:
    options = ["--fail-on", fail_on] if fail_on else []
    assert codexwire("diff", "0.163.0", "0.166.0", *options)[0] == code


def test_against_fails_on_breaks(codexwire: Run) -> None:
    assert codexwire("diff", "--against", "0.163.0", "0.166.0")[0] == 1
    assert codexwire("diff", "--against", "0.171.0")[0] == 0  # the project's own schema
    assert codexwire("diff", "--against", "0.163.0", "0.166.0", "--fail-on", "breaking:ii")[0] == 0


def ignore_file(tmp_path: Path, *entries: str) -> Path:
    path = tmp_path / "ignore.toml"
    path.write_text("\n".join(f"[[ignore]]\n{entry}\n" for entry in entries), "utf-8")
    return path


@pytest.mark.parametrize(
    "form", ["[[ignore]] # accepted", "[[ ignore ]]", '[["ignore"]]', "inline"]
)
def test_an_ignore_file_may_be_any_toml(
    codexwire: Run, broken: list[str], tmp_path: Path, form: str
) -> None:
    path = tmp_path / "ignore.toml"
    entries = [f'fingerprint = "{f}"\nreason = """\n[[ignore]]\nknown"""' for f in broken]
    text = "".join(
        f"[[ignore]]\n{entries[0]}\n" if n == 0 else f"{form}\n{e}\n" for n, e in enumerate(entries)
    )
    if form == "inline":
        tables = (f'{{fingerprint = "{f}", reason = "[[ignore]]"}}' for f in broken)
        text = f"ignore = [{', '.join(tables)}]\n"
    path.write_text(text, "utf-8")
    assert codexwire("diff", "0.163.0", "0.166.0", "--ignore", path)[::2] == (0, "")
    path.write_text(text.replace(broken[-1], "0" * 16), "utf-8")
    code, _, err = codexwire("diff", "0.163.0", "0.166.0", "--ignore", path)
    assert code == 2
    assert f"the ignore of {'0' * 16} matches no finding" in err


@pytest.fixture(scope="module")
def broken() -> list[str]:
    """The fingerprints of what breaks old clients between 0.163.0 and 0.166.0."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        run(["diff", "0.163.0", "0.166.0", "--format", "json"])
    return [
        f["fingerprint"]
        for f in json.loads(out.getvalue())["findings"]
        if f["breaks"]["old_client_new_server"] == "breaks"
    ]


def test_text_names_what_an_ignore_file_would_say(codexwire: Run, broken: list[str]) -> None:
    lines = codexwire("diff", "0.163.0", "0.166.0")[1].splitlines()
    assert {line.split()[-1] for line in lines if line.startswith("  ✗")} == {
        f"({fingerprint})" for fingerprint in broken
    }


def test_ignored_breaks_do_not_fail(
    codexwire: Run,
    document: Document,
    broken: list[str],
    tmp_path: Path,
) -> None:
    entries = [f'fingerprint = "{f}"\nreason = "known"\nexpires = 2999-01-01' for f in broken]
    path = ignore_file(tmp_path, *entries)
    code, out, err = codexwire("diff", "--against", "0.163.0", "0.166.0", "--ignore", path)
    assert (code, err) == (0, "")
    assert "old client ↔ new server: 0 break\n" in out
    assert "64 changes, 7 of them ignored" in out
    assert "\n50 changes that break nothing are not listed" in out
    assert document("0.163.0", "0.166.0", "--ignore", path)["summary"]["ignored"] == 7
    short = ignore_file(tmp_path, *entries[1:])
    fail_on = "--fail-on", "minor"
    assert codexwire("diff", *fail_on, "0.163.0", "0.166.0", "--ignore", short)[0] == 1


@pytest.mark.parametrize(
    ("entry", "problem"),
    [
        ('fingerprint = "0123456789abcdef"\nreason = "old"', "matches no finding"),
        ('fingerprint = "{known}"\nreason = "old"\nexpires = 2020-01-01', "expired on 2020-01-01"),
        (
            'fingerprint = "{known}"',
            ":1: 'reason' is missing (an [[ignore]] has a fingerprint, the",
        ),
        (
            'fingerprint = "{known}"\nreason = " "',
            ":3: reason must not be empty, got ' ' (an [[ignore]] has",
        ),
        ('reason = "because"', ":1: 'fingerprint' is missing"),
        (
            'fingerprint = "{known}"\nreason = "x"\nexpires = "soon"',
            ":4: expires must be a date (2",
        ),
        ('fingerprint = "{known}"\nreason = "x"\nuntil = 1', ":4: unknown key 'until' (known: f"),
    ],
)
def test_an_ignore_that_is_no_use_fails(
    codexwire: Run, broken: list[str], tmp_path: Path, entry: str, problem: str
) -> None:
    path = ignore_file(tmp_path, entry.replace("{known}", broken[0]))
    code, _, err = codexwire("diff", "0.163.0", "0.166.0", "--ignore", path)
    assert code == 2
    assert problem in err
    assert err.startswith(f"codexwire: error: {path}:")
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    ("args", "problem"),
    [
        (["0.163.0"], "1 version to compare"),
        (["0.163.0", "0.166.0", "0.169.0"], "3 versions to compare"),
        (["-", "-"], "only one of the two can be standard input"),
        (["0.163.0", "0.0.1"], "0.0.1"),
        (["0.163.0", "nowhere.json"], "'nowhere.json' is neither a version nor"),
        (["0.163.0", "0.166.0", "--format", "yaml"], "no format 'yaml'"),
        (["0.163.0", "0.166.0", "--fail-on", "error"], "no --fail-on 'error'"),
        (["0.163.0", "0.166.0", "--channel", "beta"], "no channel 'beta'"),
        (["0.163.0", "exec-server"], "compare versions of one protocol"),
        (["0.163.0", "0.166.0", "--ignore", "none.toml"], "cannot read the ignore file"),
        (["0.163.0", "0.166.0", "--contract", "none.toml"], "cannot read the contract"),
    ],
)
def test_bad_input_is_one_line_and_exit_code_2(
    codexwire: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, args: list[str], problem: str
) -> None:
    monkeypatch.chdir(tmp_path)
    code, out, err = codexwire("diff", *args)
    assert (code, out) == (2, "")
    assert problem in err
    assert err.startswith("codexwire: error: ")
    assert err.count("\n") == 1


def test_broken_schemas_cannot_be_checked(codexwire: Run, tmp_path: Path) -> None:
    for name, text in (("cut.json", "{"), ("list.json", "[]"), ("other.json", '{"a": 1}')):
        path = tmp_path / name
        path.write_text(text, "utf-8")
        code, out, err = codexwire("diff", "0.163.0", path, "--fail-on", "breaking")
        assert (code, out) == (2, "")
        assert err.startswith(f"codexwire: error: {path}")
