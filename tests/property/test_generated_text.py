"""Whatever a schema's texts are, they come through the generated code unchanged, in every style."""

from __future__ import annotations

import builtins
import dataclasses
import importlib
import json
import keyword
import sys
import warnings
from pathlib import Path
from typing import Any, get_type_hints

import msgspec
import pytest
from amount import sample_of, times
from hypothesis import example, given, settings
from hypothesis import strategies as st
from noding import compiled, judged, typescript_package
from probe import bundle, normalized, plans, write

from codexwire.emit.names import RESERVED_CLASSES, RESERVED_FIELDS, class_names
from codexwire.ir.wellformed import is_name
from codexwire.runtime.model import WireModel

TOKENS = sorted(
    {
        *keyword.kwlist,
        *keyword.softkwlist,
        *sample_of(dir(builtins), 10),
        *sample_of(dir(WireModel), 10),
        *sample_of(dir(type(WireModel)), 10),
        *sample_of(sorted(RESERVED_CLASSES), 10),
        *sample_of(sorted(RESERVED_FIELDS), 10),
        *("self", "timeout", "models", "params", "result", "Unset", "annotations", "root", "more"),
        *(
            "",
            "_",
            "__",
            "1",
            "a-b",
            "a_b",
            "a b",
            "aB",
            "AB",
            '"',
            "'",
            "\\",
            '"""',
            "\x00",
            "\r\n",
        ),
        *(
            "\u2028",
            "\x85",
            "{{ x }}",
            "{% x %}",
            "# fmt: off",
            "😀",
            "ﬁ",
            "fi",
            "Å",
            "\u212b",
            "ß",
            "İ",
        ),
    }
)
OF_TYPESCRIPT = [
    *("*/", "/** @x", "@deprecated", "`${x}`", "${", "</script>", "__proto__", "constructor"),
    *("toString", "Object", "Record", "Array", "Promise", "types", "open", "Integer", "string"),
    *("ClientRequests", "UnknownVariant", "MessageId", "undefined", "await", "\u2029", "\ufeff"),
]
TEXTS = st.lists(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=8),
    min_size=1,
    max_size=20,
    unique=True,
)


def schema_of(texts: list[str]) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    """Return a schema that has the texts everywhere, types beside it, and a value that fits."""
    tagged = [
        {
            "type": "object",
            "title": text,
            "description": text,
            "properties": {"kind": {"const": text}, text + "x": {"type": "string"}},
            "required": ["kind"],
        }
        for text in texts
    ]
    types = {
        text: {"type": "object", "properties": {text: {"type": "string", "title": text}}}
        for text in texts
        if is_name(text) and not set(text) & set("/~%") and text not in ("oneOf", "type")
    }
    inner = {
        "names": {
            "type": "object",
            "properties": {
                t: {"type": ["string", "null"], "default": t, "description": f"{t} and\n{t}"}
                for t in texts
            },
        },
        "values": {"type": "array", "items": {"type": "string", "enum": [*texts, "\x01other"]}},
        "consts": {
            "type": "object",
            "properties": {f"c{i}": {"const": t} for i, t in enumerate(texts)},
        },
        "tagged": {
            "type": "array",
            "items": {"oneOf": [*tagged, {"$ref": "#/definitions/v2/OtherP"}]},
        },
        "types": {
            "type": "object",
            "properties": {f"t{i}": {"$ref": f"#/definitions/v2/{t}"} for i, t in enumerate(types)},
        },
        "top": {
            "type": "object",
            "properties": {t: {"type": "object", "properties": {t: True}} for t in texts},
        },
    }
    types["OtherP"] = {
        "type": "object",
        "properties": {"kind": {"const": "\x01other"}},
        "required": ["kind"],
    }
    value = {
        "names": {t: t for t in texts},
        "values": texts,
        "consts": {f"c{i}": t for i, t in enumerate(texts)},
        "tagged": [{"kind": t, t + "x": t} for t in texts],
        "types": {f"t{i}": {t: t} for i, t in enumerate(t for t in types if t != "OtherP")},
        "top": {t: {t: t} for t in texts},
    }
    return {"type": "object", "properties": inner}, types, value


