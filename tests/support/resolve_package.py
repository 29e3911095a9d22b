"""Import every module of every package in a folder, and resolve every annotation; print what fails."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import sys
import typing
from collections.abc import Iterator
from enum import Enum
from pathlib import Path
from typing import Any


def annotated(package: str, module: Any) -> Iterator[tuple[str, Any]]:
    """Yield what a module offers of its package, the methods of its classes included."""
    for name in getattr(module, "__all__", None) or list(vars(module)):
        found = getattr(module, name)
        if str(getattr(found, "__module__", "")).partition(".")[0] != package:
            continue
        if isinstance(found, type) and not issubclass(found, Enum):
            yield name, found
            functions = filter(inspect.isfunction, vars(found).values())
            yield from ((f.__qualname__, f) for f in functions if f.__module__ == found.__module__)
        elif inspect.isfunction(found):
            yield name, found


def main(folder: Path) -> None:
    """Check the packages in a folder."""
    sys.path.insert(0, str(folder))
    for path in sorted(p.parent for p in folder.glob("*/__init__.py")):
        below = [m.name for m in pkgutil.walk_packages([str(path)], f"{path.name}.")]
        for module in map(importlib.import_module, [path.name, *below]):
            for name, found in annotated(path.name, module):
                try:
                    typing.get_type_hints(found)
                    if hasattr(found, "model_rebuild"):
                        found.model_rebuild()
                except Exception as error:
                    print(f"{module.__name__}.{name}: {error!r}")


main(Path(sys.argv[1]))
