"""`schema history` and `compat`: many releases, offline."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from command import Run

from codexwire.diff import DiffFinding, diff
from codexwire.diff.history import Subject, history
from codexwire.ingest import load
from codexwire.ingest.archive import archive, archive_path
from codexwire.ingest.channel import stable_part
from codexwire.ingest.embedded import published
from codexwire.ir.model import UNIONS, Protocol
from codexwire.model.archive import read_archive
from codexwire.resources import schema_root
from codexwire.usecases.comparable import prepared
from codexwire.usecases.releases import mended_releases
from codexwire.version import Version

ARCHIVE = archive_path()
REPORTS = schema_root() / "report"
RECORDINGS = Path(__file__).parents[1] / "data" / "recordings"


def checked(text: str, schema: str) -> dict[str, Any]:
    value: dict[str, Any] = json.loads(text)
    jsonschema.validate(value, json.loads((REPORTS / f"{schema}.schema.json").read_text("utf-8")))
    return value


def test_the_archive_has_every_known_release() -> None:
    assert ARCHIVE.stat().st_size < 400_000
    assert list(archive().versions) == sorted({r.version for r in published()})
    for at, old in enumerate(archive().sample):
        for new in archive().sample[at + 1 :]:
            assert archive().breaks(old, new) is not None


@pytest.mark.parametrize("version", ["0.72.0", "0.99.0", "0.163.0"])
def test_the_archive_says_what_the_bundle_says(version: str) -> None:
    kept = archive().protocol(Version.parse(version))
    assert kept is not None
    bundle = prepared(load(version))
    newer = prepared(load("0.169.0"))

    def facts(finding: DiffFinding) -> tuple[object, ...]:
        return finding.fingerprint, finding.old_client, finding.new_client, finding.stability

    ours = diff(prepared(kept), newer, witnesses=False).findings
    assert list(map(facts, ours)) == [
        facts(f) for f in diff(bundle, newer, witnesses=False).findings
    ]
    assert diff(prepared(kept), bundle).findings == ()


@pytest.mark.parametrize(
    "version", ["0.72.0", "0.99.0", "0.125.0", "0.163.0", "0.169.0", "0.171.0"]
)
def test_the_archive_has_the_stable_schema_too(version: str) -> None:
    kept = archive().protocol(Version.parse(version))
    assert kept is not None
    stable = stable_part(kept)
    assert stable is not None
    bundle = load(schema_root() / version / "stable.json")
    assert stable.types.keys() == bundle.types.keys()
    assert {m.name for m in stable.methods} == {m.name for m in bundle.methods}
    published = (prepared(p, as_published=True) for p in (stable, bundle))
    assert diff(*published).findings == ()


def test_a_release_of_the_archive_is_compared_in_either_channel(codexwire: Run) -> None:
    def requests(channel: str) -> int:
        options = ("--channel", channel, "--format", "json")
        found = json.loads(codexwire("diff", "0.140.0", "0.150.0", *options)[1])["findings"]
        return sum(f["rule"] == "request-added" for f in found)

    assert 0 < requests("stable") < requests("experimental")


def test_a_damaged_archive_is_told(tmp_path: Path) -> None:
    path = tmp_path / "history.json.gz"
    for content in (b"", b"no gzip", gzip.compress(b"{}"), ARCHIVE.read_bytes()[:-9]):
        path.write_bytes(content)
        with pytest.raises(Exception, match="archive of releases") as caught:
            read_archive(path)
        assert type(caught.value).__name__ == "IngestError"


def test_the_history_of_a_method(codexwire: Run) -> None:
    code, out, err = codexwire("schema", "history", "thread/turns/items/list")
    assert (code, err) == (0, "")
    assert out.splitlines() == [
        "thread/turns/items/list (ClientRequest, experimental): since 0.130.0, gone in 0.143.0",
        "  0.130.0    new request thread/turns/items/list (v2/ThreadTurnsItemsListParams)"
        " → v2/ThreadTurnsItemsListResponse",
        "  0.143.0    request thread/turns/items/list is gone",
    ]


def test_the_history_of_a_type_and_of_a_field(codexwire: Run) -> None:
    out = codexwire("schema", "history", "Thread")[1]
    assert out.startswith("v2/Thread (type, stable): since 0.58.0 or earlier\n")
    assert "  0.89.0     v2/Thread.updatedAt is new: required int64\n" in out
    assert "  0.151.0    v2/Thread.historyMode was experimental, is stable\n" in out
    field = codexwire("schema", "history", "v2/Thread.projectId")[1]
    assert field.startswith("v2/Thread.projectId (field, stable): since 0.149.0\n")
    value = codexwire("schema", "history", "AskForApproval=on-failure")[1]
    assert "AskForApproval no longer has the value on-failure" in value


def test_the_history_of_a_legacy_event(codexwire: Run) -> None:
    out = codexwire("schema", "history", "codex/event/task_started")[1]
    assert out.splitlines() == [
        "codex/event/task_started (ServerNotification, stable): since 0.58.0 or earlier,"
        " gone in 0.115.0",
        "  0.115.0    notification codex/event/task_started is gone",
    ]
    owner = codexwire("schema", "history", "EventMsg<web_search_end>.action")[1]
    assert owner.startswith("EventMsg<web_search_end>.action (field, stable): since 0.92.0")


def test_history_and_show_agree_about_every_name_of_the_newest_release(codexwire: Run) -> None:
    shown = json.loads(codexwire("schema", "show", "--format", "json")[1])
    tables = {(u.sender, u.kind): u.union for u in UNIONS}
    protocols = mended_releases()
    assert str(protocols[-1].version) == shown["release"]

    def told(subject: Subject) -> str:
        found = history(subject, protocols)
        assert found is not None
        return str(found.since)

    methods = {(m["name"], tables[m["sender"], m["kind"]]): m["since"] for m in shown["methods"]}
    assert methods == {(n, union): told(Subject(n, union)) for n, union in methods}
    types = {t["name"]: t["since"] for t in shown["types"]}
    assert types == {name: told(Subject(name)) for name in types}


def test_a_field_is_there_since_the_release_that_first_published_it() -> None:
    """Of every field of some types, by another way: the published schemas themselves."""
    protocols = mended_releases()
    for name in ("v2/Thread", "v2/TurnStartParams", "v2/AppInfo"):
        fields = {v: _fields(archive().protocol(v), name) for v in archive().versions}
        for field in _fields(protocols[-1], name):
            found = history(Subject(name, path=f".{field}"), protocols)
            lacking = [v for v, there in fields.items() if field not in there]
            assert found is not None
            assert found.since == min(v for v in fields if not lacking or v > max(lacking)), field


def _fields(protocol: Protocol | None, name: str) -> set[str]:
    typedef = protocol.types.get(name) if protocol is not None else None
    schema = typedef.schema if typedef is not None else {}
    assert isinstance(schema, dict)
    return set(schema.get("properties", {}))


def test_history_as_json(codexwire: Run) -> None:
    whole = checked(codexwire("schema", "history", "--format", "json")[1], "schema-history")
    assert whole["releases"][0]["release"] == "0.58.0"
    assert whole["releases"][-1] == {**whole["releases"][-1], "release": "0.171.0"}
    one = codexwire("schema", "history", "turn/start", "--format", "json")[1]
    (history,) = checked(one, "schema-history")["histories"]
    assert (history["kind"], history["since"], history["removed"]) == (
        "ClientRequest",
        "0.58.0",
        None,
    )


def test_compat_is_the_matrix_of_both_skews(codexwire: Run) -> None:
    code, out, err = codexwire("compat", "0.140.0", "0.150.0", "0.163.0")
    assert (code, err) == (0, "")
    assert out.splitlines()[0].split() == ["client", "↓", "server", "→", "140", "150", "163"]
    value = checked(codexwire("compat", "--format", "json")[1], "compat")
    rows = {row["client"]: row["servers"] for row in value["clients"]}
    assert len(rows) == len(value["servers"]) == len(archive().sample)
    assert value["known"] == len(archive().versions)
    text = codexwire("compat")[1].splitlines()
    assert max(map(len, text)) <= 80
    heads = [line.split()[4:] for line in text if line.startswith("client")]
    assert len(heads) > 1
    assert sum(map(len, heads)) == len(rows)
    assert text[-1] == f"a sample: {len(rows)} of {value['known']} releases"
    assert rows["0.163.0"]["0.163.0"] == {"breaks": 0, "conditional": 0}
    found = diff(*(prepared(load(v)) for v in ("0.163.0", "0.169.0"))).findings
    assert rows["0.163.0"]["0.169.0"]["breaks"] == sum(f.old_client == "breaks" for f in found)
    assert rows["0.169.0"]["0.163.0"] == {
        "breaks": sum(f.new_client == "breaks" for f in found),
        "conditional": sum(f.new_client == "conditional" for f in found),
    }


def test_a_number_of_the_heat_map_leads_to_what_changed(codexwire: Run, tmp_path: Path) -> None:
    out = tmp_path / "pages"
    code, said, err = codexwire("compat", "0.160.0", "0.163.0", "--format", "html", "--out", out)
    assert (code, err) == (0, "")
    assert said == f"{out}: 2 files; open {out / 'index.html'}\n"
    page = (out / "index.html").read_text("utf-8")
    assert '<td class="heat3"><a href="0.160.0-0.163.0.html"' in page
    assert "client 0.163.0 on server 0.160.0: 0 breaks, 23 more if what is new is sent" in page
    assert "Sure breaks" in (out / "0.160.0-0.163.0.html").read_text("utf-8")
    alone = codexwire("compat", "0.160.0", "0.163.0", "--format", "html")[1]
    assert 'href="#0.160.0-on-0.163.0"' in alone
    assert 'id="0.160.0-on-0.163.0"' in alone
    assert 'data-copy="codexwire diff 0.160.0 0.163.0"' in alone


def test_compat_of_one_client(codexwire: Run, tmp_path: Path) -> None:
    path = tmp_path / "contract.toml"
    codexwire("contract", "from", RECORDINGS / "0.163.0" / "s02_command_approval.jsonl", "-o", path)
    servers = ["0.163.0", "0.169.0"]
    out = codexwire("compat", *servers, "--contract", path, "--format", "json")[1]
    (row,) = checked(out, "compat")["clients"]
    everybody = codexwire("compat", *servers, "--client", "0.163.0", "--format", "json")[1]
    (whole,) = checked(everybody, "compat")["clients"]
    assert row["client"] == whole["client"] == "0.163.0"
    for server in servers:
        assert row["servers"][server]["breaks"] <= whole["servers"][server]["breaks"]
    assert 0 < row["servers"]["0.169.0"]["breaks"] < whole["servers"]["0.169.0"]["breaks"]
    text = codexwire("compat", *servers, "--contract", path)[1]
    assert text.splitlines()[-1] == (
        "a client of 0.163.0 that keeps to the contract works with: 0.163.0, 0.169.0"
    )


@pytest.mark.parametrize(
    ("args", "problem"),
    [
        (["compat", "0.1.0"], "release 0.1.0 is not available"),
        (["compat", "new"], "'new' is no version"),
        (["compat", "--format", "yaml"], "no format 'yaml'"),
        (["compat", "--out", "x"], "--out is for pages (add --format html)"),
        (["schema", "history", "Thred"], "did you mean 'Thread'?"),
        (["schema", "history", "Thread.nope"], "no release has 'Thread.nope'"),
        (["schema", "history", "EventMsg.error"], "did you mean 'EventMsg<error>'?"),
        (["schema", "history", "v2/Thread.updatedat"], "did you mean 'Thread.updatedAt'?"),
        (["schema", "history", "--format", "html"], "no format 'html'"),
    ],
)
def test_bad_input(codexwire: Run, args: list[str], problem: str) -> None:
    code, out, err = codexwire(*args)
    assert (code, out) == (2, "")
    assert problem in err
    assert err.count("\n") == 1
