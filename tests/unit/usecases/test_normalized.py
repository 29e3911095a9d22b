"""A release is the same whether it was normalized just now or long ago."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from codexwire.config import load_config
from codexwire.ingest import made
from codexwire.ir.model import Protocol
from codexwire.normalize import AS_PUBLISHED, Compared, Effect, Normalized, project_rules
from codexwire.usecases import normalized as module
from codexwire.usecases.normalized import normalized

EVERY = tuple(Effect), tuple(Compared)
BETWEEN = tuple(Effect), (Compared.ALWAYS,)
SOURCES = ("0.163.0", "0.171.0", "0.140.0", "0.58.0", "rollout@0.163.0", "0.72.0")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("CODEXWIRE_NO_CACHE", raising=False)
    monkeypatch.setenv("CODEXWIRE_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache" / "made"


def told(protocol: Protocol) -> str:
    """All that equality leaves out: the order of members, and where it came from."""
    types = {name: [t.schema, t.stability] for name, t in protocol.types.items()}
    methods = [m.branch for m in protocol.methods]
    beside = {union: dict(members) for union, members in protocol.envelope.items()}
    origins = [source.origin for source in protocol.sources]
    seen = [dict(protocol.observed.responses), sorted(protocol.observed.gated)]
    return json.dumps([types, methods, beside, origins, seen])


def check(first: Normalized, then: Normalized) -> None:
    assert then == first
    assert told(then.protocol) == told(first.protocol)
    assert then.protocol.layout is first.protocol.layout
    assert (then.restored, then.project_rules) == (first.restored, first.project_rules)


@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize(("effects", "compared"), [EVERY, BETWEEN, (AS_PUBLISHED, EVERY[1])])
def test_it_is_read_as_it_was_made(
    source: str,
    effects: tuple[Effect, ...],
    compared: tuple[Compared, ...],
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    first = normalized(source, effects=effects, compared=compared)
    assert len(list(folder.iterdir())) == 1
    monkeypatch.setattr(module, "load", None)
    check(first, normalized(source, effects=effects, compared=compared))


def test_what_differs_is_kept_apart(folder: Path) -> None:
    stable = normalized("0.163.0", channel="stable")
    whole = normalized("0.163.0")
    published = normalized("0.163.0", effects=AS_PUBLISHED)
    between = normalized("0.163.0", compared=BETWEEN[1])
    assert len(list(folder.iterdir())) == 4
    check(stable, normalized("0.163.0", channel="stable"))
    check(whole, normalized("0.163.0"))
    check(published, normalized("0.163.0", effects=AS_PUBLISHED))
    check(between, normalized("0.163.0", compared=BETWEEN[1]))


@pytest.mark.parametrize("content", [b"", b"\x90", b"\x9a", b"not what it was"])
def test_what_it_cannot_read_is_made_anew(content: bytes, folder: Path) -> None:
    first = normalized("0.163.0")
    (entry,) = folder.iterdir()
    whole = entry.read_bytes()
    made.keep(entry.name, content)
    check(first, normalized("0.163.0"))
    assert entry.read_bytes() == whole


def test_files_and_rules_of_a_project_are_not_kept(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(
        '[[tool.codexwire.rules]]\nid = "acme"\ntype = "v2/Turn"\n'
        'patch = [{ op = "add", path = "/properties/cost", value = { type = "number" } }]\n'
    )
    found = normalized("0.163.0", project=project_rules(load_config(tmp_path)))
    schema = found.protocol.types["v2/Turn"].schema
    assert isinstance(schema, dict)
    assert "cost" in schema["properties"]
    written = tmp_path / "schema.json"
    written.write_text(json.dumps(found.protocol.document()))
    normalized(str(written))
    assert not folder.exists()
