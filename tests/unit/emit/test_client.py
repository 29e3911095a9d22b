from __future__ import annotations

import ast
import builtins
from pathlib import Path
from typing import Any

import pytest
from probe import bundle, normalized

from codexwire.direction import Kind, Side
from codexwire.emit.client import plan_client
from codexwire.emit.names import class_names
from codexwire.ingest import load
from codexwire.ir.model import Protocol
from codexwire.normalize import normalize
from codexwire.normalize.plain import prepared


@pytest.fixture(scope="module", params=["0.72.0", "0.163.0", "0.169.0", "0.171.0"])
def protocol(request: pytest.FixtureRequest) -> Protocol:
    return normalize(load(request.param)).protocol


def classes(source: str) -> dict[str, list[ast.FunctionDef | ast.AsyncFunctionDef]]:
    return {
        node.name: [m for m in node.body if isinstance(m, ast.FunctionDef | ast.AsyncFunctionDef)]
        for node in ast.parse(source).body
        if isinstance(node, ast.ClassDef)
    }


def test_every_request_is_one_documented_method_in_each_client(protocol: Protocol) -> None:
    files = plan_client(protocol, class_names(protocol))
    requests = protocol.table(Side.CLIENT, Kind.REQUEST)
    for package, kind in (("sync", ast.FunctionDef), ("aio", ast.AsyncFunctionDef)):
        methods = [
            method
            for path, source in files.items()
            if path.startswith(f"client/{package}/") and not path.endswith("__init__.py")
            for found in classes(source).values()
            for method in found
            if "of every page" not in str(ast.get_docstring(method))
        ]
        assert all(isinstance(method, kind) for method in methods)
        documented = {ast.get_docstring(method).split("`")[1] for method in methods}  # type: ignore[union-attr]
        assert documented == {method.name for method in requests}
        assert len({method.name for method in methods}) == len(requests)


def test_every_list_with_a_cursor_has_a_method_for_all_of_it(protocol: Protocol) -> None:
    """Which those are is read here from the text of the schema."""
    names = class_names(protocol)
    paged = set()
    for method in protocol.table(Side.CLIENT, Kind.REQUEST):
        params = protocol.resolve(method.params or {})
        result = protocol.types[method.result].schema if method.result else {}
        told = result.get("properties", {})
        if "cursor" in params.get("properties", {}) and {"data", "nextCursor"} <= told.keys():
            paged.add(method.name)
    assert "model/list" in paged
    for package, iterator in (("sync", "Iterator"), ("aio", "AsyncIterator")):
        found = {}
        for path, source in plan_client(protocol, names).items():
            for method in (m for c in classes(source).values() for m in c):
                doc = str(ast.get_docstring(method))
                if path.startswith(f"client/{package}/") and "of every page" in doc:
                    found[doc.split("`")[1]] = method
        assert found.keys() == paged
        for method in found.values():
            assert isinstance(method, ast.FunctionDef)
            assert method.name.endswith("_all")
            assert ast.unparse(method.returns or ast.Constant(None)).startswith(f"{iterator}[")


def _with(protocol: Protocol, *names: str) -> Protocol:
    from dataclasses import replace

    model = protocol.table(Side.CLIENT, Kind.REQUEST)[-1]
    more = tuple(replace(model, name=name) for name in names)
    return replace(protocol, methods=(*protocol.methods, *more))


def test_two_methods_of_one_name_are_two() -> None:
    protocol = _with(normalize(load("0.163.0")).protocol, "demo/oneTwo", "demo/one_two")
    methods = [
        method
        for source in plan_client(protocol, class_names(protocol)).values()
        for found in classes(source).values()
        for method in found
        if ast.get_docstring(method)
    ]
    names = {str(ast.get_docstring(m)).split("`")[1]: m.name for m in methods}
    assert names["demo/oneTwo"] == "demo_one_two"
    assert names["demo/one_two"].startswith("demo_one_two_")


def test_a_request_named_like_a_part_of_the_client_steps_aside() -> None:
    protocol = _with(normalize(load("0.163.0")).protocol, "steer", "start/turn", "import")
    names = {
        method.name
        for source in plan_client(protocol, class_names(protocol)).values()
        for found in classes(source).values()
        for method in found
    }
    assert {"steer_", "start_turn_", "import_"} <= names


def test_a_request_named_like_all_of_a_list_keeps_its_name() -> None:
    from dataclasses import replace

    protocol = normalize(load("0.163.0")).protocol
    steer = protocol.method("turn/steer", Side.CLIENT, Kind.REQUEST)
    assert steer is not None
    more = replace(protocol, methods=(*protocol.methods, replace(steer, name="model/list/all")))
    source = plan_client(more, class_names(more))["client/sync/more.py"]
    found = {m.name: str(ast.get_docstring(m)) for c in classes(source).values() for m in c}
    assert "`model/list/all`" in found["model_list_all"]
    assert "`model/list`" in found["model_list_all_"]


def _more(folder: Path, members: dict[str, Any]) -> ast.Module:
    """Return the module of a request whose params have these members."""
    schema = {"type": "object", "properties": members}
    protocol = prepared(normalized(bundle(schema), folder).protocol)
    source = plan_client(protocol, class_names(protocol))["client/aio/more.py"]
    compile(source, "more.py", "exec")  # no argument is there twice
    return ast.parse(source)


def _method(module: ast.Module) -> ast.AsyncFunctionDef:
    (method,) = (node for node in ast.walk(module) if isinstance(node, ast.AsyncFunctionDef))
    return method


def test_an_argument_named_like_what_its_method_uses_steps_aside(tmp_path: Path) -> None:
    method = _method(_more(tmp_path, {}))
    given = {argument.arg for argument in (*method.args.args, *method.args.kwonlyargs)}
    nodes = [node for line in method.body for node in ast.walk(line)]
    used = given | {node.id for node in nodes if isinstance(node, ast.Name)}
    assert {"self", "timeout", "models", "result"} <= used
    method = _method(_more(tmp_path, {name: {"type": "string"} for name in used}))
    assert {argument.arg for argument in method.args.kwonlyargs} - given == {f"{n}_" for n in used}
    calls = [node for line in method.body for node in ast.walk(line) if isinstance(node, ast.Call)]
    assert {word.arg: ast.unparse(word.value) for call in calls for word in call.keywords} == {
        name: f"{name}_" for name in used
    }


def test_what_a_module_names_is_imported(tmp_path: Path) -> None:
    module = _more(tmp_path, {"anything": True, "listed": {"enum": [7, 8]}})
    imports = [node for node in module.body if isinstance(node, ast.ImportFrom)]
    known = {alias.name for node in imports for alias in node.names} | {*dir(builtins)}
    known |= {node.arg for node in ast.walk(module) if isinstance(node, ast.arg)} | {"result"}
    names = {node.id for node in ast.walk(module) if isinstance(node, ast.Name)}
    assert {"Any", "Literal", "Unset"} <= names <= known
