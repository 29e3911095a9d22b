"""What the models cannot be written for: names that would end the string in which they stand."""

from __future__ import annotations

from codexwire.errors import EmitError
from codexwire.ir.keywords import schema_roots
from codexwire.ir.model import Protocol
from codexwire.ir.walk import subschemas
from codexwire.ir.wellformed import is_name
from codexwire.location import join_pointer

__all__ = ["check_writable"]


def check_writable(protocol: Protocol) -> None:
    """Raise EmitError for a property with a quote, backslash or control character in its name."""
    for owner, schema in schema_roots(protocol):
        for path, node in subschemas(schema):
            for name in node.get("properties", ()) if isinstance(node, dict) else ():
                if not is_name(name):
                    place = f"{owner}#{join_pointer(path)}"
                    raise EmitError(
                        f"no model can be written of {place}: its property {name!r} has a quote, a "
                        "backslash or a control character in its name",
                        hint="everything else works with this schema",
                    )
