"""Observed profiles: what they hold, and what reads them."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from probe import bundle

from codexwire.direction import Kind, Side
from codexwire.ingest import load_files
from codexwire.ingest.document import open_document
from codexwire.ingest.observed import observed_releases
from codexwire.ir.model import Seen
from codexwire.model.observed import read_observed, write_observed
from codexwire.normalize import normalize
from codexwire.resources import schema_root

FOLDER = schema_root() / "observed"
PROFILES = sorted(FOLDER.glob("*.json"))
_OF_A_MACHINE = re.compile(
    rb"/tmp|/root|/home|codexwire-probe|127\.0\.0\.1|[0-9a-f]{8}-[0-9a-f]{4}-"
)


@pytest.mark.parametrize("path", PROFILES, ids=lambda p: p.stem)
def test_a_profile_is_of_its_release_and_of_no_machine(path: Path) -> None:
    text = path.read_bytes()
    observed = read_observed(text)
    assert observed.release == path.stem
    assert write_observed(observed) == text
    assert not _OF_A_MACHINE.search(text)
    assert not [m for m, r in observed.requests.items() if r.verdict == "contradicted"]
    assert sum(r.outcome == "answered" for r in observed.requests.values()) > 70
    assert observed.damaged.judged > 5000


def test_the_profiles_of_codexwire_are_found() -> None:
    assert {str(v) for v in observed_releases()} == {p.stem for p in PROFILES}
    assert {"0.163.0", "0.169.0", "0.171.0"} <= {p.stem for p in PROFILES}


def test_what_changed_on_the_wire_alone(codexwire: Any) -> None:
    """0.151.0 writes saved sessions in another vocabulary, which no diff of schemas shows."""
    code, out, _ = codexwire("diff", "--observed", "0.150.0", "0.151.0")
    assert code == 0
    assert "observed/record  event_msg:agent_reasoning: sent no more" in out
    assert "observed/request  thread/rollback: answered → refused" in out
    assert "observed/message  thread/reverted: sent now" in out
    code, out, _ = codexwire("diff", "--observed", "0.151.0", "0.150.0", "--format", "json")
    changes = json.loads(out)["changes"]
    assert {"rule": "message", "about": "thread/reverted", "change": "sent no more"} in changes
    code, out, _ = codexwire("diff", "--observed", "0.171.0", "0.171.0")
    assert out.strip() == "0 changes on the wire that the schemas do not show"


def test_a_release_that_was_not_probed(codexwire: Any) -> None:
    code, _, err = codexwire("diff", "--observed", "0.99.0", "0.171.0")
    assert code == 2
    assert "0.99.0 was not probed" in err


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("turn/start", "seen on a wire in 0.125.0 … 0.171.0"),
        ("v2/ThreadItem", "seen on a wire in 0.125.0 … 0.171.0"),
        ("windows/worldWritableWarning", "never seen on a wire"),
    ],
)
def test_show_says_where_something_was_seen(name: str, said: str, codexwire: Any) -> None:
    code, out, _ = codexwire("schema", "show", name, "--schema", "0.171.0")
    assert code == 0
    assert said in out


def test_an_observed_response_fills_what_nobody_knows(tmp_path: Path) -> None:
    document = bundle({"type": "object"}, {"ProbeTold": {"type": "object"}}, ("probe/more",))
    file = tmp_path / "schema.json"
    text = json.dumps(document).replace('"ProbeRunResponse"', '"Other"')
    file.write_text(text, "utf-8")
    plain = load_files({"stable": open_document(file)})
    told = replace(plain, observed=Seen({"probe/more": "v2/ProbeTold", "probe/run": "v2/None"}))

    def result(protocol: Any, name: str) -> tuple[str | None, str]:
        found = normalize(protocol).protocol.method(name, Side.CLIENT, Kind.REQUEST)
        assert found is not None
        return found.result, found.result_by

    assert result(plain, "probe/more") == (None, "unknown")
    assert result(told, "probe/more") == ("v2/ProbeTold", "observed")
    assert result(told, "probe/run") == (None, "unknown")
