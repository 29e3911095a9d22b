"""Method specs: what the generated method tables are made of."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Generic, cast

from pydantic import BaseModel
from typing_extensions import TypeVar

from codexwire.lazy import meant

__all__ = ["MethodSpec", "MethodTable", "ModelTable", "Spec"]

# Stubs of generated packages say which; where nobody does, it is any model or none.
Params = TypeVar("Params", covariant=True, default="type[BaseModel] | None")
Result = TypeVar("Result", covariant=True, default="type[BaseModel] | None")


@dataclass(frozen=True, slots=True)
class Spec:
    """One row of a generated method table: class names, not classes.

    `params` and `result` name classes of the package's `models`, None where the message has no params
    (or they are null) or the method no result; `nullable` says that params may be null or absent;
    `result_by` is `unknown` for a request whose result is not known (any JSON).
    """

    params: str | None
    result: str | None = None
    stability: str = "stable"
    namespace: str = "v2"
    nullable: bool = False
    deprecated: bool = False
    published: bool = True
    result_by: str = ""


@dataclass(frozen=True, slots=True)
class MethodSpec(Generic[Params, Result]):
    """One method: its name, its row, and its model classes, loaded on first use.

    `stability` is `stable`, `experimental` or `unknown`; `namespace` is where its types stand, as `v2`;
    `published` is false for a method that servers know and the published schema omits.
    """

    method: str
    spec: Spec
    load: Callable[[str], Any]

    @property
    def params(self) -> Params:
        """The model class of the params, or None."""
        return cast("Params", self.spec.params and self.load(self.spec.params))

    @property
    def result(self) -> Result:
        """The model class of the result, or None for a notification and for one that is not known."""
        return cast("Result", self.spec.result and self.load(self.spec.result))

    @property
    def result_by(self) -> str:
        """`unknown` for a request whose result is not known, else empty."""
        return self.spec.result_by

    @property
    def stability(self) -> str:
        """Whether clients without `experimentalApi` have the method, too."""
        return self.spec.stability

    @property
    def namespace(self) -> str:
        """The API generation, `v1` or `v2`."""
        return self.spec.namespace

    @property
    def nullable(self) -> bool:
        """Whether params may be null or absent."""
        return self.spec.nullable

    @property
    def deprecated(self) -> bool:
        """Whether the published description calls the method deprecated."""
        return self.spec.deprecated

    @property
    def published(self) -> bool:
        """Whether the published schema has the method."""
        return self.spec.published


class NoSuchMethodError(KeyError):
    """A table has no such method; the text says which one may be meant, when it is asked for."""

    def __init__(self, method: str, known: Iterable[str]) -> None:
        super().__init__(method)
        self._known = known

    def __str__(self) -> str:
        method = str(self.args[0])
        return f"no method {method!r}{meant(method, self._known)}"


class MethodTable(Mapping[str, MethodSpec]):
    """Method name → spec, in published order."""

    def __init__(self, load: Callable[[str], Any], rows: Mapping[str, Spec]) -> None:
        loaded = cache(load)
        self._specs = {method: MethodSpec(method, row, loaded) for method, row in rows.items()}

    def __getitem__(self, method: str) -> MethodSpec:
        try:
            return self._specs[method]
        except KeyError:
            raise NoSuchMethodError(method, self._specs) from None

    def __contains__(self, method: object) -> bool:
        return method in self._specs

    def __iter__(self) -> Iterator[str]:
        return iter(self._specs)

    def __len__(self) -> int:
        return len(self._specs)

    def __repr__(self) -> str:
        return f"<MethodTable of {len(self)} methods>"


class ModelTable(Mapping[str, type[BaseModel]]):
    """Method name → model class of its params, for the methods of a table that have one."""

    def __init__(self, table: MethodTable) -> None:
        self._table = {name: spec for name, spec in table.items() if spec.spec.params is not None}

    def __getitem__(self, method: str) -> type[BaseModel]:
        try:
            model = self._table[method].params
        except KeyError:
            raise NoSuchMethodError(method, self._table) from None
        assert model is not None
        return model

    def __contains__(self, method: object) -> bool:
        return method in self._table

    def __iter__(self) -> Iterator[str]:
        return iter(self._table)

    def __len__(self) -> int:
        return len(self._table)
