"""PEP 562 for packages: a name's module is imported when the name is first used."""

from __future__ import annotations

import sys
from collections.abc import Collection, Iterable, Mapping
from importlib import import_module
from typing import Any

__all__ = ["NoSuchNameError", "lazy_exports", "meant"]


class NoSuchNameError(AttributeError):
    """A package has no such name; the text says which one may be meant, when it is asked for."""

    def __init__(self, package: str, name: str, known: Collection[str]) -> None:
        super().__init__(f"module {package!r} has no attribute {name!r}")
        self._known = known
        self._asked = name

    def __str__(self) -> str:
        return f"{super().__str__()}{meant(self._asked, self._known)}"


def meant(name: str, known: Iterable[str]) -> str:
    """Return `, did you mean …?` for a name that is nearly a known one; empty for any other."""
    from difflib import get_close_matches  # only where something is wrong

    close = get_close_matches(name, list(known), n=1)
    return f", did you mean {close[0]}?" if close else ""


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
        raise NoSuchNameError(package, name, [*exports, *modules])
    setattr(sys.modules[package], name, value)
    return value
