"""TOML read into typed values; errors name the file and the line.

    class Row(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
        name: str
        count: Annotated[int, msgspec.Meta(ge=1)] = 1

    document = read_toml(Path("rows.toml"), "table of rows")
    rows = [item.read(Row) for item in document.items("row")]

A field may also be a regular expression (`re.Pattern[str]`).
"""

from __future__ import annotations

import datetime
import json
import re
import reprlib
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeAlias, TypeVar

import msgspec
from msgspec import inspect

from codexwire.errors import CodexwireError, UsageError
from codexwire.location import Location
from codexwire.near import did_you_mean

__all__ = ["TomlValue", "find_lines", "parse_toml", "quoted", "read_toml"]

T = TypeVar("T")
Keys: TypeAlias = tuple["str | int", ...]
"""The keys and numbers (from 0) that lead to a value."""

_NAMES: Mapping[str, str] = {
    "str": "a string",
    "bool": "true or false",
    "int": "an integer",
    "float": "a number",
    "object": "a table",
    "array": "a list",
    "date": "a date (2027-01-31, without quotes)",
}
_AT_LINE = re.compile(r"\(at line (\d+), ")
_STEP = re.compile(r"\.([^.\[\]`]+)|\[(\d+)\]")


def read_toml(
    path: Path, what: str, *, error: type[CodexwireError] = UsageError, hint: str | None = None
) -> TomlValue:
    """Return the document in a file, which errors call `what`.

    Every problem with it, now and later, is raised as `error`, with `hint` unless there is a better one.
    """
    where = Location(str(path))
    try:
        text = path.read_bytes().decode()
    except OSError as problem:
        raise error(f"cannot read the {what}: {problem.strerror}", location=where) from None
    except UnicodeDecodeError as problem:
        raise error(f"not TOML: not UTF-8: {problem.reason}", location=where, hint=hint) from None
    return parse_toml(text, file=str(path), error=error, hint=hint)


def parse_toml(
    text: str,
    *,
    file: str | None = None,
    error: type[CodexwireError] = UsageError,
    hint: str | None = None,
) -> TomlValue:
    """Return the document that a text is; errors as `read_toml`."""
    try:
        table = tomllib.loads(text)
    except (ValueError, RecursionError) as problem:  # also an integer of thousands of digits
        line = _AT_LINE.search(str(problem))
        where = Location(file, int(line[1]) if line else None)
        raise error(f"not TOML: {problem}", location=where, hint=hint) from None
    return TomlValue(table, (), text, file, error, hint)


@dataclass(frozen=True, slots=True)
class TomlValue:
    """A value in a TOML document, and the keys and numbers that lead to it."""

    value: Any
    path: Keys = ()
    text: str = field(default="", repr=False)
    file: str | None = None
    error: type[CodexwireError] = UsageError
    hint: str | None = None

    def read(self, kind: type[T]) -> T:
        """Return the value as a type that msgspec knows; the document's error when it is none.

        An integer is a number, too; a boolean is none, and a date is no string.
        """
        try:
            return msgspec.convert(
                self.value, kind, builtin_types=(datetime.date,), dec_hook=_pattern
            )
        except msgspec.ValidationError as problem:
            said, _, place = str(problem).partition(" - at `$")
            path = tuple(int(n) if n else key for key, n in _STEP.findall(place))
            raise self.at(*path)._refused(said, _type_at(inspect.type_info(kind), path)) from None

    def at(self, *path: str | int) -> TomlValue:
        """Return a value further down; a place that the document has not is None."""
        value = self.value
        for step in path:
            try:
                value = value[step]
            except (TypeError, LookupError):
                value = None
        return replace(self, value=value, path=(*self.path, *path))

    def items(self, *path: str | int) -> Iterator[TomlValue]:
        """Yield the entries of a list further down; nothing when there is none."""
        found = self.at(*path)
        if found.value is not None:
            for index in range(len(found.read(list))):
                yield found.at(index)

    def entries(self, *path: str | int) -> Iterator[tuple[str, TomlValue]]:
        """Yield the keys of a table further down and their values; nothing when there is none."""
        found = self.at(*path)
        if found.value is not None:
            for key in found.read(dict):
                yield key, found.at(key)

    def one_of(self, names: Iterable[str]) -> str:
        """Return the one key of those named that the table has."""
        table, names = self.read(dict), tuple(names)
        found = [name for name in names if name in table]
        if len(found) != 1:
            said = " and ".join(found or table) or "nothing"
            raise self.problem(f"needs one of {', '.join(names)}; has {said}")
        return found[0]

    def problem(self, message: str, *path: str | int, hint: str | None = None) -> CodexwireError:
        """Return the document's error at this value, or further down."""
        lines = find_lines(self.text)
        place = (*self.path, *path)
        line = next(
            (lines[place[:n]] for n in range(len(place), 0, -1) if place[:n] in lines), None
        )
        where = Location(self.file, line) if self.file or line else None
        return self.error(message, location=where, hint=hint or self.hint)

    def _refused(self, said: str, kind: inspect.Type) -> CodexwireError:
        """Return the error for what msgspec says of this value."""
        name = _name(self.path)
        got = f", got {_shown(self.value)}"
        if found := re.fullmatch(r"(?s)Object contains unknown field `(.+)`", said):
            known = [f.encode_name for f in getattr(kind, "fields", ())]
            return self.problem(f"unknown key {found[1]!r}", found[1], hint=_known(found[1], known))
        if found := re.fullmatch(r"Object missing required field `(.+)`", said):
            return self.problem(f"{found[1]!r} is missing")
        if found := re.fullmatch(r"Expected `(\w+)(?: \| null)?`, got `\w+`", said):
            wanted = self._header() if _holds_tables(kind) else _NAMES.get(found[1], found[1])
            return self.problem(f"{name} must be {wanted}{got}")
        if found := re.fullmatch(r"Expected `(?:int|float)` ([<>])= (.+)", said):
            bound = "at least" if found[1] == ">" else "at most"
            return self.problem(f"{name} must be {bound} {float(found[2]):g}{got}")
        if re.fullmatch(r"Expected `\w+` (of length >= 1|matching regex .*)", said):
            return self.problem(f"{name} must {_rule_of(kind)}{got}")
        if said.startswith("Invalid enum value"):
            return self.problem(f"{name} must be {_choices(kind)}{got}")
        return self.problem(f"{name}: {said}" if name else said)

    def _header(self) -> str:
        keys = ".".join(step for step in self.path if isinstance(step, str))
        return f"tables, each headed [[{keys}]]"


