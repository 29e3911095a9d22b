"""Method specs: what the generated method tables are made of."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

__all__ = ["MethodSpec", "MethodTable", "ModelTable", "Spec"]


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
class MethodSpec:
    """One method: its name, its row, and its model classes, loaded on first use.

    `stability` is `stable`, `experimental` or `unknown`; `namespace` is `v1` or `v2`; `published` is
    false for a method that servers know and the published schema omits.
    """

    method: str
    spec: Spec
    load: Callable[[str], Any]

    @property
    def params(self) -> type[BaseModel] | None:
        """The model class of the params, or None."""
        return None if self.spec.params is None else self.load(self.spec.params)

    @property
    def result(self) -> type[BaseModel] | None:
        """The model class of the result, or None for a notification and for one that is not known."""
        return None if self.spec.result is None else self.load(self.spec.result)

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


class MethodTable(Mapping[str, MethodSpec]):
    """Method name → spec, in published order."""

    def __init__(self, load: Callable[[str], Any], rows: Mapping[str, Spec]) -> None:
        self._specs = {method: MethodSpec(method, row, load) for method, row in rows.items()}

    def __getitem__(self, method: str) -> MethodSpec:
        return self._specs[method]

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
        model = self._table[method].params
        assert model is not None
        return model

    def __iter__(self) -> Iterator[str]:
        return iter(self._table)

    def __len__(self) -> int:
        return len(self._table)
