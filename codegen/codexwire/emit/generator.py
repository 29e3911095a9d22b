"""The one place that runs datamodel-code-generator. What it made of a schema is kept, and not made again."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any, Literal, TypeAlias

import msgspec

from codexwire.emit.format import no_collection
from codexwire.ingest.made import keep, name_of, recall
from codexwire.resources import templates_root

__all__ = ["Kind", "Literals", "generated_models"]

Kind: TypeAlias = Literal[
    "pydantic_v2.BaseModel", "typing.TypedDict", "msgspec.Struct", "dataclasses.dataclass"
]
"""What models are made, as the generator calls it."""

Literals: TypeAlias = Literal["all", "one", "none"]
"""Which enums become literal types."""

_VERSIONS = tuple((name, version(name)) for name in ("datamodel-code-generator", "jinja2"))


def generated_models(
    schema: Mapping[str, Any],
    class_name: Callable[[str], str],
    kind: Kind,
    *,
    literals: Literals | None = None,
    **options: Any,
) -> dict[tuple[str, ...], str]:
    """Return the source of each module that is made of a JSON Schema document, by its path.

    `class_name` gets the names of the document and is a function of `codexwire.emit`; `options` are those
    of `generate`. What is made is not formatted yet. One module has the path `()`.
    """
    facts = (_VERSIONS, msgspec.json.encode(schema), class_name.__qualname__, kind, literals)
    name = name_of("models", facts, sorted(options.items()), files=_makers())
    kept = None if name is None else recall(name)
    found = None if kept is None else _unpacked(kept)
    if found is None:
        found = _generated(schema, class_name, kind, literals, options)
        if name is not None:
            keep(name, msgspec.json.encode(list(found.items())))
    return found


def _makers() -> tuple[Path, ...]:
    """Return the files that names and the look of what is generated depend on."""
    own = Path(__file__).parent.glob("*.py")
    return tuple(sorted((*own, *templates_root().rglob("*.jinja2"))))


def _unpacked(kept: bytes) -> dict[tuple[str, ...], str] | None:
    try:
        return dict(msgspec.json.decode(kept, type=list[tuple[tuple[str, ...], str]]))
    except msgspec.MsgspecError:
        return None


def _generated(
    schema: Mapping[str, Any],
    class_name: Callable[[str], str],
    kind: Kind,
    literals: Literals | None,
    options: Mapping[str, Any],
) -> dict[tuple[str, ...], str]:
    # only for what is not known: the import takes 0.6 s
    from datamodel_code_generator import generate
    from datamodel_code_generator.enums import DataModelType, InputFileType
    from datamodel_code_generator.format import PythonVersion
    from datamodel_code_generator.parser import LiteralType

    given = {} if literals is None else {"enum_field_as_literal": LiteralType(literals)}
    with no_collection(), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # on formats that the generator does not know
        found = generate(
            schema,
            input_file_type=InputFileType.JsonSchema,
            output_model_type=DataModelType(kind),
            target_python_version=PythonVersion.PY_311,
            use_standard_collections=True,
            use_union_operator=True,
            disable_timestamp=True,
            set_default_enum_member=True,
            use_schema_description=True,
            use_attribute_docstrings=True,
            custom_class_name_generator=class_name,
            use_single_line_docstring=True,
            formatters=[],
            **{"use_field_description": True, **given, **options},
        )
    return {(): found} if isinstance(found, str) else dict(found or {})
