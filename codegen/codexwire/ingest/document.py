"""The published shapes of the schema (full bundle, flat bundle, folder) as one `Document`."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from codexwire.errors import IngestError
from codexwire.ingest.drafts import as_draft_07
from codexwire.ingest.read import read_document
from codexwire.ir.canonical import canonical_json, digest, strip_annotations
from codexwire.ir.hole import Hole
from codexwire.ir.model import UNIONS, Schema, full_name, ref_to
from codexwire.ir.walk import transform
from codexwire.ir.wellformed import endless, is_name, malformed
from codexwire.location import Location, join_pointer

__all__ = ["BUNDLE_NAME", "Document", "open_document"]

BUNDLE_NAME = "codex_app_server_protocol.schemas.json"
FLAT_BUNDLE_NAME = "codex_app_server_protocol.v2.schemas.json"

_UNION_NAMES = frozenset(u.union for u in UNIONS)
# The types of a flat bundle that the full bundle of the same release keeps in its root namespace
# (compared for 0.115.0, 0.140.0 and 0.163.0).
_ROOT_PREFIXES = ("Initialize", "ClientInfo", "FuzzyFileSearch")


@dataclass(frozen=True, slots=True)
class Document:
    """One schema input: where it came from and its types by full name (unions included).

    `complete` is false for a flat bundle, which lacks server requests and response types. `holes` are
    about the document as a whole.
    """

    origin: str
    types: dict[str, Schema]
    pointers: dict[str, str]
    complete: bool = True
    holes: tuple[Hole, ...] = ()

    @property
    def digest(self) -> str:
        """SHA-256 of the canonical JSON of the types: equal content, equal digest, in any form."""
        return digest(self.types)

    def at(self, name: str, *path: str | int) -> Location:
        """Return the place of a node below the type `name`."""
        return Location(self.origin, None, self.pointers.get(name, "") + join_pointer(path))


def open_document(path: Path | str) -> Document:
    """Return the document in a bundle file (full or flat, gzipped or not, `-`) or a folder."""
    if str(path) != "-" and Path(path).is_dir():
        return _folder(Path(path))
    return _bundle(str(path), read_document(path))


def _bundle(origin: str, written: dict[str, Any]) -> Document:
    value, holes = as_draft_07(written)
    return replace(_whole(origin, value), holes=holes)


def _whole(origin: str, value: dict[str, Any]) -> Document:
    definitions = value.get("definitions")
    if not isinstance(definitions, dict) or "ClientRequest" not in definitions:
        raise IngestError(
            "no Codex app-server schema: it has no definitions/ClientRequest",
            location=Location(origin, None, "/definitions" if "definitions" in value else ""),
            hint=f"expected {BUNDLE_NAME} or the folder that generate-json-schema wrote",
        )
    nested = definitions.get("v2")
    if isinstance(nested, dict) and "oneOf" not in nested and "type" not in nested:
        types = {name: node for name, node in definitions.items() if name != "v2"}
        pointers = {name: join_pointer(("definitions", name)) for name in types}
        types |= {f"v2/{name}": node for name, node in nested.items()}
        pointers |= {f"v2/{name}": join_pointer(("definitions", "v2", name)) for name in nested}
        return _checked(Document(origin, types, pointers))
    return _checked(_flat(origin, definitions))


def _flat(origin: str, definitions: dict[str, Any]) -> Document:
    place = {
        name: name
        if name in _UNION_NAMES or name.startswith(("JSONRPC", *_ROOT_PREFIXES))
        else f"v2/{name}"
        for name in definitions
    }
    types = {place[name]: _renamed(node, place) for name, node in definitions.items()}
    pointers = {place[name]: join_pointer(("definitions", name)) for name in definitions}
    return Document(origin, types, pointers, complete="ServerRequest" in definitions)


def _folder(folder: Path) -> Document:
    bundle = next(
        (folder / n for n in (BUNDLE_NAME, f"{BUNDLE_NAME}.gz") if (folder / n).is_file()), None
    )
    if bundle is not None:
        return _bundle(str(bundle), read_document(bundle))
    files = {
        path.relative_to(folder).as_posix().removesuffix(".gz").removesuffix(".json"): path
        for pattern in (
            "*.json",
            "*.json.gz",
            "v2/*.json",
            "v2/*.json.gz",
            "v1/*.json",
            "v1/*.json.gz",
        )
        for path in sorted(folder.glob(pattern))
        if not path.name.startswith(FLAT_BUNDLE_NAME)
    }
    if "ClientRequest" not in files:
        raise IngestError(
            "no Codex app-server schema in this folder: there is no ClientRequest.json",
            location=Location(str(folder)),
            hint="name the folder that generate-json-schema wrote",
        )
    types: dict[str, Schema] = {}
    pointers: dict[str, str] = {}
    holes: set[Hole] = set()
    # v2 files first: what they define is v2; a root file's copy of it is recognised by content.
    for stem, path in sorted(
        files.items(), key=lambda item: (not item[0].startswith("v2/"), item[0])
    ):
        name = stem.removeprefix("v1/")
        value, unknown = as_draft_07(read_document(path))
        holes.update(unknown)
        inner = value.get("definitions", {})
        place = {n: _place(n, node, name, types, files) for n, node in inner.items()}
        for inner_name, node in inner.items():
            types.setdefault(place[inner_name], _renamed(node, place))
        body = {k: v for k, v in value.items() if k not in ("definitions", "$schema")}
        types[name] = _renamed(body, place)
    return _checked(Document(str(folder), types, pointers, holes=tuple(sorted(holes))))


def _place(
    name: str, node: Schema, owner: str, types: dict[str, Schema], files: dict[str, Path]
) -> str:
    """Return the full name of a definition nested in the file of `owner`."""
    if owner.startswith("v2/"):
        return f"v2/{name}"
    for candidate in (name, name.rstrip("0123456789")):
        known = types.get(f"v2/{candidate}")
        if known is not None and _shape(known) == _shape(node):
            return f"v2/{candidate}"
    return name if name in files or name not in types else name.rstrip("0123456789")


def _shape(node: Schema) -> str:
    def bare(_: object, sub: Schema) -> Schema:
        if isinstance(sub, dict) and "$ref" in sub:
            name = full_name(sub["$ref"]).removeprefix("v2/").rstrip("0123456789")
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


def _checked(document: Document) -> Document:
    for name, node in document.types.items():
        if not isinstance(node, (dict, bool)):
            raise IngestError("a schema must be an object or a boolean", location=document.at(name))
        if not is_name(name):
            raise IngestError(f"no type can be called {name!r}", location=document.at(name))
        for path, wanted in malformed(node):
            if name in _UNION_NAMES and path == ("oneOf",):
                continue  # said better where the methods are read
            raise IngestError(
                f"{path[-1]!r} must be {wanted}",
                location=document.at(name, *path),
                hint="is this an unchanged published schema?",
            )
        if isinstance(node, dict) and "$schema" in node:
            document.types[name] = {k: v for k, v in node.items() if k != "$schema"}
    if circle := endless({n: t for n, t in document.types.items() if n not in _UNION_NAMES}):
        name, path = circle
        raise IngestError(
            f"{name} consists of nothing but itself",
            location=document.at(name, *path),
            hint="a reference must lead to something else at last",
        )
    return document
