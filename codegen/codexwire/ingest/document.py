"""The published shapes of the schema (full bundle, flat bundle, folder) as one `Document`."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from codexwire.direction import Kind, Side
from codexwire.errors import IngestError
from codexwire.ingest.drafts import as_draft_07
from codexwire.ingest.links import by_pointer, to_other_files
from codexwire.ingest.read import read_document
from codexwire.ingest.unions import unions_of
from codexwire.ir.canonical import canonical_json, digest, strip_annotations
from codexwire.ir.hole import Hole
from codexwire.ir.keywords import is_keyword
from codexwire.ir.layout import Namespaces
from codexwire.ir.model import Schema, full_name, ref_to
from codexwire.ir.walk import transform
from codexwire.ir.wellformed import endless, is_name, malformed
from codexwire.location import Location, join_pointer
from codexwire.model.profile import Profile
from codexwire.profiles.table import DEFAULT, PROFILES

__all__ = ["Document", "open_document"]

_ENVELOPE = "JSONRPC"
_VERSION = re.compile(r"v\d+").fullmatch


@dataclass(frozen=True, slots=True)
class Document:
    """One schema input: where it came from and its types by full name (unions included).

    `complete` is false for a flat bundle, which lacks server requests and response types. `holes` are
    about the document as a whole. `profile` is that of its protocol; `spaces` are its namespaces where they
    are more than those that the profile tells.
    """

    origin: str
    types: dict[str, Schema]
    pointers: dict[str, str]
    complete: bool = True
    holes: tuple[Hole, ...] = ()
    profile: Profile = DEFAULT
    spaces: Namespaces | None = None

    @property
    def digest(self) -> str:
        """SHA-256 of the canonical JSON of the types: equal content, equal digest, in any form."""
        return digest(self.types)

    def at(self, name: str, *path: str | int) -> Location:
        """Return the place of a node below the type `name`."""
        return Location(self.origin, None, self.pointers.get(name, "") + join_pointer(path))


def open_document(path: Path | str, profile: Profile = DEFAULT) -> Document:
    """Return the document in a bundle file (full or flat, gzipped or not, `-`) or a folder.

    `profile` is that of its protocol, unless its title says that it describes the lines of another one.
    """
    if str(path) != "-" and Path(path).is_dir():
        return _folder(Path(path), profile)
    return _bundle(str(path), read_document(path), profile)


def _bundle(origin: str, written: dict[str, Any], profile: Profile) -> Document:
    value, holes = as_draft_07(written)
    value = by_pointer({"": value})[""]
    title = value.get("title")
    profile = next((p for p in PROFILES if p.root and p.root == title), profile)
    read = _lines if profile.root else _whole
    return replace(read(origin, value, profile), holes=holes, profile=profile)


def _lines(origin: str, value: dict[str, Any], profile: Profile) -> Document:
    """Return a document that describes a line, beside the definitions of what is in it."""
    if value.get("title") != profile.root or not isinstance(value.get("definitions"), dict):
        raise IngestError(
            f"no {profile.title} schema: it is not titled {profile.root}, or has no definitions",
            location=Location(origin, None, ""),
            hint=f"expected {profile.bundle.file}, as {profile.bundle.folder} has it",
        )
    types = dict(value["definitions"])
    pointers = {name: join_pointer(("definitions", name)) for name in types} | {profile.root: ""}
    types[profile.root] = {k: v for k, v in value.items() if k not in ("definitions", "$schema")}
    return _checked(Document(origin, types, pointers), profile)


def _whole(origin: str, value: dict[str, Any], profile: Profile) -> Document:
    definitions = value.get("definitions")
    found = _of_definitions(origin, definitions, profile) if isinstance(definitions, dict) else None
    if found is None or not _has_requests(found, profile):
        raise IngestError(
            f"no {profile.title} schema: it has no definitions/"
            f"{profile.union(Side.CLIENT, Kind.REQUEST)}",
            location=Location(origin, None, "/definitions" if "definitions" in value else ""),
            hint=f"expected {profile.bundle.file} or {profile.bundle.folder}",
        )
    return _checked(found, profile)


def _has_requests(document: Document, profile: Profile) -> bool:
    """Whether a document has the client's requests, without which it is no such schema."""
    requests = profile.union(Side.CLIENT, Kind.REQUEST)
    spaces = document.spaces or profile.namespaces
    return requests in document.types or unions_of(profile, spaces, document.types).has_requests()


