"""What an emitter is: a function that gets a protocol and returns files, found by the name of its language.

    def emit(given: EmitterInput) -> Emitted:
        names = sorted(entry.name for entry in given.methods)
        return Emitted({"methods.txt": "\\n".join(names).encode()})

A package offers it by an entry point of the group `codexwire.emitters`, whose name is the language. The
names of this module are what an emitter may rely on.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from codexwire.emit.entries import IdPaths, MethodEntry, method_entries
from codexwire.emit.header import Stamp
from codexwire.emit.ids import IdTable, id_tables
from codexwire.emit.styles import Style
from codexwire.ir.hole import Hole
from codexwire.ir.model import Protocol
from codexwire.model.profile import Profile, profile_of
from codexwire.model.read import Types, types_of
from codexwire.normalize import Normalized

__all__ = ["Emitted", "Emitter", "EmitterInput", "IdPaths", "MethodEntry"]


@dataclass(frozen=True, slots=True)
class EmitterInput:
    """A normalized protocol, and what is to be made of it.

    `package` is the name of the folder that the files go into, `stamp` what they say about their origin;
    `style` is the kind of models of a Python package. `elsewhere` are types that the user has already
    (`v2/Thread`), each with the module that a file of the package imports it from.
    """

    normalized: Normalized
    stamp: Stamp
    package: str
    style: Style = "pydantic"
    elsewhere: Mapping[str, str] = field(default_factory=dict)

    @property
    def protocol(self) -> Protocol:
        """The protocol: version, types as JSON Schema by full name (`v2/Thread`), methods, holes."""
        return self.normalized.protocol

    @property
    def types(self) -> Types:
        """Its types as values of `codexwire.model.types`: `types.named("v2/Thread")`."""
        return types_of(self.protocol)

    @property
    def methods(self) -> tuple[MethodEntry, ...]:
        """Its requests and notifications, in published order; a protocol of lines has none."""
        return method_entries(self.protocol)

    @property
    def ids(self) -> tuple[IdTable, ...]:
        """One table for each kind of id, with the places where peers that differ put it."""
        return id_tables(self.protocol)

    @property
    def profile(self) -> Profile:
        """What is particular to the protocol: kinds of errors, safe answers, forms of ids."""
        return profile_of(self.protocol)


@dataclass(frozen=True, slots=True)
class Emitted:
    """The files of a package: POSIX path below its folder → content, without `manifest.json`.

    The stamp is put on top of files whose comments are known by their suffix. `classes` are the types that
    the package has, each with the module or file in which it stands; `holes` are the places where the
    package knows less than the protocol says, if there are any.
    """

    files: Mapping[str, bytes]
    classes: Mapping[str, str] = field(default_factory=dict)
    holes: tuple[Hole, ...] = ()


Emitter: TypeAlias = Callable[[EmitterInput], Emitted]
"""The same input must give the same bytes, on any machine."""
