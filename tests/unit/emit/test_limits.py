"""What msgspec cannot tell apart is reported and takes any JSON; msgspec takes what is written."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import msgspec
import pytest

from codexwire.emit.definitions import Definition, DefinitionKind
from codexwire.emit.expressions import expression
from codexwire.emit.limits import within_limits
from codexwire.model.types import Enum, List, Map, Ref, Scalar, Type, Union

STRING = Scalar("string")


def taken(definitions: Mapping[str, Definition]) -> bool:
    """Whether msgspec takes the aliases, of which the last is made of the others."""
    names: dict[str, Any] = {"Any": Any, "Literal": Literal}
    for name, definition in definitions.items():
        names[name] = eval(expression(definition.type), names)
    try:
        msgspec.json.Decoder(names["Either"])
    except TypeError:
        return False
    return True


@pytest.mark.parametrize(
    ("one", "other", "apart"),
    [
        (Enum(("a",)), STRING, False),
        (Enum((1,)), Scalar("integer"), False),
        (Enum(([1], "a")), List(STRING), False),
        (Enum(({"k": 1}, "a")), Map(rest=STRING), False),
        (List(Scalar("integer")), List(STRING), False),
        (Enum((1, 2)), STRING, True),
        (Enum((0.5,)), STRING, True),
        (Enum((None, 1)), Enum((None, "a")), True),
        (Enum(([1], 1)), Map(rest=STRING), True),
    ],
)
def test_types_are_told_apart_by_the_kinds_of_their_values(
    one: Type, other: Type, apart: bool
) -> None:
    types = {"One": one, "Other": other, "Either": Union((Ref("One"), Ref("Other")))}
    aliases = {n: Definition(n, DefinitionKind.ALIAS, n, type=t) for n, t in types.items()}
    found, holes = within_limits(aliases)
    assert bool(holes) is not apart
    assert taken(found)
