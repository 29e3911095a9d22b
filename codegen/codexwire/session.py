"""Saved sessions in one neutral view, whatever wrote them: threads, their turns, the items of these.

Rollouts (`$CODEX_HOME/sessions/**/rollout-*.jsonl`) of both vocabularies, the output of `codex exec --json`
and recordings of the app-server become the same values:

    >>> import json, pathlib, tempfile
    >>> from codexwire import session
    >>> stream = pathlib.Path(tempfile.mkdtemp(), "run.jsonl")
    >>> events = [
    ...     {"type": "thread.started", "thread_id": "T"},
    ...     {"type": "turn.started"},
    ...     {"type": "item.completed", "item": {"id": "item_0", "type": "agent_message", "text": "Hello"}},
    ...     {"type": "turn.completed", "usage": {"input_tokens": 12, "output_tokens": 1}},
    ... ]
    >>> _ = stream.write_text("\\n".join(map(json.dumps, events)))
    >>> thread, = session.walk(stream)
    >>> [(turn.status, [item.text for item in turn.items]) for turn in thread.turns]
    [('completed', ['Hello'])]
    >>> thread.usage.input_tokens, thread.turns[0].items[0].place.line
    (12, 3)

What a source does not say is None, or `UNKNOWN` for a status, and `Thread.lost` says what that is.
Injected context is a `Context`, not a `User`. Every part knows the file and the line that it was read from.

`walk` reads one thread after the other, so that it takes no more memory than the longest; `read` returns
all of them at once. `schema()` describes what `to_json` returns; `VERSION` is its version.
"""

from __future__ import annotations

from codexwire.sessions import model
from codexwire.sessions.json_text import schema, to_json
from codexwire.sessions.model import *  # noqa: F403 - all of them are public here
from codexwire.usecases.show import read, walk

__all__ = ["read", "schema", "to_json", "walk"]
__all__ += model.__all__
