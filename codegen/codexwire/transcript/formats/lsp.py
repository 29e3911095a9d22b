"""Logs for the LSP inspector, which some JSON-RPC libraries write for any protocol.

Two forms: `[LSP - 10:01:02] {"isLSPMessage": true, "type": "send-request", "message": {…}}` a line
(the prefix may be absent), and text: a heading `[Trace - …] Sending request 'method - (id)'.` followed by
indented JSON behind `Params:` or `Result:`. Text leaves out the envelope, which is rebuilt here.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from codexwire.direction import Side
from codexwire.transcript.entry import Entry, TranscriptItem, unread
from codexwire.transcript.formats.format import (
    Format,
    Sample,
    fields_of,
    message_in_log,
    string_member,
)
from codexwire.transcript.source import OpenRecording

__all__ = ["FORMAT"]

_JSON_LINE = re.compile(rb'(?:\[LSP[^\]]*\]\s*)?(\{.*"isLSPMessage"\s*:\s*true.*)', re.DOTALL)
_HEADING = re.compile(
    rb"\[Trace[^\]]*\]\s+(?P<verb>Sending|Received) (?P<kind>request|response|notification) "
    rb"'(?P<method>[^']*?)(?: - \((?P<id>[^)]*)\))?'(?P<rest>.*)"
)
_FAILED = re.compile(rb"Request failed: (?P<message>.*?) \((?P<code>-?\d+)\)")
_PAYLOAD = re.compile(rb"(?:Params|Result|Error data): ?(.*)", re.DOTALL)
_VERBS = {b"Sending": Side.CLIENT, b"Received": Side.SERVER}
_MEMBERS = {b"request": "params", b"notification": "params", b"response": "result"}


def matches(sample: Sample) -> bool:
    """Whether a line is a record or a heading."""
    return sample.any_line(_JSON_LINE) or sample.any_line(_HEADING)


@dataclass(slots=True)
class _Block:
    """A heading and the lines of JSON below it."""

    line: int
    heading: re.Match[bytes]
    payload: list[bytes] = field(default_factory=list)

    def message(self) -> TranscriptItem:
        kind, method, rid = self.heading["kind"], self.heading["method"], self.heading["id"]
        members: dict[str, bytes] = {}
        if kind != b"response":
            members["method"] = _quoted(method)
        if rid is not None:
            members["id"] = rid if re.fullmatch(rb"-?\d+", rid) else _quoted(rid)
        failed = _FAILED.search(self.heading["rest"])
        payload = b"\n".join(self.payload).strip()
        if kind == b"response" and failed:
            error = b'"code":%b,"message":%b' % (failed["code"], _quoted(failed["message"]))
            members["error"] = b"{%b}" % (error + (b',"data":' + payload if payload else b""))
        elif payload or kind == b"response":
            members[_MEMBERS[kind]] = payload or b"null"
        data = b",".join(b'"%b":%b' % (name.encode(), text) for name, text in members.items())
        return message_in_log(self.line, b"{%b}" % data, _VERBS[self.heading["verb"]])


def _quoted(text: bytes) -> bytes:
    return json.dumps(text.decode("utf-8", "replace")).encode()


def read(source: OpenRecording) -> Iterator[TranscriptItem]:
    """Yield the messages of both forms; other lines of the log are passed over."""
    block: _Block | None = None
    for number, line in source.lines():
        text = line.rstrip()
        heading, record = _HEADING.match(text), _JSON_LINE.match(text)
        if (heading or record) and block:
            yield block.message()
            block = None
        if heading:
            block = _Block(number, heading)
        elif record:
            yield _record(number, record[1])
        elif block and not _collect(block, text):
            yield block.message()
            block = None
    if block:
        yield block.message()


def _collect(block: _Block, text: bytes) -> bool:
    """Add a line to the block; false when the line ends it."""
    opening = _PAYLOAD.fullmatch(text)
    if opening and not block.payload:
        block.payload.append(opening[1])
    elif block.payload and text:
        block.payload.append(text)
    else:
        return not text and not block.payload
    return True


def _record(line: int, text: bytes) -> TranscriptItem:
    fields = fields_of(text) or {}
    verb = (string_member(fields.get("type")) or "").partition("-")[0]
    sender = {"send": Side.CLIENT, "receive": Side.SERVER}.get(verb)
    if sender is None or "message" not in fields:
        return unread(line, "the line holds no message")
    return Entry(line, bytes(fields["message"]), sender)


FORMAT = Format("lsp-inspector", "LSP inspector log", matches, read)
