"""The exec-server's protocol, whose schema codexwire keeps: no binary writes one."""

from __future__ import annotations

from typing import Final

from codexwire.ir.layout import Namespaces
from codexwire.model.profile import ClientBase, Profile
from codexwire.profiles.errors import ERRORS
from codexwire.profiles.exec_server.domains import DOMAINS
from codexwire.profiles.exec_server.identities import IDENTITIES
from codexwire.profiles.exec_server.names import NAME, SOURCE
from codexwire.profiles.exec_server.signs import SIGNS
from codexwire.profiles.shared.normalization import RULES
from codexwire.profiles.shared.session import CHECKS

__all__ = ["EXEC_SERVER"]

EXEC_SERVER: Final = Profile(
    name=NAME,
    title="Codex exec-server",
    source=SOURCE,
    package="codex_exec_server_protocol",
    namespaces=Namespaces("v1", ("v2",)),
    described=(SOURCE, "protocol.json"),
    identities=IDENTITIES,
    rules=RULES,
    domains=DOMAINS,
    errors=ERRORS,
    client=ClientBase(
        "ExecServerClient", "codexwire.runtime.exec_client.typed", "TypedExecClient", "ExecClient"
    ),
    checks=CHECKS,
    signs=SIGNS,
)
