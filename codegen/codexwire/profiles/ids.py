"""The ids of a message, whichever protocol it is of: the places of all of them in one table.

No method and no kind of id of one protocol means something else in another. Lines, which have no
methods, have tables of their own.
"""

from __future__ import annotations

from codexwire.model.identity import Identities
from codexwire.profiles.app_server.identities import IDENTITIES as APP_SERVER
from codexwire.profiles.exec_server.identities import IDENTITIES as EXEC_SERVER
from codexwire.profiles.exec_stream.identities import IDENTITIES as EXEC_STREAM
from codexwire.profiles.exec_stream.names import NAME as EXEC_STREAM_NAME
from codexwire.profiles.rollout.identities import IDENTITIES as ROLLOUT
from codexwire.profiles.rollout.names import NAME as ROLLOUT_NAME

__all__ = [
    "LINES",
    "PLACES",
    "contests",
    "differences",
    "find",
    "id_of",
    "ids_of",
    "is_id_place",
    "places",
    "published_paths",
    "rests",
    "subject",
]

_TABLES = (APP_SERVER.places_by_kind, EXEC_SERVER.places_by_kind)

PLACES = {
    kind: tuple(place for table in _TABLES for place in table.get(kind, ()))
    for kind in dict.fromkeys(kind for table in _TABLES for kind in table)
}
"""Kind of id → its places, best first."""

LINES = {ROLLOUT_NAME: ROLLOUT, EXEC_STREAM_NAME: EXEC_STREAM}
"""Protocol of lines → where the ids of its lines stand."""

_ALL = Identities(PLACES)
contests = _ALL.contests
differences = _ALL.differences
find = _ALL.find
id_of = _ALL.id_of
ids_of = _ALL.ids_of
is_id_place = _ALL.is_id_place
places = _ALL.places
published_paths = _ALL.published_paths
rests = _ALL.rests
subject = _ALL.subject
