"""Long and hostile sessions, made of real recordings, and what stands in a page that draws them.

`long_recording` repeats recordings with other ids and later times, each on a connection of its own.
`hostile` puts what could run in a browser into the strings of sessions: nobody has recorded such ones.
"""

from __future__ import annotations

import json
import re
import zlib
from base64 import b64decode
from collections.abc import Iterator
from hashlib import md5
from itertools import count, cycle, islice
from pathlib import Path
from typing import Any

DATA = Path(__file__).parents[1] / "data"
APPROVALS = DATA / "recordings" / "0.163.0" / "s02_command_approval.jsonl"
ERRORS = DATA / "turns" / "0.163.0" / "s07_errors.jsonl"
ROLLOUTS = DATA / "rollouts" / "sessions" / "0.163.0"
SPAWN = tuple(ROLLOUTS / f"exec_spawn-{n}.jsonl" for n in (1, 2))
STREAM = DATA / "rollouts" / "exec" / "0.163.0" / "command.jsonl"

ATTACKS = (
    "</script><script>window.hurt=1</script>",
    '"><img src=x onerror=window.hurt=2>',
    "javascript:window.hurt=3",
    "'--><svg onload=window.hurt=4>",
    '<iframe srcdoc="<script>parent.hurt=5</script>"></iframe>',
    "</style><style>*{display:none}</style><base href=//hurt.example>",
    "@@SCRIPT@@ {{7*7}} ${7*7} \u2028\u2029]]>",
)

_UUID = re.compile(r"\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b")
_BLOCK = re.compile(rb'(<script type="application/octet-stream" id="(\w+)">)([^<]*)(</script>)')


def long_recording(path: Path, length: int) -> Path:
    """Write a recording of so many messages."""
    path.write_text("\n".join(islice(_repeated(), length)) + "\n", "utf-8")
    return path


def _repeated() -> Iterator[str]:
    begin = 0.0
    for number, source in zip(count(1), cycle((APPROVALS, ERRORS))):
        records = [*map(json.loads, _with_ids(source.read_text("utf-8"), number).splitlines())]
        for record in records:
            yield json.dumps({**record, "ts": round(begin + record["ts"], 4), "conn": number})
        begin += records[-1]["ts"] + 1


def _with_ids(text: str, number: int) -> str:
    def other(found: re.Match[str]) -> str:
        digest = md5(f"{number} {found[0]}".encode()).hexdigest()
        return "-".join((digest[:8], digest[8:12], digest[12:16], digest[16:20], digest[20:]))

    return _UUID.sub(other, text)


def hostile(folder: Path) -> list[Path]:
    """Write sessions of every kind: with attacks in texts and ids, and in methods, types and keys too."""
    sources = (APPROVALS, *SPAWN, STREAM)
    found = [_attacked(folder, source, everywhere=False) for source in sources]
    return [*found, _attacked(folder, APPROVALS, everywhere=True)]


def _attacked(folder: Path, source: Path, *, everywhere: bool) -> Path:
    path = folder / f"{'all' if everywhere else 'texts'} <img src=x onerror=hurt=6> {source.name}"
    lines = [*map(json.loads, source.read_text("utf-8").splitlines())]
    with path.open("w", encoding="utf-8") as out:
        out.writelines(json.dumps(_with_attacks(line, "", everywhere)) + "\n" for line in lines)
    return path


_WORDS = (
    "method",
    "type",
    "dir",
    "status",
    "timestamp",
    "userAgent",
    "cli_version",
    "history_mode",
)
"""The members without which a session would be none."""


def _with_attacks(value: Any, name: str, everywhere: bool) -> Any:
    """Return a value with an attack behind every string, the same behind the same."""
    if isinstance(value, dict):
        return {
            key + ATTACKS[len(key) % len(ATTACKS)]
            if everywhere and key not in ("ts", "dir", "msg", "id", "method", "params", "result")
            else key: _with_attacks(inside, key, everywhere)
            for key, inside in value.items()
        }
    if isinstance(value, list):
        return [_with_attacks(inside, name, everywhere) for inside in value]
    if not isinstance(value, str) or name == "dir" or (not everywhere and name in _WORDS):
        return value
    return value + ATTACKS[sum(map(ord, value)) % len(ATTACKS)]


def unpacked(page: bytes) -> tuple[dict[str, Any], list[bytes]]:
    """Return the index of a page, its columns as values, and the text of each message."""
    blocks = {name: data for _, name, data, _ in _BLOCK.findall(page)}
    index, lines = (
        zlib.decompress(b64decode(blocks[n], validate=True)) for n in (b"index", b"lines")
    )
    found = json.loads(index)
    for column, differences in found["rows"].items():
        total = 0
        found["rows"][column] = [total := total + difference for difference in differences]
    return found, lines.split(b"\n")


def outside(page: bytes) -> bytes:
    """Return a page without its data."""
    return _BLOCK.sub(rb"\1\4", page)
