"""Compare two releases, against `redocly diff` and `oasdiff` on the same schemas wrapped as OpenAPI.

Whole processes, medians. Neither peer reads JSON-RPC: for them every method becomes a POST path, what the
client sends a request body and what the server sends a response body, in OpenAPI 3.0. A peer that is not on
PATH is installed with npm into a temporary folder; one that cannot be had is named, and left out.
Then every pair of the known releases is compared in one process.

    python benchmarks/diff.py [OLD NEW] [--runs 5]
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Any

from codexwire.diff import diff
from codexwire.direction import Side
from codexwire.ingest.archive import archive
from codexwire.ir.model import Method, Protocol, Schema
from codexwire.usecases.releases import comparable
from codexwire.version import Version

OURS = "codexwire diff"


@dataclass(frozen=True)
class Peer:
    """Another tool: npm package, executable, and its arguments before the two files."""

    package: str
    executable: str
    arguments: tuple[str, ...]

    def command(self, folder: Path) -> list[str] | None:
        """Return the command line, installed below `folder` if need be; None when it is not to be had."""
        found = shutil.which(self.executable)
        if found is None and shutil.which("npm"):
            install = ["npm", "install", "--silent", "--prefix", str(folder), self.package]
            subprocess.run(install, capture_output=True, check=False)
            found = shutil.which(self.executable, path=str(folder / "node_modules" / ".bin"))
        return [found, *self.arguments] if found else None


PEERS = (
    Peer("@redocly/cli@2.77.0", "redocly", ("diff", "--format=json", "--fail-on=none")),
    Peer("oasdiff", "oasdiff", ("changelog", "--format=json")),
)


def openapi(protocol: Protocol) -> dict[str, Any]:
    """Return a protocol as an OpenAPI document: data that flows to the client is a response."""
    names = {f"#/definitions/{n}": f"#/components/schemas/{_plain(n)}" for n in protocol.types}
    schemas = {_plain(n): _node(t.schema, names) for n, t in protocol.types.items()}
    return {
        "openapi": "3.0.3",
        "info": {"title": protocol.name, "version": str(protocol.version)},
        "paths": {
            f"/{m.sender}/{m.kind}/{m.name}": {"post": _operation(m, names)}
            for m in protocol.methods
        },
        "components": {"schemas": schemas},
    }


def _operation(method: Method, names: dict[str, str]) -> dict[str, Any]:
    result = {"$ref": f"#/definitions/{method.result}"} if method.result else None
    parts: list[Schema | None] = [method.params, result]
    sent, received = parts if method.sender is Side.CLIENT else parts[::-1]
    response = {"description": "what the server sends", **_body(received, names)}
    operation: dict[str, Any] = {"responses": {"200": response}}
    if sent is not None:
        operation["requestBody"] = _body(sent, names)
    return operation


def _body(schema: Schema | None, names: dict[str, str]) -> dict[str, Any]:
    if schema is None:
        return {}
    return {"content": {"application/json": {"schema": _node(schema, names)}}}


def _plain(name: str) -> str:
    return name.replace("/", ".")


def _node(schema: Schema, names: dict[str, str]) -> dict[str, Any]:
    """A schema node in the words of OpenAPI 3.0, which has no boolean schemas and no null."""
    if isinstance(schema, bool):
        return {} if schema else {"not": {}}
    if "$ref" in schema:
        return {"$ref": names.get(schema["$ref"], schema["$ref"])}
    node = dict(_words(schema, names))
    kinds = node.get("type")
    if isinstance(kinds, list):
        values = [k for k in kinds if k != "null"]
        node |= {"nullable": True} if "null" in kinds else {}
        node["type"] = values[0] if values else "object"
        if len(values) > 1:
            del node["type"]
            node["anyOf"] = [{"type": k} for k in values]
    elif kinds == "null":
        node |= {"type": "object", "nullable": True}
    return node


def _words(schema: dict[str, Any], names: dict[str, str]) -> Iterator[tuple[str, Any]]:
    for word, value in schema.items():
        if word.startswith("x-") or (word == "default" and value is None):
            continue
        if word == "properties":
            yield word, {name: _node(inner, names) for name, inner in value.items()}
        elif word in ("oneOf", "anyOf", "allOf"):
            branches = [b for b in value if b != {"type": "null"}]
            if len(branches) < len(value):
                yield "nullable", True
            yield word, [_node(b, names) for b in branches]
        elif word in ("items", "additionalProperties"):
            yield word, value if value is False else _node(value, names)
        elif word == "const":
            yield "enum", [value]
        else:
            yield word, value


def measure(command: list[str], runs: int) -> tuple[float, float] | None:
    """Return the medians of wall and processor time of fresh processes in seconds; None when it fails."""
    # A user's Python keeps its bytecode; the first run writes it and is not counted.
    env = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    walls, used = [], []
    for _ in range(runs + 1):
        start, before = time.perf_counter(), os.times()
        done = subprocess.run(command, env=env, capture_output=True, check=False)
        walls.append(time.perf_counter() - start)
        after = os.times()
        used.append(sum(after[2:4]) - sum(before[2:4]))
        if done.returncode or not done.stdout:
            return None
    return statistics.median(walls[1:]), statistics.median(used[1:])


def pair(old: str, new: str, runs: int) -> None:
    """Print the times for one pair, ours and the peers', and the ratios."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        ours = measure([sys.executable, "-m", "codexwire", "diff", old, new], runs)
        if ours is None:
            sys.exit(f"codexwire cannot compare {old} and {new}")
        print(f"{old} → {new}, medians of {runs} whole processes")
        print(f"{OURS:16} {ours[0]:6.2f} s  ({ours[1]:.2f} s of processor time)")
        files = []
        for version in (old, new):
            path = folder / f"{version}.json"
            path.write_text(json.dumps(openapi(comparable(Version.parse(version)))), "utf-8")
            files.append(str(path))
        for peer in PEERS:
            command = peer.command(folder)
            theirs = measure([*command, *files], runs) if command is not None else None
            if theirs is None:
                why = "not to be had here" if command is None else "fails on this document"
                print(f"{peer.executable:16} {why}")
            else:
                times = f"{theirs[0]:6.2f} s  ({theirs[1]:.2f} s of processor time)"
                ratios = f"{ours[0] / theirs[0]:.2f}, of processor time {ours[1] / theirs[1]:.2f}"
                print(f"{peer.executable:16} {times}  ours / theirs: {ratios}")


def every_pair() -> None:
    """Print how long every pair of the sampled releases takes in one process, witnesses included."""
    gc.disable()  # as the command does
    start, used = time.perf_counter(), time.process_time()
    releases = [comparable(version) for version in archive().sample]
    pairs = list(combinations(releases, 2))
    findings = sum(len(diff(old, new).findings) for old, new in pairs)
    took, used = time.perf_counter() - start, time.process_time() - used
    times = f"{took:.1f} s ({used:.1f} s of processor time)"
    print(f"{len(pairs)} pairs of {len(releases)} releases: {times}, {findings} findings")


def main() -> None:
    """Run both parts."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("versions", nargs="*", default=["0.140.0", "0.150.0"])
    parser.add_argument("--runs", type=int, default=5)
    options = parser.parse_args()
    if len(options.versions) != 2:
        parser.error("two versions: OLD NEW")
    old, new = options.versions
    with tempfile.TemporaryDirectory() as name:
        os.environ["PYTHONPYCACHEPREFIX"] = str(Path(name) / "bytecode")
        os.environ["CODEXWIRE_CACHE"] = str(Path(name) / "cache")
        pair(old, new, options.runs)
        every_pair()


if __name__ == "__main__":
    main()
