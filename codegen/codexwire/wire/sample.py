"""Valid values, messages and results of one protocol: the same seed gives the same on every machine.

For tests, witnesses and mock servers. What is returned has been checked with the reference walk.
"""

from __future__ import annotations

from typing import Any

from codexwire.ir.complete import complete
from codexwire.ir.envelope import message_schema
from codexwire.ir.model import Method, Protocol, Schema, ref_to
from codexwire.model.read import read, types_of
from codexwire.model.sample import NoSampleError, TypeSampler
from codexwire.model.types import Type
from codexwire.wire.explain import Spot, accepts

__all__ = ["NoSampleError", "Sampler"]


class Sampler(TypeSampler):
    """Makes valid values of one protocol, each call a new one.

    `optional` is the share of optional members that are written: 0 gives minimal messages, 1 full
    ones.
    """

    def __init__(self, protocol: Protocol, seed: int = 0, *, optional: float = 0.5) -> None:
        protocol, _ = complete(protocol)
        spot = Spot(protocol, formats=True)

        def fits(found: Type, value: Any) -> bool:
            return accepts(spot, found.text, value)

        super().__init__(types_of(protocol), fits, seed, optional=optional)

    def message(self, method: Method) -> dict[str, Any]:
        """Return a whole message of a method, with what stands beside the published union."""
        made: dict[str, Any] = self.value(message_schema(self.types.protocol, method))
        return made

    def result(self, method: Method) -> Any:
        """Return a result for a request whose response type is known."""
        if method.result is None:
            raise NoSampleError(f"the response type of {method.name} is not known")
        return self.value(ref_to(method.result))

    def value(self, schema: Schema) -> Any:
        """Return a value that is valid for a node; NoSampleError when none was found."""
        return self.sample(read(schema))
