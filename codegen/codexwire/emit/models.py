"""The models of a protocol: flat definitions, assigned to modules and printed in one style."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from codexwire.emit.definitions import DefinitionKind
from codexwire.emit.flatten import shape
from codexwire.emit.limits import within_limits
from codexwire.emit.metadata import MARKS_MODULE, marks_source
from codexwire.emit.methods import params_class
from codexwire.emit.modules import assign_modules
from codexwire.emit.names import class_names
from codexwire.emit.printing import Printer, index_source
from codexwire.emit.styles import Style, style_sources
from codexwire.ir.hole import Hole
from codexwire.ir.model import Protocol
from codexwire.model.profile import profile_of

__all__ = ["ClassInfo", "ModelPlan", "Style", "plan_models"]


@dataclass(frozen=True, slots=True)
class ClassInfo:
    """Where a generated class is: module below `models`, the full type name it stems from, kind."""

    module: str
    owner: str
    kind: DefinitionKind


@dataclass(frozen=True, slots=True)
class ModelPlan:
    """The models of one protocol.

    `files` maps paths below the package to unformatted source; `classes` maps every exported name to
    what it is; `class_of` maps full type names to exported names; `holes` are the shapes that the style
    cannot express.
    """

    files: Mapping[str, str]
    classes: Mapping[str, ClassInfo]
    class_of: Mapping[str, str]
    holes: tuple[Hole, ...] = ()


def plan_models(protocol: Protocol, *, style: Style = "pydantic") -> ModelPlan:
    """Return the models of a prepared protocol (see `normalize.plain`) as the modules of `models`."""
    names = class_names(protocol)
    uses = _uses(protocol, names)
    definitions = shape(protocol, frozenset(uses))
    holes: tuple[Hole, ...] = ()
    if style == "msgspec":
        definitions, holes = within_limits(definitions)
    modules = assign_modules(definitions, profile_of(protocol), protocol.namespaces)
    if style == "pydantic":
        printer = Printer(definitions, uses)
        sources = {m.name: printer.module(m) for m in modules}
    else:
        sources = style_sources(modules, uses, style)
    files = {f"models/{name}.py": source for name, source in sources.items()}
    files["models/__init__.py"] = index_source(modules)
    files[f"models/{MARKS_MODULE}.py"] = marks_source(definitions.values())
    classes = {
        d.name: ClassInfo(module.name, d.owner, d.kind)
        for module in modules
        for d in module.definitions
    }
    return ModelPlan(files, classes, names, holes)


def _uses(protocol: Protocol, names: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """Return the class names of all payloads, each with a sentence on the messages it is part of."""
    if root := protocol.layout.root:
        return {names[root]: ("Every line of a file.",)}
    found: dict[str, dict[str, list[str]]] = {}
    for method in protocol.methods:
        params, _ = params_class(protocol, method, names)
        if params is not None:
            found.setdefault(params, {}).setdefault("Params", []).append(method.name)
        if method.result is not None:
            found.setdefault(names[method.result], {}).setdefault("Result", []).append(method.name)
    return {
        name: tuple(
            f"{what} of {', '.join(f'`{method}`' for method in methods)}."
            for what, methods in uses.items()
        )
        for name, uses in found.items()
    }
