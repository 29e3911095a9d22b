"""`codexwire show`: saved sessions, exec streams and recordings in one neutral view."""

from __future__ import annotations

import sys
from typing import Annotated

from codexwire.cli.command import Recorded, Sessions, choice, examples, new_app, tell
from codexwire.usecases.recordings import named
from codexwire.usecases.show import FORMATS, Showing
from codexwire.usecases.show import show as shown

__all__ = ["app"]

app = new_app()


@app.command(
    epilog=examples("codexwire show --sessions", "codexwire show session.jsonl > session.md")
)
def show(
    paths: Recorded = None,
    sessions: Sessions = False,
    format: Annotated[str, choice(*FORMATS)] = "markdown",
) -> int:
    """Show sessions and recordings: threads, turns, items.

    Of rollouts, streams of `codex exec --json`, and recordings. Exit code 0: all was read; 2: a file or a
    line could not be.
    """
    account = Showing()
    for piece in shown(*named(paths or (), sessions=sessions), format=format, account=account):
        sys.stdout.write(piece)
    tell(account.notices)
    return 2 if account.unread else 0
