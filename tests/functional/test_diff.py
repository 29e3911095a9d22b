"""`codexwire diff` as a user runs it: formats, exit codes, ignores, contracts, and what it refuses."""

from __future__ import annotations

import contextlib
import io
import json
import os
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import jsonschema
import pytest
from command import Document, Run

from codexwire.cli.app import run
from codexwire.finding import page_url
from codexwire.report.table import FORMATS
from codexwire.resources import schema_root

NEW = schema_root() / "0.169.0" / "experimental.json"
DIFF_SCHEMA = schema_root() / "report" / "diff.schema.json"


def test_text_says_the_counts_first(codexwire: Run) -> None:
    code, out, err = codexwire("diff", "0.163.0", "0.166.0")
    assert (code, err) == (0, "")
    assert out.splitlines()[:4] == [
        "0.163.0 → 0.166.0",
        "old client ↔ new server: 7 break (5 of them minor)",
        "new client ↔ old server: 0 break, 7 break if sent",
        "64 changes",
    ]
    assert "  ✗·  enum-value-removed  detached" in out
    assert "\x1b" not in out
    assert "type-added" not in out
    assert "type-added" in codexwire("diff", "0.163.0", "0.166.0", "--all")[1]


def test_json_has_the_published_shape(document: Document) -> None:
    value = document("0.163.0", "0.166.0")
    assert (value["version"], value["old"], value["new"]) == (1, "0.163.0", "0.166.0")
    assert value["summary"]["breaks"]["old_client_new_server"]["breaks"] == 7
    found = next(f for f in value["findings"] if f["type"] == "v2/Account" and f["witness"])
    assert found == {
        "rule": "variant-added",
        "type": "v2/Account",
        "pointer": "/oneOf/3",
        "methods": ["account/read"],
        "directions": ["server_to_client"],
        "effect": "widens",
        "breaks": {"old_client_new_server": "breaks", "new_client_old_server": "safe"},
        "levels": {"old_client_new_server": "warning", "new_client_old_server": "info"},
        "conditional": False,
        "stability": "stable",
        "old": None,
        "new": "object {type: gcp}",
        "witness": {
            "old_client_new_server": {
                "sender": "server",
                "kind": "result",
                "method": "account/read",
                "message": {
                    "id": 1,
                    "result": {"account": {"type": "gcp"}, "requiresOpenaiAuth": False},
                },
                "rejected": 'expected one of "apiKey", "chatgpt", "amazonBedrock",'
                " got another string",
            }
        },
        "fingerprint": found["fingerprint"],
    }


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


def test_every_format_is_the_same_for_every_hash_seed() -> None:
    script = (
        "from codexwire.cli.app import run\n"
        f"for format in {list(FORMATS)!r}:\n"
        "    run(['diff', '0.163.0', '0.166.0', '--format', format])\n"
    )
    texts = [
        subprocess.run(
            [sys.executable, "-c", script],
            capture_output=True,
            env={**os.environ, "PYTHONHASHSEED": seed},
            check=True,
        ).stdout
        for seed in ("1", "2")
    ]
    assert texts[0] == texts[1]
    assert len(texts[0]) > 100_000


def test_markdown_is_a_changelog(codexwire: Run) -> None:
    _, out, _ = codexwire("diff", "0.163.0", "0.166.0", "--format", "markdown")
    lines = out.splitlines()
    assert lines[0] == "# Protocol changes from 0.163.0 to 0.166.0"
    assert [line for line in lines if line.startswith("## ")] == [
        "## Breaks old clients on a new server",
        "## Needs a new server",
        "## New and harmless",
    ]
    assert (
        "- new request `thread/sample` (v2/ThreadSampleParams) → v2/ThreadSampleResponse"
        " *(experimental)* [request-added]"
    ) in lines
    assert "- `v2/Account` has the new variant `gcp` – in `account/read` [variant-added]" in lines
    assert f"[variant-added]: {page_url('variant-added')}" in lines
    at = lines.index(
        "- `v2/HookEventName`, in `hook/completed`, `hook/started`, `hooks/list`, `plugin/read`:"
    )
    assert (
        lines[at + 2]
        == "  - `v2/HookEventName` has the new value `preModelRequest` [enum-value-added]"
    )


def test_markdown_shows_a_break_with_a_message_of_the_same_skew(codexwire: Run) -> None:
    _, out, _ = codexwire("diff", "0.125.0", "0.163.0", "--format", "markdown")
    _, _, rest = out.partition("\n## Breaks new clients on an old server\n")
    section = rest.partition("\n## ")[0]
    example = section.partition("no longer has the value `on-failure`")[2].partition("```json")[2]
    message = json.loads(example.partition("```")[0])
    assert "result" in message, "the old server sends it, the new client does not know it"


def test_sarif(codexwire: Run) -> None:
    log = json.loads(codexwire("diff", "0.163.0", "0.166.0", "--format", "sarif")[1])
    (run_,) = log["runs"]
    rules = [rule["id"] for rule in run_["tool"]["driver"]["rules"]]
    assert log["version"] == "2.1.0"
    assert len(run_["results"]) == 64
    for result in run_["results"]:
        assert rules[result["ruleIndex"]] == result["ruleId"]
        assert result["level"] in ("error", "warning", "note")
        assert len(result["partialFingerprints"]["codexwire/v1"]) == 16


def test_junit(codexwire: Run) -> None:
    root = ElementTree.fromstring(
        codexwire("diff", "0.163.0", "0.166.0", "--format", "junit")[1].encode()
    )
    old_client, new_client = root.findall("testsuite")
    assert (old_client.get("failures"), new_client.get("failures")) == ("5", "0")
    failed = [case.get("name") for case in old_client if case.find("failure") is not None]
    assert failed == [
        "v2/Account",
        "v2/HookEventName",
        "v2/PlanType",
        "v2/ReviewDelivery",
        "v2/ThreadItem",
    ]


def test_github(codexwire: Run) -> None:
    lines = codexwire("diff", "0.163.0", "0.166.0", "--format", "github")[1].splitlines()
    assert lines[0].startswith("::warning title=request-added::new request account/gcp/setup ")
    assert lines[-1].startswith(
        "::notice title=0.163.0 → 0.166.0::old client ↔ new server: 7 break"
    )
    assert all(line.startswith("::") for line in lines)


class Page(HTMLParser):
    """What a page shows, and what it would load."""

    def __init__(self) -> None:
        super().__init__()
        self.articles = 0
        self.loaded: list[str] = []
        self.inputs: list[str | None] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.articles += tag == "article"
        self.loaded += [v for k, v in attrs if k in ("src", "href") and v and tag != "a"]
        if tag == "select":
            self.inputs.append("select")
        if tag == "input":
            self.inputs.append(dict(attrs).get("type"))


def test_html_is_one_file_with_search_and_filters(codexwire: Run) -> None:
    page = Page()
    page.feed(codexwire("diff", "0.163.0", "0.166.0", "--format", "html")[1])
    assert page.articles == 64
    assert page.loaded == ["data:,"]  # no icon is asked for
    assert page.inputs == ["search", "checkbox", "checkbox", "select"]


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
        (["0.163.0"], "1 versions to compare"),
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
