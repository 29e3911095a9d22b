"""A realtime conversation, as far as it goes without anybody at the other end."""

from __future__ import annotations

from codexwire.probe.app_server.configs import FREE
from codexwire.probe.scenario import Ask, Scenario, WaitFor

__all__ = ["SCENARIO"]

_THREAD = {"threadId": "$thread"}

SCENARIO = Scenario(
    "realtime",
    (
        Ask("thread/start", {"cwd": "$project"}, {"thread": "thread.id"}),
        Ask("thread/realtime/listVoices", {}),
        Ask(
            "thread/realtime/start",
            {**_THREAD, "outputModality": "text", "prompt": "hi"},
            until=WaitFor("thread/realtime/error", seconds=3),
        ),
        Ask("thread/realtime/appendText", {**_THREAD, "text": "hi"}),
        Ask("thread/realtime/appendSpeech", {**_THREAD, "text": "hi"}),
        Ask(
            "thread/realtime/appendAudio",
            {**_THREAD, "audio": {"data": "AAAA", "numChannels": 1, "sampleRate": 24000}},
        ),
        Ask("thread/realtime/stop", _THREAD),
    ),
    settings=FREE + 'experimental_realtime_ws_base_url = "ws://127.0.0.1:9"\n',
)