def _of_definitions(origin: str, definitions: dict[str, Any], profile: Profile) -> Document:
    known = profile.namespaces
    nested = {
        n: node for n, node in definitions.items() if _is_space(node, known=n in known.nested)
    }
    if not nested and known.nested:
        return _flat(origin, definitions, profile)
    spaces = _spaces(known, nested)
    types = {name: node for name, node in definitions.items() if name not in nested}
    pointers = {name: join_pointer(("definitions", name)) for name in types}
    for space, inner in nested.items():
        full = {name: spaces.full(space, name) for name in inner}
        types |= {full[name]: node for name, node in inner.items()}
        pointers |= {full[n]: join_pointer(("definitions", space, n)) for n in inner}
    return Document(origin, types, pointers, spaces=_if_more(spaces, known))


_OF_TYPES = ("oneOf", "type")
"""Keywords whose values tell that a definition is a type, and no namespace with types of these names."""


def _is_space(node: Any, *, known: bool) -> bool:
    """Whether a definition is a namespace with definitions of its own, and no type.

    One that nobody knew has schemas only, under names that are no keywords.
    """
    if not isinstance(node, dict) or any(isinstance(node.get(k), str | list) for k in _OF_TYPES):
        return False
    schemas = all(isinstance(inner, (dict, bool)) for inner in node.values())
    return known or (bool(node) and schemas and not any(map(is_keyword, node)))


def _spaces(known: Namespaces, found: Collection[str]) -> Namespaces:
    """Return the namespaces with all that were found, the newest of them being one that is known."""
    return known.with_others(found, newest=not any(space in found for space in known.nested))


def _if_more(spaces: Namespaces, known: Namespaces) -> Namespaces | None:
    return None if spaces == known else spaces


def _flat(origin: str, definitions: dict[str, Any], profile: Profile) -> Document:
    spaces, unions = profile.namespaces, {u.union for u in profile.unions}
    root = (_ENVELOPE, *profile.bundle.root_prefixes)
    place = {
        name: name if name in unions or name.startswith(root) else spaces.full(spaces.newest, name)
        for name in definitions
    }
    types = {place[name]: _renamed(node, place) for name, node in definitions.items()}
    pointers = {place[name]: join_pointer(("definitions", name)) for name in definitions}
    complete = profile.union(Side.SERVER, Kind.REQUEST) in definitions
    return Document(origin, types, pointers, complete)


def _folder(folder: Path, profile: Profile) -> Document:
    whole, known = profile.bundle.file, profile.namespaces
    bundle = next((folder / n for n in (whole, f"{whole}.gz") if (folder / n).is_file()), None)
    if bundle is not None:
        return _bundle(str(bundle), read_document(bundle), profile)
    if (lines := _only_lines(folder)) is not None:
        return _bundle(str(lines), read_document(lines), profile)
    return _checked(
        _of_files(folder, profile, _spaces(known, _space_folders(folder, known))), profile
    )


def _of_files(folder: Path, profile: Profile, spaces: Namespaces) -> Document:
    """Return the document in a folder with one file per type."""
    files = {
        path.relative_to(folder).as_posix().removesuffix(".gz").removesuffix(".json"): path
        for part in ("", *spaces.nested, spaces.root)
        for ending in ("*.json", "*.json.gz")
        for path in sorted((folder / part).glob(ending))
        if not path.name.startswith(profile.bundle.flat_file)
    }
    requests = profile.union(Side.CLIENT, Kind.REQUEST)
    if requests not in files:
        raise IngestError(
            f"no {profile.title} schema in this folder: there is no {requests}.json",
            location=Location(str(folder)),
            hint=f"name {profile.bundle.folder}",
        )
    types: dict[str, Schema] = {}
    read = {stem: as_draft_07(read_document(path)) for stem, path in files.items()}
    values = by_pointer({stem: value for stem, (value, _) in read.items()})
    # Nested files first: what they define is nested; a root file's copy of it is recognised by content.
    for stem in sorted(files, key=lambda stem: (spaces.bare(stem) == stem, stem)):
        name, value = stem.removeprefix(f"{spaces.root}/"), values[stem]
        inner = value.get("definitions", {})
        place = {n: _place(spaces, n, node, name, types, files) for n, node in inner.items()}
        place |= {ref: _other(spaces, *target) for ref, *target in to_other_files(value)}
        for inner_name, node in inner.items():
            types.setdefault(place[inner_name], _renamed(node, place))
        body = {k: v for k, v in value.items() if k not in ("definitions", "$schema")}
        types[name] = _renamed(body, place)
    holes = tuple(sorted({hole for _, unknown in read.values() for hole in unknown}))
    more = _if_more(spaces, profile.namespaces)
    return Document(str(folder), types, {}, holes=holes, spaces=more)


