"""What a schema does not say, or says oddly, stops nothing: results, params, names, paths of ids."""

from __future__ import annotations

import ast
import inspect
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from probe import bundle, check_package, imported, normalized, plans, write

from codexwire.emit.header import stamp_of
from codexwire.emit.plan import plan_package
from codexwire.ingest import load
from codexwire.ir.model import Method
from codexwire.normalize import Normalized, normalize
from codexwire.runtime.client.typed import AsyncTyped
from codexwire.runtime.unknown import UnknownResult

STRING = {"type": "string"}
INLINE: dict[str, Any] = {
    "object": {"type": "object", "properties": {"a": STRING}, "required": ["a"]},
    "nullable": {"type": ["object", "null"], "properties": {"a": STRING}},
    "list": {"type": "array", "items": STRING},
    "any": True,
}


def document() -> dict[str, Any]:
    """A protocol with a request that has no response type, and requests whose params have no name."""
    schema = {"type": "object", "properties": {"timeout": {**STRING, "x-python-name": "patience"}}}
    found = bundle(schema, {}, ["odd/ask", *(f"inline/{name}" for name in INLINE)])
    for branch in found["definitions"]["ClientRequest"]["oneOf"]:
        name = branch["properties"]["method"]["enum"][0]
        if name == "odd/ask":
            branch["properties"]["params"] = {"type": "null"}
        elif name.startswith("inline/"):
            branch["properties"]["params"] = INLINE[name.removeprefix("inline/")]
    return found


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("unknown")
    found = normalized(document(), folder)
    write(folder, found, plans(found))
    return folder


@pytest.fixture
def package(folder: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(folder)
    return imported("probe_pydantic")


def test_every_style_imports_and_resolves(folder: Path) -> None:
    assert check_package(folder) == ""


def test_an_unknown_result_is_any_json(package: ModuleType) -> None:
    for method in ("odd/ask", "probe/ask"):
        for mode in ("tolerant", "strict", "raw"):
            read = package.decode_result(method, {"x": [1]}, mode=mode)
            assert read == UnknownResult(method, {"x": [1]}, "")
        assert package.drift_notes(read) == ()
    spec = package.CLIENT_REQUESTS["odd/ask"]
    assert (spec.result, spec.result_by) == (None, "unknown")
    assert package.CLIENT_REQUESTS["probe/run"].result_by == ""


def test_its_method_says_so_and_returns_plain_json(
    package: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def request(_: object, method: str, params: Any, timeout: float | None) -> Any:
        return package.decode_result(method, [method, params, timeout])

    monkeypatch.setattr(AsyncTyped, "request", request, raising=False)
    client = package.AsyncAppServerClient
    assert client.odd_ask.__annotations__["return"] == "Any"
    assert "The type of its result is not known." in inspect.getdoc(client.odd_ask).splitlines()
    waiting = client.odd_ask(object.__new__(client), timeout=2.0)
    with pytest.raises(StopIteration) as ended:
        waiting.send(None)
    assert ended.value.value == ["odd/ask", None, 2.0]


def test_handlers_of_requests_without_a_known_result_return_anything(folder: Path) -> None:
    source = (folder / "probe_pydantic/client/sync/__init__.py").read_text("utf-8")
    overloads = [n for n in ast.walk(ast.parse(source)) if isinstance(n, ast.FunctionDef)]
    first = ast.unparse(overloads[0].args)
    assert "Literal['probe/ask']" in first
    assert "Callable[[models.ProbeDoneNotification], Any | Mapping[str, Any]]" in first


@pytest.mark.parametrize(
    ("name", "value"), [("object", {"a": "b"}), ("nullable", None), ("list", ["a"]), ("any", 1)]
)
def test_params_without_a_name_get_one(package: ModuleType, name: str, value: Any) -> None:
    read = package.decode_request(f"inline/{name}", value)
    assert package.dump(read) == value
    assert package.drift_notes(read) == ()
    assert package.CLIENT_REQUESTS[f"inline/{name}"].params is not None


def test_a_name_that_somebody_chose(package: ModuleType) -> None:
    assert package.models.ProbeRunParams(patience="x").model_dump(exclude_unset=True) == {
        "timeout": "x"
    }
    assert list(inspect.signature(package.AppServerClient.probe_run).parameters) == [
        "self",
        "patience",
        "timeout",
    ]


def test_a_lost_id_is_a_hole() -> None:
    found = normalize(load("0.163.0"))
    moved = tuple(map(without_request_id, found.protocol.methods))
    protocol = replace(found.protocol, methods=moved)
    broken = Normalized(protocol, found.applied, found.stale)
    plan = plan_package(broken, stamp_of(protocol, ""), package="x", style="pydantic")
    (hole,) = plan.holes
    assert (hole.kind, hole.name) == ("shape", "serverRequest/resolved")


def without_request_id(method: Method) -> Method:
    if method.name != "serverRequest/resolved":
        return method
    params = {"type": "object", "properties": {"threadId": STRING}}
    return replace(method, branch={**method.branch, "properties": {"params": params}})
