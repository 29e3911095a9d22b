"""`help()` of a model is short and tells its fields; what it leaves out works all the same."""

from __future__ import annotations

import copy
import pickle
import pydoc
from rlcompleter import Completer
from typing import Any, Literal

import pytest

from codex_app_server_protocol import models
from codexwire.runtime.model import WireModel


def shown(thing: object) -> list[str]:
    return pydoc.plain(pydoc.render_doc(thing)).splitlines()


@pytest.mark.parametrize(
    "model", [models.ThreadStartParams, models.Thread, models.UserMessageThreadItem]
)
def test_help_tells_the_fields_and_little_else(model: type[WireModel]) -> None:
    lines = shown(model)
    assert len(lines) < 85 + len(model.model_fields)
    assert not any("__pydantic" in line or "parse_obj" in line for line in lines)
    for name in model.model_fields:
        assert any(f" {name}: " in line for line in lines)


def test_types_are_written_as_one_would_write_them() -> None:
    lines = [line.removeprefix(" |  ").strip() for line in shown(models.ThreadStartParams)]
    assert "config: dict[str, Any] | None = None" in lines
    assert "environments: list[TurnEnvironmentParams] | None = None" in lines
    assert "id: str" in [line.removeprefix(" |  ").strip() for line in shown(models.Thread)]
    assert "type: 'userMessage'" in str(models.UserMessageThreadItem.__doc__)


def test_a_model_without_a_docstring_and_one_without_fields() -> None:
    class Plain(WireModel):
        kind: Literal["a", "b"] = "a"

    class Empty(WireModel):
        pass

    assert str(Plain.__doc__).startswith("Fields:\n    kind: 'a' | 'b' = 'a'")
    assert Empty.__doc__ is None


def test_help_of_an_enum_lists_its_members() -> None:
    text = "\n".join(shown(models.TurnStatus))
    assert "in_progress" in text
    assert "is_unknown" in text
    assert "casefold" not in text


def test_json_schema_has_the_docstring_alone() -> None:
    schema = models.ThreadStartParams.model_json_schema()
    assert schema["description"] == "Params of `thread/start`."
    assert all("Fields:" not in str(d.get("description")) for d in schema["$defs"].values())


def test_completion_offers_the_fields_of_a_model_and_how_one_is_read() -> None:
    complete = Completer({"Params": models.TurnStartParams}).complete
    offered = {complete("Params.model_", number) for number in range(4)}
    reads = {"Params.model_validate(", "Params.model_validate_json("}
    assert offered == {"Params.model_fields", *reads, None}


def test_what_dir_leaves_out_works() -> None:
    params: Any = models.TurnStartParams(thread_id="t", input=[])
    assert "model_dump" in dir(params)
    assert "model_validate" in dir(models.TurnStartParams)
    assert models.TurnStartParams.model_construct(thread_id="t", input=[]).thread_id == "t"
    assert pickle.loads(pickle.dumps(params)) == copy.deepcopy(params) == params
