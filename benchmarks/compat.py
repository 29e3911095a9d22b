"""How often `refused` agrees with real servers, request by request.

    python benchmarks/compat.py BINARIES [RECORDING ...]

`BINARIES` holds a `<version>/codex` for each release, 0.163.0 among them. The requests are those of the
recordings (of clients of 0.163.0), and sampled ones for every method; those that 0.163.0 takes are sent to
every other release, with a CODEX_HOME of its own and a model on loopback, and what
`codexwire compat` would say of a client that sends just this is held against the answer. Printed are, for
each release, the requests, how many the server refused, and the verdicts that were wrong: `false` (taken,
and said to be refused) and `missed` (refused, and not said to be), with SHOW=1 each of them.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

from codexwire.diff.contract import Contract
from codexwire.diff.refusal import refusals
from codexwire.diff.usage import Listed, Uses, listed_in
from codexwire.diff.value_sets import ValueSets
from codexwire.direction import Kind, Side
from codexwire.ir.model import Protocol
from codexwire.model.cached import cached
from codexwire.stub import ResponsesStub
from codexwire.usecases.releases import comparable, mended_releases
from codexwire.version import Version
from codexwire.wire.sample import NoSampleError, Sampler

OWN = Version(0, 163, 0)
# They would run programs, or write outside of the private CODEX_HOME.
LEFT_OUT = ("fs/", "command/", "process/", "thread/shellCommand", "initialize")
SHARES = (0, 0, 0.2, 0.2, 0.5, 0.5)
GRACE, LIMIT = 1.0, 20.0
BATCHES = 100, 20, 5
END = {"id": -1, "method": "bench/end"}


class Request(NamedTuple):
    """A request, and whether its client asked for what is experimental."""

    method: str
    params: Any
    experimental: bool

    def message(self, number: int) -> dict[str, Any]:
        params = {} if self.params is None else {"params": self.params}
        return {"id": number, "method": self.method, **params}


def hello(experimental: bool) -> dict[str, Any]:
    """The first request of a client."""
    params: dict[str, Any] = {"clientInfo": {"name": "bench", "version": "1"}}
    if experimental:
        params["capabilities"] = {"experimentalApi": True}
    return {"id": 0, "method": "initialize", "params": params}


def recorded(paths: Iterable[Path]) -> Iterator[Request]:
    """The requests of recordings as `codexwire record` writes them."""
    for path in paths:
        experimental = False
        for line in path.read_text("utf-8").splitlines():
            entry = json.loads(line)
            body = entry.get("msg")
            if entry.get("dir") != "client" or not isinstance(body, dict):
                continue
            method, params = body.get("method"), body.get("params")
            if method == "initialize" and isinstance(params, dict):
                experimental = bool((params.get("capabilities") or {}).get("experimentalApi"))
            elif isinstance(method, str) and "id" in body and not method.startswith(LEFT_OUT):
                yield Request(method, params, experimental)


def sampled(protocol: Protocol) -> Iterator[Request]:
    """Requests for every method, from the smallest to such with half of what is optional."""
    for number, share in enumerate(SHARES):
        sampler = Sampler(protocol, number, optional=share)
        for method in protocol.table(Side.CLIENT, Kind.REQUEST):
            if method.name.startswith(LEFT_OUT):
                continue
            try:
                params = sampler.message(method).get("params")
            except NoSampleError:
                continue
            yield Request(method.name, params, experimental=bool(number % 2))


def answers(binary: Path, requests: list[Request]) -> list[str | None]:
    """Send the requests; return what each was refused with, empty for those that were taken.

    None for those that got no answer: some never get one, some end the server, and a busy server says so.
    They are sent again, in smaller parts.
    """
    found: list[str | None] = [None] * len(requests)
    for experimental in (False, True):
        for size in BATCHES:
            numbers = [
                n
                for n, r in enumerate(requests)
                if r.experimental is experimental and found[n] is None
            ]
            for start in range(0, len(numbers), size):
                chosen = numbers[start : start + size]
                for number, text in _session(binary, requests, chosen).items():
                    found[number] = text
    return found


def _session(binary: Path, requests: list[Request], chosen: list[int]) -> dict[int, str]:
    got: dict[int, str] = {}
    with ResponsesStub("Hello.") as stub, tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        stub.write_home(home)
        server = subprocess.Popen(
            [binary, "app-server"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "CODEX_HOME": folder, "HOME": folder},
            cwd=folder,
        )
        assert server.stdin is not None
        assert server.stdout is not None
        limit, grace = (threading.Timer(t, server.kill) for t in (LIMIT, GRACE))
        limit.start()
        lines = [hello(requests[chosen[0]].experimental), {"method": "initialized"}]
        lines += [requests[n].message(n + 1) for n in chosen]
        with suppress(BrokenPipeError):
            server.stdin.write("".join(json.dumps(m) + "\n" for m in (*lines, END)).encode())
            server.stdin.flush()
        for line in server.stdout:  # until it is killed: some are never answered
            if not (line.startswith(b"{") and line.endswith(b"}\n")):
                continue
            body = json.loads(line)
            if "method" in body:
                continue
            if body["id"] == END["id"]:
                grace.start()
            elif body["id"] != 0 and not _is_busy(body.get("error")):
                got[body["id"] - 1] = _refusal(body.get("error"))
        server.wait()
        limit.cancel()
        grace.cancel()
    return got


def _is_busy(error: Any) -> bool:
    return isinstance(error, dict) and error.get("code") == -32001


def _refusal(error: Any) -> str:
    text = str(error.get("message", "")) if isinstance(error, dict) else ""
    refused = text.startswith("Invalid request") or " requires experimentalApi" in text
    return text if refused else ""


def verdict(request: Request, own: Protocol, server: Protocol, listed: Listed) -> list[str]:
    """What compat says that the server refuses of a client that sends just this."""
    uses = Uses(cached(ValueSets, own), listed)
    for body in (hello(request.experimental), request.message(1)):
        method = own.method(body["method"], Side.CLIENT, Kind.REQUEST)
        if method is not None and method.params is not None:
            uses.add(method.params, body.get("params"))
    methods = {"ClientRequest": frozenset({"initialize", request.method})}
    return [str(r) for r in refusals(Contract(methods, uses.types, {}), own, server)]


def main(binaries: Path, recordings: list[Path]) -> None:
    versions = sorted(Version.parse(p.name) for p in binaries.iterdir() if p.is_dir())
    own, listed = comparable(OWN), listed_in(mended_releases())
    unique = {json.dumps(r): r for r in (*recorded(recordings), *sampled(own))}
    requests = list(unique.values())
    refused = answers(binaries / str(OWN) / "codex", requests)
    taken = [r for r, text in zip(requests, refused, strict=True) if text == ""]
    sys.stdout.write(f"{len(requests)} requests, {len(taken)} taken by {OWN}\n")
    right = total = 0
    for version in versions:
        server = comparable(version)
        real = answers(binaries / str(version) / "codex", taken)
        tried = [(r, text) for r, text in zip(taken, real, strict=True) if text is not None]
        wrong: list[tuple[str, Request, str, list[str]]] = []
        for request, text in tried:
            said = verdict(request, own, server, listed)
            if bool(said) != bool(text):
                wrong.append(("false" if said else "missed", request, text, said))
        total += len(tried)
        right += len(tried) - len(wrong)
        false = sum(kind == "false" for kind, *_ in wrong)
        sys.stdout.write(
            f"{version!s:9} {len(tried)} requests answered, {sum(bool(t) for _, t in tried)}"
            f" refused, {false} false, {len(wrong) - false} missed\n"
        )
        for kind, request, text, said in wrong if os.environ.get("SHOW") else ():
            asks = "experimental" if request.experimental else "stable"
            sys.stdout.write(f"   {kind} {request.method} ({asks}): {text} | {said}\n")
        sys.stdout.flush()
    sys.stdout.write(f"{right} of {total} right: {right / total:.1%}\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), [Path(p) for p in sys.argv[2:]])
