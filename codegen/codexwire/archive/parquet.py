"""Rows as Parquet files, and back."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from codexwire.archive.columns import TABLES, VERSION
from codexwire.errors import UsageError
from codexwire.location import Location

__all__ = ["COMMAND", "columns_of", "metadata_of", "storable_text", "to_parquet", "without"]

_VERSION = b"codexwire.version"
COMMAND = b"codexwire.command"
"""Key in the metadata of a file → the command whose results it holds."""

_TYPES = {"string": pa.string(), "int64": pa.int64(), "timestamp": pa.timestamp("us", tz="UTC")}


@cache
def _schema(table: str, command: str) -> pa.Schema:
    fields = [
        pa.field(c.name, _TYPES[c.type], metadata={"description": c.text}) for c in TABLES[table]
    ]
    return pa.schema(fields, metadata={_VERSION: str(VERSION), COMMAND: command})


def storable_text(text: str) -> str:
    """Return a text as a table can hold it: half a surrogate pair becomes an escape."""
    return text.encode("utf-8", "backslashreplace").decode()


def to_parquet(table: str, command: str, rows: Iterable[Mapping[str, Any]]) -> bytes:
    """Return the file of some rows of a table, the same bytes for the same rows."""
    clean = [
        {name: storable_text(v) if isinstance(v, str) else v for name, v in row.items()}
        for row in rows
    ]
    return _bytes(pa.Table.from_pylist(clean, schema=_schema(table, command)))


def _bytes(table: pa.Table) -> bytes:
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink, compression="zstd")
    return bytes(sink.getvalue())


def metadata_of(path: Path) -> Mapping[bytes, bytes]:
    """Return the metadata of a file. UsageError for one that is of another version, or no such table."""
    try:
        facts: Mapping[bytes, bytes] = pq.read_schema(path).metadata or {}
    except (pa.ArrowInvalid, OSError):
        facts = {}
    if facts.get(_VERSION) != str(VERSION).encode():
        raise UsageError(
            "this is no table of this version of codexwire",
            location=Location(str(path)),
            hint="name another folder with -o",
        )
    return facts


def columns_of(path: Path, names: Collection[str]) -> list[tuple[Any, ...]]:
    """Return the rows of a file, of each the columns with these names."""
    table = pq.ParquetFile(path).read(columns=[*names])
    return list(zip(*(table.column(name).to_pylist() for name in names), strict=True))


def without(path: Path, paths: Collection[str]) -> bytes:
    """Return a file without the rows of some sessions; empty when none are left."""
    table = pq.ParquetFile(path).read()
    gone = pc.is_in(table["path"], value_set=pa.array(paths, pa.string()))
    kept = table.filter(pc.invert(gone))
    return _bytes(kept) if kept.num_rows else b""