def _other(spaces: Namespaces, stem: str, pointer: str) -> str:
    """Return the full name of what a reference into another file means."""
    name = stem.removeprefix(f"{spaces.root}/")
    inner = pointer.removeprefix("/definitions/")
    return name if not pointer else spaces.full(spaces.of(name), inner)


def _space_folders(folder: Path, known: Namespaces) -> list[str]:
    """Return the folders of namespaces: those that are known, and those that are called like versions."""
    folders = [path.name for path in folder.iterdir() if path.is_dir()]
    return [f for f in folders if f in known.nested or (_VERSION(f) and f != known.root)]


def _only_lines(folder: Path) -> Path | None:
    """Return the one file of a folder that a binary writes for a protocol of lines, if it is alone."""
    names = {p.bundle.file for p in PROFILES if p.root}
    files = [path for path in folder.iterdir() if path.suffix == ".json"]
    return files[0] if len(files) == 1 and files[0].name in names else None


def _place(
    spaces: Namespaces,
    name: str,
    node: Schema,
    owner: str,
    types: dict[str, Schema],
    files: dict[str, Path],
) -> str:
    """Return the full name of a definition nested in the file of `owner`."""
    if (space := spaces.of(owner)) != spaces.root:
        return spaces.full(space, name)
    for candidate in (name, name.rstrip("0123456789")):
        full = spaces.full(spaces.newest, candidate)
        known = types.get(full)
        alike = known is not None and _shape(spaces, known) == _shape(spaces, node)
        if full != candidate and alike:
            return full
    return name if name in files or name not in types else name.rstrip("0123456789")


def _shape(spaces: Namespaces, node: Schema) -> str:
    def bare(_: object, sub: Schema) -> Schema:
        if isinstance(sub, dict) and "$ref" in sub:
            name = spaces.bare(full_name(sub["$ref"])).rstrip("0123456789")
            return {**sub, "$ref": name}
        return sub

    return canonical_json(strip_annotations(transform(node, bare)))


def _renamed(node: Schema, place: dict[str, str]) -> Schema:
    def point(_: object, sub: Schema) -> Schema:
        if isinstance(sub, dict) and isinstance(sub.get("$ref"), str):
            name = full_name(sub["$ref"])
            return {**sub, **ref_to(place.get(name, name))}
        return sub

    return transform(node, point)


def _checked(document: Document, profile: Profile) -> Document:
    unions = {u.union for u in profile.unions}
    for name, node in document.types.items():
        if not isinstance(node, (dict, bool)):
            raise IngestError("a schema must be an object or a boolean", location=document.at(name))
        if not is_name(name):
            raise IngestError(f"no type can be called {name!r}", location=document.at(name))
        for path, wanted in malformed(node):
            if name in unions and path == ("oneOf",):
                continue  # said better where the methods are read
            raise IngestError(
                f"{path[-1]!r} must be {wanted}",
                location=document.at(name, *path),
                hint="is this an unchanged published schema?",
            )
        if isinstance(node, dict) and "$schema" in node:
            document.types[name] = {k: v for k, v in node.items() if k != "$schema"}
    if circle := endless({n: t for n, t in document.types.items() if n not in unions}):
        name, path = circle
        raise IngestError(
            f"{name} consists of nothing but itself",
            location=document.at(name, *path),
            hint="a reference must lead to something else at last",
        )
    return document
