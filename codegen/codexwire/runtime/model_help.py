"""What `help()` and `dir()` say of a model: its fields, and the methods that one needs."""

from __future__ import annotations

from collections.abc import Mapping
from enum import EnumType
from types import NoneType, UnionType
from typing import TYPE_CHECKING, Annotated, Any, ForwardRef, Literal, Union, get_args, get_origin

from pydantic import BaseModel, Field, PrivateAttr
from typing_extensions import dataclass_transform

if TYPE_CHECKING:  # so that type checkers know that its classes have fields
    from pydantic._internal._model_construction import ModelMetaclass as _ModelType
    from pydantic.fields import FieldInfo
else:
    _ModelType = type(BaseModel)

__all__ = ["ModelType", "OpenEnumType", "own_doc"]

_WIDTH = 100
_METHODS = frozenset({"model_fields", "model_validate", "model_validate_json"})
"""What one needs of pydantic's on the class; instances list all of it."""
_USE = (
    "`model_validate(value)` reads one, `.model_dump(exclude_unset=True)` gives back what came in."
)


@dataclass_transform(kw_only_default=True, field_specifiers=(Field, PrivateAttr))
class ModelType(_ModelType):  # noqa: D101 - `__doc__` is what its classes say
    def __dir__(self) -> list[str]:
        """Return what the model adds to pydantic's, and of that what one needs; the rest works, too."""
        aside = frozenset(dir(object)) | frozenset(BaseModel.__dict__) - _METHODS
        names = (name for name in super().__dir__() if not name.startswith("_"))
        return sorted(name for name in names if name not in aside)

    @property
    def __doc__(self) -> str | None:  # type: ignore[override]
        """The class's own docstring, and its fields."""
        fields: Mapping[str, FieldInfo] = self.__dict__.get("__pydantic_fields__", {})
        lines = [_line(name, field) for name, field in fields.items()]
        own = own_doc(self)
        return "\n".join([own or "", "", "Fields:", *lines, "", _USE]).strip() if lines else own


class OpenEnumType(EnumType):
    """The type of string enums: `help()` of one tells its members, not what every string can do."""

    def __dir__(cls) -> list[str]:
        """Return the members, and what tells an unknown value."""
        return [*cls.__members__, "is_unknown"]


def own_doc(model: type) -> str | None:
    """Return the docstring that stands in a model's source."""
    doc: str | None = model.__dict__.get("__doc__")
    return doc


def _line(name: str, field: FieldInfo) -> str:
    default = "" if field.is_required() else f" = {field.default!r}"
    text = f"    {name}: {_shown(field.annotation)}{default}"
    return text if len(text) <= _WIDTH else f"{text[: _WIDTH - 1]}…"


def _shown(annotation: Any) -> str:
    """Return a type as one would write it, without modules and metadata."""
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _shown(arguments[0])
    if origin in (Union, UnionType):
        return " | ".join(dict.fromkeys(map(_shown, arguments)))
    if origin is Literal:
        return " | ".join(map(repr, arguments))
    if annotation in (None, NoneType):
        return "None"
    if isinstance(annotation, ForwardRef):
        return annotation.__forward_arg__
    name = getattr(origin or annotation, "__name__", str(annotation))
    return f"{name}[{', '.join(map(_shown, arguments))}]" if arguments else name
