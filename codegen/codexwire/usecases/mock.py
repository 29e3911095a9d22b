"""A mock server made of a schema."""

from __future__ import annotations

from pathlib import Path

from codexwire.ingest import load
from codexwire.normalize import normalize
from codexwire.proxy.mock import MockServer, Script, load_script
from codexwire.usecases.project import rules_of

__all__ = ["make_server"]


def make_server(
    schema: str,
    channel: str = "experimental",
    seed: int = 0,
    script: Path | None = None,
    project: Path | None = None,
) -> MockServer:
    """Return the mock of a schema (a version or path); CodexwireError when it cannot be made.

    With the folder of a `project`, its rules and those of installed packages apply.
    """
    protocol = normalize(load(schema, channel=channel), project=rules_of(project)).protocol
    told = Script() if script is None else load_script(script)
    return MockServer(protocol, seed=seed, script=told)
