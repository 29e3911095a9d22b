"""Where the ids of the exec-server's messages stand."""

from __future__ import annotations

from codexwire.model.identity import Identities, IdPlace, Standing

__all__ = ["IDENTITIES"]

IDENTITIES = Identities(
    {
        "process": (IdPlace("processId"),),
        "request": (
            IdPlace("requestId", ("http/*",)),
            IdPlace("request_id", ("http/*",), standing=Standing.PEER),
        ),
        "seq": (IdPlace("nextSeq", ("process/read",)), IdPlace("seq")),
    }
)
