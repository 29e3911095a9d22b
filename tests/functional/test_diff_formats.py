"""`codexwire diff` in every format: what each shows, and that it is the same every time."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from html.parser import HTMLParser
from xml.etree import ElementTree

from command import Document, Run

from codexwire.finding import page_url
from codexwire.report.table import FORMATS


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
        "observed": {"old": False, "new": False},
    }


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
