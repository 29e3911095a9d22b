"""How the schema of a protocol is laid out: the unions of its messages, and the namespaces of its types."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from codexwire.direction import Kind, Side

__all__ = ["UNIONS", "Layout", "MessageUnion", "Namespaces", "message_union"]


class MessageUnion(Struct, frozen=True):
    """A union of messages: its name, who sends them, and their kind."""

    union: str
    sender: Side
    kind: Kind


UNIONS = (
    MessageUnion("ClientRequest", Side.CLIENT, Kind.REQUEST),
    MessageUnion("ServerRequest", Side.SERVER, Kind.REQUEST),
    MessageUnion("ClientNotification", Side.CLIENT, Kind.NOTIFICATION),
    MessageUnion("ServerNotification", Side.SERVER, Kind.NOTIFICATION),
)
"""What the four unions are called here, whatever a protocol's own schema calls them."""


def message_union(sender: Side, kind: Kind) -> MessageUnion:
    """Return the union of the messages that `sender` sends as `kind`."""
    return next(u for u in UNIONS if (u.sender, u.kind) == (sender, kind))


class Namespaces(Struct, frozen=True):
    """Where types stand: at the top, in the root, or in nested definitions of their own.

    `root` is what the root is called; `nested` are the others, that of new types and methods last. The
    full name of a type is its own name in the root, and has the namespace in front elsewhere
    (`beta/Thread`).
    """

    root: str = ""
    nested: tuple[str, ...] = ()

    @property
    def newest(self) -> str:
        """The namespace that new types and methods belong to."""
        return self.nested[-1] if self.nested else self.root

    def with_others(self, names: Iterable[str], *, newest: bool) -> Namespaces:
        """Return the namespaces with others that nobody knew, which come last if they are the newest."""
        others = sorted(set(names) - {*self.nested}, key=lambda name: (len(name), name))
        nested = (*self.nested, *others) if newest else (*others, *self.nested)
        return Namespaces(self.root, nested)

    def of(self, full: str) -> str:
        """Return the namespace of a type by its full name."""
        return self._split(full)[0]

    def bare(self, full: str) -> str:
        """Return a full name without its namespace."""
        return self._split(full)[1]

    def full(self, namespace: str, bare: str) -> str:
        """Return the full name of a type of a namespace."""
        return f"{namespace}/{bare}" if namespace in self.nested else bare

    def _split(self, full: str) -> tuple[str, str]:
        head, slash, rest = full.partition("/")
        return (head, rest) if slash and head in self.nested else (self.root, full)


class Layout(Struct, frozen=True):
    """What is particular to the schema of one protocol.

    `unions` are called as its schema calls them. A protocol of lines has none, for it has no methods:
    `root` is the type of all of its lines, which is the document itself, beside its definitions.
    """

    name: str = ""
    namespaces: Namespaces = Namespaces()
    unions: tuple[MessageUnion, ...] = UNIONS
    root: str = ""

    def union(self, sender: Side, kind: Kind) -> str:
        """Return what the schema calls the union of the messages that `sender` sends as `kind`.

        Empty where the protocol has no such messages.
        """
        found = (u.union for u in self.unions if (u.sender, u.kind) == (sender, kind))
        return next(found, "")
