"""The one place that runs datamodel-code-generator."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from typing import Any, Literal, TypeAlias

from codexwire.garbage import no_collection

__all__ = ["Kind", "Literals", "generated_models"]

Kind: TypeAlias = Literal[
    "pydantic_v2.BaseModel", "typing.TypedDict", "msgspec.Struct", "dataclasses.dataclass"
]
"""What models are made, as the generator calls it."""

Literals: TypeAlias = Literal["all", "one", "none"]
"""Which enums become literal types."""


def generated_models(
    schema: Mapping[str, Any],
    class_name: Callable[[str], str],
    kind: Kind,
    *,
    literals: Literals | None = None,
    **options: Any,
) -> dict[tuple[str, ...], str]:
    """Return the source of each module that is made of a JSON Schema document, by its path.

    `class_name` gets the names of the document; `options` are those of `generate`. What is made is not
    formatted yet. One module has the path `()`.
    """
    # only for who needs it: the import takes 0.6 s
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
