"""A schema whose references name other schemas by `$id`, anchor or file is the same protocol."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from codexwire.ingest import load
from codexwire.ingest.links import by_pointer
from codexwire.ir.model import Protocol

GOLDEN = Path(__file__).parents[2] / "golden" / "stable.json"
HOME = "https://codex.example/schema/"
LATER = "https://json-schema.org/draft/2020-12/schema"
Bundle = dict[str, Any]


def golden() -> Bundle:
    value: Bundle = json.loads(GOLDEN.read_text("utf-8"))
    return value


def referring(value: Any, change: Callable[[str], str]) -> Any:
    """A value whose references read otherwise."""
    if isinstance(value, list):
        return [referring(part, change) for part in value]
    if not isinstance(value, dict):
        return value
    return {
        key: change(part) if key == "$ref" else referring(part, change)
        for key, part in value.items()
    }


def absolute(bundle: Bundle) -> Bundle:
    return {"$id": f"{HOME}all.json", **referring(bundle, lambda ref: f"{HOME}all.json{ref}")}


def relative(bundle: Bundle) -> Bundle:
    return {"$id": f"{HOME}all.json", **referring(bundle, lambda ref: f"all.json{ref}")}


def ids_of_types(bundle: Bundle) -> Bundle:
    made = referring(bundle, lambda ref: HOME + ref.removeprefix("#/definitions/"))
    named = made["definitions"]
    for space, types in (("", named), ("v2/", named["v2"])):
        for name, node in types.items():
            if node is not named["v2"]:
                node["$id"] = HOME + space + name
    return {"$id": HOME, **made}


def anchors(bundle: Bundle, keyword: str, sign: str) -> Bundle:
    made = referring(bundle, lambda ref: ref.replace("#/definitions/v2/", "#"))
    for name, node in made["definitions"]["v2"].items():
        node[keyword] = sign + name
    return made


FORMS: dict[str, Callable[[Bundle], Bundle]] = {
    "absolute": absolute,
    "relative": relative,
    "ids of types": ids_of_types,
    "anchors of draft-07": lambda bundle: anchors(bundle, "$id", "#"),
    "anchors": lambda bundle: {**anchors(bundle, "$anchor", ""), "$schema": LATER},
}


def content(protocol: Protocol) -> tuple[Any, ...]:
    return dict(protocol.types), protocol.methods, protocol.envelope, protocol.holes


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_references_of_any_form_are_the_same_protocol(
    form: Callable[[Bundle], Bundle], tmp_path: Path
) -> None:
    path = tmp_path / "schema.json"
    path.write_text(json.dumps(form(golden())), "utf-8")
    assert content(load(path)) == content(load(GOLDEN))


@pytest.mark.parametrize("identified", [False, True])
def test_a_file_for_each_type_is_the_same_protocol(identified: bool, tmp_path: Path) -> None:
    named = golden()["definitions"]
    nested = named.pop("v2")

    def write(space: str, name: str, node: Any) -> None:
        def file(ref: str) -> str:
            full = ref.removeprefix("#/definitions/")
            if identified:
                return f"{HOME}{full}.json"
            bare = full.removeprefix("v2/")
            up = "" if space or bare != full else "./"
            down = full if not space else (bare if bare != full else f"../{full}")
            return f"{up}{down}.json"

        head = {"$id": f"{HOME}{space}{name}.json"} if identified else {}
        path = tmp_path / space / f"{name}.json"
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps({**head, **referring(node, file)}), "utf-8")

    for name, node in named.items():
        write("", name, node)
    for name, node in nested.items():
        write("v2/", name, node)
    assert content(load(tmp_path)) == content(load(GOLDEN))


def test_what_leads_nowhere_stays_as_it_is() -> None:
    written = {
        "$id": f"{HOME}a.json",
        "definitions": {
            "A": {"$ref": "https://elsewhere.example/x.json#/definitions/A"},
            "B": {"$ref": "http://[::1"},
            "C": {"const": {"$ref": "a.json"}, "properties": {"$id": {"$ref": "#nobody"}}},
        },
    }
    kept = {key: part for key, part in written.items() if key != "$id"}
    assert by_pointer({"": written}) == {"": kept}


def test_a_definition_inside_another_file_is_found() -> None:
    files = {
        "v2/A": {"properties": {"b": {"$ref": "../B.json#/definitions/C"}}},
        "B": {"definitions": {"C": {"$ref": "v2/A.json"}}},
    }
    assert by_pointer(files) == {
        "v2/A": {"properties": {"b": {"$ref": "B#/definitions/C"}}},
        "B": {"definitions": {"C": {"$ref": "v2/A#"}}},
    }
