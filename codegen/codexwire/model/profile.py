"""What is particular to one protocol, as one value: the machinery finds it on the `Protocol`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, TypeAlias

import msgspec
from msgspec import field

from codexwire.ir.layout import Layout
from codexwire.ir.model import Protocol
from codexwire.model.error_kind import ErrorKind
from codexwire.model.identity import Identities
from codexwire.model.lines import Lines
from codexwire.model.message import Json
from codexwire.model.normalization import NormalizationRules
from codexwire.model.session import Vocabulary
from codexwire.model.session_check import SessionCheck
from codexwire.version import Version

__all__ = [
    "Bundle",
    "ClientBase",
    "Domain",
    "Profile",
    "Sign",
    "Signs",
    "profile_of",
]


class Bundle(msgspec.Struct, frozen=True):
    """The files that a schema is published in.

    `command` of the codex binary writes them; `since` is the first release that can. `flat_file` is a
    bundle without namespaces, in which the types whose names begin with one of `root_prefixes` are those
    of the root.
    """

    file: str = "protocol.json"
    flat_file: str = "protocol.flat.json"
    root_prefixes: tuple[str, ...] = ()
    command: tuple[str, ...] = ()
    since: str = ""

    @property
    def folder(self) -> str:
        """What the folder with one file per type is, in words."""
        return f"the folder that {self.command[-1]} wrote" if self.command else "its folder"


class Domain(msgspec.Struct, frozen=True):
    """One module of generated models: its name, the first line of its docstring, whose types it has.

    It has the types whose names begin with a whole word of `prefixes`, or end in one of `suffixes`.
    """

    name: str
    title: str
    prefixes: tuple[str, ...]
    suffixes: tuple[str, ...] = ()

    @classmethod
    def of(cls, name: str, title: str, prefixes: str, suffixes: tuple[str, ...] = ()) -> Domain:
        """Return a domain whose prefixes are the words of a text."""
        return cls(name, title, tuple(prefixes.split()), suffixes)


class ClientBase(msgspec.Struct, frozen=True):
    """The class of a generated client, and where in the runtime its bases are.

    The async names have `Async` in front. `base` is the typed base, in `module`; `core` the one without
    types.
    """

    name: str
    module: str
    base: str
    core: str

    @property
    def classes(self) -> tuple[str, str]:
        """The two classes that a package exports."""
        return self.name, f"Async{self.name}"


class Sign(msgspec.Struct, frozen=True):
    """What a message tells of the server's release; `exact` when the server says it itself."""

    version: Version | None = None
    exact: bool = False


ReadSign: TypeAlias = "Callable[[Mapping[str, Any]], Sign | None]"


class Signs(msgspec.Struct, frozen=True):
    """How a recording shows that it is of a protocol, and of which release.

    `of_message` reads any decoded message, and returns None for one that another protocol may have,
    too; `of_answer` reads the answers of a session that is known to be of the protocol.
    """

    of_message: ReadSign
    of_answer: ReadSign


_NO_BUNDLE = Bundle()
_NO_RULES = NormalizationRules()
_SILENT = Vocabulary()


class Profile(Layout, frozen=True, kw_only=True):
    """All that is particular to one protocol.

    `title` is what it is called in sentences, `source` on a command line; `package` is the name of a
    generated package. `bundle` is how binaries write its schema, `archive` (a path in the schema folder)
    where codexwire keeps those of all releases, and `described` one of its own, where no binary writes
    one; `default_version` is the newest release whose bundles are embedded. `responses` names the types
    of results that no rule can find, `events` the types that a server sends outside the unions, `awaited`
    the notifications that a client waits for before it goes on. `claims` says that the rules' claims of
    releases are about this protocol. `client` is None where the runtime has no client for it.
    `safe_answers` are the results that refuse the server's requests, `errors` the kinds of its errors;
    `turns` are the tables of the reducer of turns, for packages in other languages.
    Of a protocol of lines, `nested` are the members, each inside the one before, whose variants are kinds of
    lines, and `lines` is how a file of such lines is told and understood.
    """

    title: str = "protocol"
    source: str = ""
    package: str = ""
    bundle: Bundle = _NO_BUNDLE
    archive: tuple[str, ...] = ()
    described: tuple[str, ...] = ()
    default_version: str = ""
    identities: Identities = field(default_factory=lambda: Identities(MappingProxyType({})))
    rules: NormalizationRules = _NO_RULES
    responses: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))
    claims: bool = False
    nested: tuple[str, ...] = ()
    events: tuple[str, ...] = ()
    awaited: frozenset[str] = frozenset()
    domains: tuple[Domain, ...] = (Domain("shared", "All types.", ()),)
    client: ClientBase | None = None
    safe_answers: Mapping[str, Json] = field(default_factory=lambda: MappingProxyType({}))
    errors: tuple[ErrorKind, ...] = ()
    turns: Mapping[str, Mapping[str, Any]] = field(default_factory=lambda: MappingProxyType({}))
    checks: tuple[SessionCheck, ...] = ()
    vocabulary: Vocabulary = _SILENT
    signs: Signs | None = None
    lines: Lines | None = None


_PLAIN = Profile()


def profile_of(protocol: Protocol) -> Profile:
    """Return the profile of a protocol; one with nothing particular in it where there is none."""
    return protocol.layout if isinstance(protocol.layout, Profile) else _PLAIN
