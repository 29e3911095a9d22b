"""Where the ids of the exec-server's messages stand."""

from __future__ import annotations

from codexwire.model.identity import Identities, Place, Standing

__all__ = ["IDENTITIES"]

IDENTITIES = Identities(
    {
        "process": (Place("processId"),),
        "request": (
            Place("requestId", ("http/*",)),
            Place("request_id", ("http/*",), standing=Standing.PEER),
        ),
        "seq": (Place("nextSeq", ("process/read",)), Place("seq")),
    }
)
