from __future__ import annotations

import ast

import pytest

from codexwire.direction import Kind, Side
from codexwire.emit.client import plan_client
from codexwire.emit.names import class_names
from codexwire.ingest import load
from codexwire.ir.model import Protocol
from codexwire.normalize import normalize


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
        ]
        assert all(isinstance(method, kind) for method in methods)
        documented = {ast.get_docstring(method).split("`")[1] for method in methods}  # type: ignore[union-attr]
        assert documented == {method.name for method in requests}
        assert len({method.name for method in methods}) == len(requests)


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
