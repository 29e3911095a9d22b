"""Models of every vendored release: they build, decode what its server sent, and give it back."""

from __future__ import annotations

import ast
import json
import os
import re
import subprocess
import sys
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from amount import sample_of
from pydantic import BaseModel, TypeAdapter
from recorded import messages

from codexwire.emit.models import ModelPlan, plan_models
from codexwire.ingest import load
from codexwire.ir.model import Protocol, TypeDef
from codexwire.normalize import normalize
from codexwire.profiles.app_server.domains import DOMAINS

VERSIONS = sample_of(("0.72.0", "0.99.0", "0.125.0", "0.163.0", "0.169.0", "0.171.0"), 3)
RECORDED = ("0.72.0", "0.99.0", "0.163.0")
Packages = Callable[[str], ModuleType]


def normalized(source: str) -> Protocol:
    return normalize(load(source)).protocol


@pytest.fixture(scope="module")
def plan() -> ModelPlan:
    return plan_models(normalized("0.99.0"))


@pytest.mark.parametrize("version", VERSIONS)
def test_every_model_builds(version: str, package_of: Packages) -> None:
    models = package_of(version).models
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for name in models.__all__:
            found = getattr(models, name)
            if isinstance(found, type) and issubclass(found, BaseModel):
                found.model_rebuild(force=True)
                assert found.__pydantic_complete__
            else:
                TypeAdapter(found)


@pytest.mark.parametrize("version", VERSIONS)
def test_published_names_are_kept_and_no_others_are_numbered(version: str) -> None:
    protocol = normalized(version)
    plan = plan_models(protocol)
    renamed = {n for n, t in protocol.types.items() if "x-name" in t.schema}  # type: ignore[operator]
    for name in protocol.types:
        bare = protocol.namespaces.bare(name)
        if name not in renamed and bare.isidentifier():
            assert plan.class_of[name] == bare
    published = {protocol.namespaces.bare(name) for name in protocol.types}
    numbered = {n for n in plan.classes if re.search(r"\d$", n)} - published
    spelled = json.dumps(protocol.document())
    assert not {n for n in numbered if re.search(r"[A-Za-z]+\d+$", n)[0] not in spelled}  # type: ignore[index]


def server_payloads(package: ModuleType, version: str) -> Iterator[tuple[str, Any, Any]]:
    """Yield method, model class and payload of every message of the server that has both."""
    for sender, message, asked in messages(version):
        if sender != "server":
            continue
        method = message.get("method", asked)
        requests = package.SERVER_REQUESTS if "id" in message else package.SERVER_NOTIFICATIONS
        spec = (requests if "method" in message else package.CLIENT_REQUESTS).get(method)
        part = "params" if "method" in message else "result"
        model = getattr(spec, part, None)
        if model is not None and message.get(part) is not None:
            yield method, model, message[part]


def same(one: Any, other: Any) -> bool:
    """Whether two JSON values are equal, 1 and 1.0 and true told apart."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(v, other[k]) for k, v in one.items())
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    return type(one) is type(other) and bool(one == other)


@pytest.mark.parametrize("version", RECORDED)
def test_recorded_messages_decode_and_come_back(version: str, package_of: Packages) -> None:
    """The models of the same release, without any tolerance."""
    seen: Counter[str] = Counter()
    for method, model, payload in server_payloads(package_of(version), version):
        decoded = model.model_validate(payload)
        assert same(decoded.model_dump(mode="json", exclude_unset=True), payload), method
        assert same(json.loads(decoded.model_dump_json(exclude_unset=True)), payload), method
        seen[method] += 1
    assert len(seen) > 10, seen
    assert seen.total() > 100, seen


@pytest.mark.parametrize("version", VERSIONS)
def test_modules_import_one_way(version: str) -> None:
    order = [domain.name for domain in DOMAINS]
    files = plan_models(normalized(version)).files
    for path, source in files.items():
        module = Path(path).stem
        if module in ("__init__", "marks"):
            continue
        for node in ast.parse(source).body:
            if isinstance(node, ast.ImportFrom) and node.level:
                assert order.index(str(node.module)) < order.index(module), path
        assert source.count("\n") < 3000


def test_only_what_is_used_is_imported(package_of: Packages) -> None:
    package = package_of("0.163.0")
    code = (
        f"import sys; sys.path.insert(0, {str(Path(package.__path__[0]).parent)!r})\n"
        f"from {package.__name__} import models\n"
        "models.ItemCompletedNotification.model_validate(\n"
        '    {"item": {"id": "i", "type": "plan", "text": "x"}, "threadId": "t", "turnId": "0",\n'
        '     "completedAtMs": 1})\n'
        f"print(sorted(m.rpartition('.')[2] for m in sys.modules if '{package.__name__}.models.' in m))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "['item', 'shared']"


def test_names_do_not_depend_on_unrelated_types(plan: ModelPlan) -> None:
    """Types, methods and enum values that come do not rename, or rewrite, what is there."""
    protocol = normalized("0.99.0")
    shapes = {
        "v2/AAA": {"type": "object", "properties": {"type": {"enum": ["x"], "type": "string"}}},
        "v2/ThreadItems": {
            "type": "object",
            "properties": {"item": {"$ref": "#/definitions/v2/ThreadItem"}},
        },
        "v2/Status": {"type": "string", "enum": ["inProgress", "other"]},
        "ZZZ": {"type": "string"},
    }
    grown = protocol.with_types({name: TypeDef(name, node) for name, node in shapes.items()})
    method = protocol.methods[0]
    properties = {"method": {"enum": ["aaa/x"]}, "params": {"$ref": "#/definitions/v2/AAA"}}
    branch = {"type": "object", "properties": properties, "required": ["method", "params"]}
    added = replace(method, name="aaa/x", branch=branch, result="v2/AAA")
    grown = replace(grown, methods=(added, *grown.methods))
    after = plan_models(grown)
    assert set(after.classes) - set(plan.classes) == {
        "AAA", "ThreadItems", "Status", "ZZZ", "AaaXClientRequest",
    }  # fmt: skip
    for name, info in plan.classes.items():
        assert after.classes[name] == info
    for path, source in plan.files.items():
        lines = set(after.files[path].splitlines())
        if path not in ("models/__init__.py", "models/client_messages.py"):
            gone = [line for line in source.splitlines() if line not in lines]
            assert all("import" in line for line in gone), (path, gone)


def test_same_models_under_other_hash_seeds() -> None:
    code = (
        "import hashlib\n"
        "from codexwire.emit.models import plan_models\n"
        "from codexwire.ingest import load\n"
        "from codexwire.normalize import normalize\n"
        "from codexwire.normalize.plain import prepared\n"
        "from codexwire.emit.styles import STYLES\n"
        "protocol = prepared(normalize(load('0.72.0')).protocol)\n"
        "files = [sorted(plan_models(protocol, style=s).files.items()) for s in STYLES]\n"
        "print(hashlib.sha256(repr(files).encode()).hexdigest())"
    )
    digests = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(digests) == 1
