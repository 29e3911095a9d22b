"""The loopback server that plays a script."""

from __future__ import annotations

import gzip
import itertools
import json
import threading
from collections import deque
from collections.abc import Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any

from codexwire.files import write_whole
from codexwire.model.message import Json
from codexwire.stub.events import build_item, offered_tools, stream_events
from codexwire.stub.script import Script, Step, load_script
from codexwire.version import Version

__all__ = ["ResponsesStub"]

_KEPT_REQUESTS = 1000
# Offline, a release has tools for the models it came with: 0.125.0 for the newer of these two, 0.115.0
# not yet; 0.125.0 no more for the older one.
_MODEL, _OLD_MODEL, _NEW_MODELS = "gpt-5.5", "gpt-5.1-codex", Version(0, 120, 0)
_CONFIG = """\
model = {model}
model_provider = "stub"
check_for_update_on_startup = false
{settings}
[model_providers.stub]
name = "stub"
base_url = {base_url}
wire_api = "responses"
request_max_retries = 0
stream_max_retries = 0

[analytics]
enabled = false
"""


class ResponsesStub:
    """A scripted model behind the Responses API, on a free loopback port.

    Give it `text` (every answer) or `script` (a Script or the path of a TOML file; UsageError when
    malformed). Use it as a context manager, from any thread, sync or async; it serves any number of
    requests at once. `requests` keeps the bodies of the last 1000 model requests. `backend` has the
    JSON answers to other requests, by the end of their paths.
    """

    def __init__(
        self,
        text: str = "",
        *,
        script: Script | Path | None = None,
        backend: Mapping[str, Any] | None = None,
    ) -> None:
        if isinstance(script, Path):
            script = load_script(script)
        self.script = script or Script.saying(text)
        self.backend = dict(backend or {})
        self.requests: deque[Json] = deque(maxlen=_KEPT_REQUESTS)
        self._numbers = itertools.count(1)
        self._server = _Server(self)
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True
        )

    @property
    def base_url(self) -> str:
        """The URL to configure as a model provider's `base_url`."""
        return f"http://127.0.0.1:{self._server.server_address[1]}/v1"

    def config_toml(self, *, model: str = _MODEL, settings: str = "") -> str:
        """Return a `config.toml` that has this stub as its model provider.

        `settings` is TOML for the top of the file (`approval_policy = "on-request"`); `model_for`
        says which model suits a release.
        """
        return _CONFIG.format(
            model=json.dumps(model), base_url=json.dumps(self.base_url), settings=settings
        )

    def config(self) -> Json:
        """Return the same as overrides: dotted names of config.toml → values."""
        return {
            "model_provider": "stub",
            "model_providers.stub": {
                "name": "stub",
                "base_url": self.base_url,
                "wire_api": "responses",
                "request_max_retries": 0,
                "stream_max_retries": 0,
            },
            "check_for_update_on_startup": False,
            "analytics.enabled": False,
        }

    @staticmethod
    def model_for(version: Version | None) -> str:
        """Return a model whose tools a release knows offline."""
        return _OLD_MODEL if version is not None and version < _NEW_MODELS else _MODEL

    def write_home(self, folder: Path, *, model: str = _MODEL, settings: str = "") -> Path:
        """Make `folder` a CODEX_HOME that uses this stub, and return it."""
        folder.mkdir(parents=True, exist_ok=True)
        config = self.config_toml(model=model, settings=settings)
        write_whole(folder / "config.toml", config.encode())
        return folder

    def start(self) -> None:
        """Begin to serve."""
        self._thread.start()

    def close(self) -> None:
        """Stop serving; streams that are still open end."""
        self._server.closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def __enter__(self) -> ResponsesStub:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def answer(self, request: Json) -> tuple[str, Step, Iterator[Json]]:
        """Return response id, step and stream events for a model request's body."""
        self.requests.append(request)
        response = f"resp_{next(self._numbers):04d}"
        message, ordinal, outputs = _read_input(request.get("input"))
        step = self.script.turn(message, ordinal).step(outputs)
        return response, step, _stream(response, step, request)


