"""Validators of wire messages: exact, fast, explained.

`compile(protocol)` gives the `Validators` of a protocol, in memory and on demand.
"""

from codexwire.wire.envelope import decode
from codexwire.wire.validators import Validators, compile
from codexwire.wire.violation import Violation

__all__ = ["Validators", "Violation", "compile", "decode"]
