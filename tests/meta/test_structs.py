"""Frozen values are Structs of msgspec in some modules and dataclasses in others: the two are not mixed."""

from __future__ import annotations

import dataclasses
import pkgutil
from importlib import import_module

import msgspec

import codexwire


def structs() -> list[type[msgspec.Struct]]:
    for module in pkgutil.walk_packages(codexwire.__path__, "codexwire."):
        if not module.name.endswith("__main__"):
            import_module(module.name)
    found = list(msgspec.Struct.__subclasses__())
    for kind in found:
        found += kind.__subclasses__()
    return [kind for kind in found if kind.__module__.startswith("codexwire")]


def test_no_struct_has_a_field_of_dataclasses() -> None:
    found = structs()
    assert len(found) > 50
    for kind in found:
        for default in kind.__struct_defaults__:
            assert not isinstance(default, dataclasses.Field), kind