def _stream(response: str, step: Step, request: Json) -> Iterator[Json]:
    tools, outputs = offered_tools(request), _outputs(request.get("input"))
    yield {"type": "response.created", "response": {"id": response}}
    for index, output in enumerate(step.output):
        item = build_item(output, tools, f"{response}_{index}", outputs)
        yield from stream_events(item, index, step.chunk)
    if step.fail is not None:
        error = {"code": step.fail.code, "message": step.fail.message}
        yield {"type": "response.failed", "response": {"id": response, "error": error}}
    elif not step.cut:
        yield {"type": "response.completed", "response": {"id": response, "usage": _USAGE}}


_USAGE = {
    "input_tokens": 1000,
    "input_tokens_details": {"cached_tokens": 0},
    "output_tokens": 50,
    "output_tokens_details": {"reasoning_tokens": 0},
    "total_tokens": 1050,
}


def _read_input(items: Any) -> tuple[str, int, int]:
    """Return the last user message, how many came before it, and the tool outputs after it.

    Messages that begin with `<` are the binary's own (`<environment_context>`) and do not count.
    """
    if isinstance(items, str):
        return items, 0, 0
    message, ordinal, calls = "", -1, set[str]()
    for item in items if isinstance(items, list) else ():
        if item.get("role") == "user" and item.get("type", "message") == "message":
            text = _text(item)
            if not text.lstrip().startswith("<"):
                message, ordinal, calls = text, ordinal + 1, set()
        elif str(item.get("type", "")).endswith("_output"):
            calls.add(str(item.get("call_id")))
    return message, max(ordinal, 0), len(calls)


def _outputs(items: Any) -> str:
    """Return the tool outputs of a conversation as one text, newest first."""
    listed = items if isinstance(items, list) else []
    found = [i for i in listed if str(i.get("type", "")).endswith("_output")]
    return "\n".join(json.dumps(item.get("output")) for item in reversed(found))


def _text(item: Mapping[str, Any]) -> str:
    content = item.get("content") or ()
    if isinstance(content, str):
        return content
    return " ".join(str(part.get("text", "")) for part in content if isinstance(part, dict))


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, stub: ResponsesStub) -> None:
        self.stub = stub
        self.closing = threading.Event()
        super().__init__(("127.0.0.1", 0), _Handler)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: a client that went away is not news."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        """Answer the model list, which is empty: the binary has its own."""
        if self.path.partition("?")[0].endswith("/models"):
            self._json(200, {"data": [], "models": []})
        else:
            self._rest()

    def do_POST(self) -> None:
        """Answer a model request, or the request that compacts a conversation."""
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        match self.path.partition("?")[0].rstrip("/").removeprefix("/v1"):
            case "/responses":
                self._respond(body)
            case "/responses/compact":
                self._json(200, {"output": _COMPACTED})
            case _:
                self._rest()

    def _rest(self) -> None:
        """Answer any request that is not one to the model."""
        path = self.path.partition("?")[0]
        found = next((v for end, v in self.server.stub.backend.items() if path.endswith(end)), None)
        if found is None:
            self._json(404, {"detail": "not found"})
        else:
            self._json(200, found)

    def _respond(self, body: bytes) -> None:
        try:
            if self.headers.get("content-encoding") == "gzip":
                body = gzip.decompress(body)
            request = json.loads(body)
        except ValueError as problem:
            self._json(400, {"error": {"message": f"unreadable request: {problem}"}})
            return
        response, step, events = self.server.stub.answer(request)
        if step.error is None:
            self._stream(response, step, events)
            return
        error = {"message": step.error.message, "type": step.error.type, "code": step.error.code}
        self._json(step.error.status, {"error": error})

    def _stream(self, response: str, step: Step, events: Iterator[Json]) -> None:
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.send_header("connection", "close")
        self.send_header("x-request-id", response)
        for name, value in step.headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.close_connection = True
        try:
            for event in events:
                if step.delay and self._wait(step.delay):
                    return
                text = f"event: {event['type']}\ndata: {json.dumps(event)}\n\n"
                self.wfile.write(text.encode())
                self.wfile.flush()
        except ConnectionError:
            return  # the binary gave up on this request: an interrupted turn

    def _wait(self, seconds: float) -> bool:
        """Sleep; return True when the stub closes meanwhile."""
        return self.server.closing.wait(seconds)

    def _json(self, status: int, body: Json) -> None:
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


_COMPACTED = [
    {
        "type": "message",
        "role": "user",
        "content": [{"type": "input_text", "text": "summary of the conversation"}],
    },
    {"type": "compaction", "encrypted_content": "c3R1Yg=="},
]
