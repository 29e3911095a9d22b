"""Archives of very many sessions: judged by local processes or a Dask cluster, told in Parquet tables.

    archive.validate("s3://bucket/sessions", out="tables")
    archive.coverage("sessions", out="tables", executor="tcp://scheduler:8786", resume=True)

Sources are paths, globs and folders on any file system of fsspec. What the tables hold stands in
`codexwire.archive.columns`. Needs `pip install 'codexwire[archive]'`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from codexwire.lazy import lazy_exports

if TYPE_CHECKING:
    from codexwire.archive.calls import coverage, drift, usage, validate
    from codexwire.archive.columns import TABLES, VERSION
    from codexwire.archive.outcome import Outcome

__all__ = ["TABLES", "VERSION", "Outcome", "coverage", "drift", "usage", "validate"]

_EXPORTS = {
    "Outcome": "outcome",
    "TABLES": "columns",
    "VERSION": "columns",
    "coverage": "calls",
    "drift": "calls",
    "usage": "calls",
    "validate": "calls",
}


def __getattr__(name: str) -> Any:
    return lazy_exports(__name__, name, _EXPORTS)