@settings(max_examples=times(1, 40))
@given(TEXTS)
@example(TOKENS)
def test_texts_come_through(tmp_path_factory: pytest.TempPathFactory, texts: list[str]) -> None:
    folder = tmp_path_factory.mktemp("texts")
    schema, types, value = schema_of(texts)
    methods = [f"{t}/{t}" for t in texts if is_name(t)]
    found = normalized(bundle(schema, types, methods), folder)
    write(folder, found, plans(found))
    with pytest.MonkeyPatch.context() as patch, warnings.catch_warnings():
        warnings.simplefilter("error")
        patch.syspath_prepend(folder)
        for name in [m for m in sys.modules if m.startswith("probe_")]:
            del sys.modules[name]
        decodes(value, methods)
        msgspec_reads(value)
        names_are_kept(texts)


def decodes(value: Any, methods: list[str]) -> None:
    decode = importlib.import_module("probe_pydantic.decode")
    for method in ["probe/run", *methods]:
        read = decode.decode_request(method, value)
        assert decode.drift_notes(read) == ()
        assert decode.dump(read) == value
    client = importlib.import_module("probe_pydantic.client").AppServerClient
    typed = {name for name in dir(client) if "Request `" in (getattr(client, name).__doc__ or "")}
    assert len(typed) == len({"probe/run", *methods})
    sdk = importlib.import_module("probe_sdk.v2_all")
    model = sdk.ProbeRunParams.model_validate(value)
    assert model.model_dump(mode="json", by_alias=True, exclude_unset=True) == value


def msgspec_reads(value: dict[str, Any]) -> None:
    models = importlib.import_module("probe_msgspec.models")
    read = msgspec.json.decode(json.dumps(value), type=models.ProbeRunParams)
    written = json.loads(msgspec.json.encode(read))
    assert (written["values"], written["consts"]) == (value["values"], value["consts"])
    assert written["names"] == {k: v for k, v in value["names"].items() if is_name(k)}
    assert [item["kind"] for item in written["tagged"]] == value["values"]


def names_are_kept(texts: list[str]) -> None:
    typed = importlib.import_module("probe_typeddict.models").ProbeRunParamsNames
    assert set(get_type_hints(typed)) == set(texts)
    plain = importlib.import_module("probe_dataclass.models").ProbeRunParamsNames
    fields = dataclasses.fields(plain)
    assert {f.metadata.get("wire", f.name) for f in fields} == set(texts)
    get_type_hints(plain)


def test_texts_come_through_a_typescript_package(tmp_path: Path) -> None:
    texts = [*dict.fromkeys((*OF_TYPESCRIPT, *TOKENS))]
    schema, types, value = schema_of(texts)
    methods = [f"{t}/{t}" for t in texts if is_name(t)] + ["__proto__", "constructor"]
    found = normalized(bundle(schema, types, methods), tmp_path)
    folder = typescript_package(found, tmp_path, "texts")
    case: dict[str, Any] = {"folder": str(folder), "call": "acceptsMessage", "after": ["client"]}
    cases = []
    for method in methods:
        message = {"id": 1, "method": method, "params": value}
        other = {**message, "params": {**value, "values": ["another"]}}
        cases.append({**case, "text": json.dumps(message), "expected": True})
        cases.append({**case, "text": json.dumps(other), "expected": False})
    assert judged(cases, tmp_path) > 100
    names = class_names(found.protocol).values()
    (tmp_path / "use.mts").write_text(
        "".join(f'export type {{ {name} }} from "texts";\n' for name in sorted(names))
        + 'export * from "texts/validators";\nexport * from "texts/client";\n'
    )
    assert not compiled(tmp_path, ["use.mts"], "nodenext")
