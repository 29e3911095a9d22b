"""The app-server's protocol: JSON-RPC without `jsonrpc`, with the schema that each binary writes."""

from __future__ import annotations

from typing import Final

from codexwire.ir.layout import Namespaces
from codexwire.model.profile import Bundle, ClientBase, Profile
from codexwire.profiles.app_server.answers import SAFE_ANSWERS
from codexwire.profiles.app_server.domains import DOMAINS
from codexwire.profiles.app_server.identities import IDENTITIES
from codexwire.profiles.app_server.names import ARCHIVE, EVENT, NAME, SOURCE, V1, V2
from codexwire.profiles.app_server.normalization import RULES
from codexwire.profiles.app_server.responses import RESPONSES
from codexwire.profiles.app_server.session import AWAITED, CHECKS, VOCABULARY
from codexwire.profiles.app_server.turn_tables import TURNS
from codexwire.profiles.errors import ERRORS

__all__ = ["APP_SERVER"]

APP_SERVER: Final = Profile(
    name=NAME,
    title="Codex app-server",
    source=SOURCE,
    package="codex_app_server_protocol",
    namespaces=Namespaces(V1, (V2,)),
    bundle=Bundle(
        file="codex_app_server_protocol.schemas.json",
        flat_file="codex_app_server_protocol.v2.schemas.json",
        # Compared for 0.115.0, 0.140.0 and 0.163.0.
        root_prefixes=("Initialize", "ClientInfo", "FuzzyFileSearch"),
        command=(SOURCE, "generate-json-schema"),
        since="0.58.0",
    ),
    archive=(ARCHIVE,),
    default_version="0.171.0",
    identities=IDENTITIES,
    rules=RULES,
    responses=RESPONSES,
    claims=True,
    events=(EVENT,),
    safe_answers=SAFE_ANSWERS,
    errors=ERRORS,
    turns=TURNS,
    awaited=AWAITED,
    domains=DOMAINS,
    client=ClientBase("AppServerClient", "codexwire.runtime.client.typed", "TypedClient", "Client"),
    checks=CHECKS,
    vocabulary=VOCABULARY,
)
