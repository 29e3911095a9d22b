"""PEP 562 for packages: a name's module is imported when the name is first used."""

from __future__ import annotations

import sys
from collections.abc import Collection, Mapping
from importlib import import_module
from typing import Any

__all__ = ["lazy_exports"]


def lazy_exports(
    package: str, name: str, exports: Mapping[str, str], *, modules: Collection[str] = ()
) -> Any:
    """Return `package.name`, importing what it takes, and keep it in the package's namespace.

    `exports` maps public names to the submodules that define them, `modules` names submodules that
    are public themselves. Raises AttributeError for any other name, as a module must.
    """
    if name in exports:
        value: Any = getattr(import_module(f"{package}.{exports[name]}"), name)
    elif name in modules:
        value = import_module(f"{package}.{name}")
    else:
        raise AttributeError(f"module {package!r} has no attribute {name!r}")
    setattr(sys.modules[package], name, value)
    return value
