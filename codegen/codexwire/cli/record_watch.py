"""The process that judges a recording while it is made; `codexwire record --validate` starts it."""

from __future__ import annotations

import os
import sys

__all__ = ["main"]


def main() -> None:
    """Judge standard input; the arguments are the recording's name and the schema."""
    if hasattr(os, "nice"):
        os.nice(10)
    # Only now: the imports take their time, and the traffic comes first.
    from codexwire.cli.command import project_here
    from codexwire.usecases.record_watch import watch

    name, schema = sys.argv[1:3]
    watch(sys.stdin.buffer, name, schema, project_here(), _say)


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