def quoted(text: str) -> str:
    """Return a text as a TOML string, in quotation marks."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def find_lines(text: str) -> dict[Keys, int]:
    """Return the line (from 1) of every table, key and entry of a list in a TOML text."""
    lines: dict[Keys, int] = {}
    lengths: dict[Keys, int] = {}
    head: Keys = ()
    for number, source, table in _statements(text):
        if source.lstrip().startswith("["):
            head = _head(table, lengths)
            found: Iterable[Keys] = [head]
        else:
            found = (head + keys for keys in _paths(table))
        for keys in found:
            for end in range(1, len(keys) + 1):
                lines.setdefault(keys[:end], number)
    return lines


_ENDS = ("", "]", '"""', "'''")


def _statements(text: str) -> Iterator[tuple[int, str, dict[str, Any]]]:
    """Yield the number of each line, its statement so far, and what is said by it.

    A list or string that goes over several lines is closed to be read so far.
    """
    source = ""
    for number, line in enumerate(text.split("\n"), 1):
        source += line + "\n"
        for end in _ENDS:
            try:
                table = tomllib.loads(source + end)
            except ValueError:
                continue
            yield number, source, table
            source = source if end else ""
            break


def _head(table: dict[str, Any], lengths: dict[Keys, int]) -> Keys:
    """Return where a header leads: into the last entry of each list of tables on the way."""
    path: Keys = ()
    value: Any = table
    while value and isinstance(value, dict):
        (key,) = value
        value = value[key]
        path = (*path, key)
        if isinstance(value, list):
            lengths[path] = lengths.get(path, 0) + 1
        if path in lengths:
            path = (*path, lengths[path] - 1)
    return path


def _paths(value: Any) -> Iterator[Keys]:
    """Yield the keys that lead to each value within a value."""
    entries: Iterable[tuple[str | int, Any]] = ()
    if isinstance(value, dict):
        entries = value.items()
    elif isinstance(value, list):
        entries = enumerate(value)
    for key, member in entries:
        yield (key,)
        yield from ((key, *rest) for rest in _paths(member))


def _pattern(_: Any, value: Any) -> re.Pattern[str]:
    """Make what msgspec does not know of a string: a regular expression."""
    if not isinstance(value, str):
        raise ValueError(f"must be a string, got {_shown(value)}")
    try:
        return re.compile(value)
    except re.error as problem:
        raise ValueError(f"not a regular expression: {problem}") from None


def _type_at(kind: inspect.Type, path: Keys) -> inspect.Type:
    """Return the type that stands at a place within a type; where it is not fixed, any."""
    kind = _not_none(kind)
    for step in path:
        match kind:
            case inspect.StructType(fields=fields):
                types = {f.encode_name: f.type for f in fields}
                kind = _not_none(types.get(str(step), inspect.AnyType()))
            case inspect.VarTupleType(item_type=item):
                kind = _not_none(item)
            case _:
                return inspect.AnyType()
    return kind


def _not_none(kind: inspect.Type) -> inspect.Type:
    types = kind.types if isinstance(kind, inspect.UnionType) else (kind,)
    return next(t for t in types if not isinstance(t, inspect.NoneType))


def _rule_of(kind: inspect.Type) -> str:
    """Return what a text must do to match its pattern, which its `description` may say."""
    more = kind.extra_json_schema if isinstance(kind, inspect.Metadata) else None
    return f"be {more['description']}" if more else "not be empty"


def _holds_tables(kind: inspect.Type) -> bool:
    item = kind.item_type if isinstance(kind, inspect.VarTupleType) else None
    return isinstance(item, (inspect.StructType, inspect.DictType))


def _name(path: Keys) -> str:
    """Return what a value is called: its key, and its number in a list."""
    names = [index for index, step in enumerate(path) if isinstance(step, str)]
    rest = path[names[-1] :] if names else path
    name = "".join(step if isinstance(step, str) else f"[{step}]" for step in rest)
    return name if name.isprintable() else repr(name)


def _shown(value: Any) -> str:
    match value:
        case dict():
            return "a table"
        case list():
            return "a list"
        case bool():
            return "true" if value else "false"
        case str():
            return reprlib.repr(value)
        case _:
            return str(value)


def _known(key: str, known: list[str]) -> str:
    meant = did_you_mean(key, known)
    return f"{meant} known: {', '.join(known)}".lstrip()


def _choices(kind: Any) -> str:
    values = kind.values if isinstance(kind, inspect.LiteralType) else list(kind.cls)  # an enum
    listed = ", ".join(map(str, values))
    return f"one of {listed}" if len(values) > 1 else listed
