"""Build fake codex binaries and the packages, indexes and registries that hold them."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import platform
import sys
import tarfile
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

HERE = Path(__file__).parent
GOLDEN = HERE.parent / "golden"
PYPI_NAME = "openai_codex_cli_bin"
WHEEL_MEMBER = "codex_cli_bin/bin/codex"
ARCH = {"x86_64": "x64", "aarch64": "arm64", "arm64": "arm64"}[platform.machine()]
PLATFORM = f"{sys.platform}-{ARCH}"
TRIPLE = {
    "linux-x64": "x86_64-unknown-linux-musl",
    "linux-arm64": "aarch64-unknown-linux-musl",
    "darwin-x64": "x86_64-apple-darwin",
    "darwin-arm64": "aarch64-apple-darwin",
}[PLATFORM]
NPM_MEMBER = f"package/vendor/{TRIPLE}/bin/codex"
OLD_NPM_MEMBER = f"package/vendor/{TRIPLE}/codex/codex"


LINES = json.dumps(
    {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "RolloutLine",
        "type": "object",
        "required": ["timestamp"],
        "properties": {"timestamp": {"type": "string"}},
        "oneOf": [
            {
                "type": "object",
                "required": ["payload", "type"],
                "properties": {
                    "payload": {"$ref": "#/definitions/SessionMetaLine"},
                    "type": {"type": "string", "enum": ["session_meta"]},
                },
            }
        ],
        "definitions": {"SessionMetaLine": {"type": "object"}},
    }
)


def golden_bundles() -> dict[str, str]:
    """Return the golden protocol's two bundles by channel."""
    return {c: (GOLDEN / f"{c}.json").read_text("utf-8") for c in ("stable", "experimental")}


def fake_binary(
    version: str,
    behaviour: str = "good",
    *,
    bundles: Mapping[str, str] | None = None,
    lines: str = LINES,
    note: Path | None = None,
) -> bytes:
    """Return the bytes of a fake binary that calls itself `version` and behaves so.

    `lines` is its schema of the lines of saved sessions, empty for a release that has none.
    """
    plan = {
        "version": version,
        "behaviour": behaviour,
        "bundles": golden_bundles() if bundles is None else dict(bundles),
        "lines": lines,
        "note": str(note or ""),
    }
    text = json.dumps(plan).replace("\\", "\\\\")
    return (HERE / "codex.py").read_text("utf-8").replace("@PLAN@", text).encode()


def put_binary(path: Path, content: bytes) -> Path:
    """Write an executable file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    path.chmod(0o755)
    return path


def wheel(folder: Path, version: str, members: Mapping[str, bytes]) -> Path:
    """Write a wheel of the PyPI package with these members beside its metadata."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{PYPI_NAME}-{version}-py3-none-any.whl"
    info = f"{PYPI_NAME}-{version}.dist-info"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
        metadata = f"Metadata-Version: 2.1\nName: openai-codex-cli-bin\nVersion: {version}\n"
        archive.writestr(f"{info}/METADATA", metadata)
        archive.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
        archive.writestr(f"{info}/RECORD", "")
    return path


def index_page(wheels: Mapping[Path, str], path: Path) -> Path:
    """Write a page that links wheels with the SHA-256 that it claims for each."""
    links = (f'<a href="{w.as_uri()}#sha256={sha}">{w.name}</a>' for w, sha in wheels.items())
    path.write_text(f"<html><body>{''.join(links)}</body></html>", "utf-8")
    return path


def tarball(members: Mapping[str, bytes | str]) -> bytes:
    """Return a gzipped tar of these members; a text is the target of a symbolic link."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as tar:
        for name, content in members.items():
            member = tarfile.TarInfo(name)
            member.mode = 0o755
            if isinstance(content, str):
                member.type, member.linkname = tarfile.SYMTYPE, content
                tar.addfile(member)
            else:
                member.size = len(content)
                tar.addfile(member, io.BytesIO(content))
    return buffer.getvalue()


def npm_package(version: str, members: Mapping[str, bytes | str]) -> bytes:
    """Return an npm package: its manifest and these members."""
    manifest = {"name": "@openai/codex", "version": version}
    return tarball({"package/package.json": json.dumps(manifest).encode(), **members})


@contextmanager
def npm_registry(
    packages: Mapping[str, bytes], *, integrity: Mapping[str, str] | None = None
) -> Iterator[str]:
    """Serve packages by version on the loopback interface; yields the registry's address.

    `integrity` states other hashes than the true ones.
    """

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            name = self.path.lower().rsplit("/", 1)[-1]
            if name in ("@openai%2fcodex", "codex"):
                self.answer(json.dumps(self.packument()).encode(), "application/json")
            elif name.removesuffix(".tgz") in packages:
                self.answer(packages[name.removesuffix(".tgz")], "application/octet-stream")
            else:
                self.send_error(404)

        def packument(self) -> dict[str, object]:
            address = f"http://127.0.0.1:{self.server.server_address[1]}"
            return {
                "name": "@openai/codex",
                "dist-tags": {"latest": next(iter(packages), "")},
                "versions": {
                    version: {
                        "name": "@openai/codex",
                        "version": version,
                        "dist": {
                            "tarball": f"{address}/{version}.tgz",
                            "integrity": (integrity or {}).get(version, sha512(content)),
                        },
                    }
                    for version, content in packages.items()
                },
            }

        def answer(self, content: bytes, kind: str) -> None:
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def sha512(content: bytes) -> str:
    """Return the integrity hash that npm would state."""
    return f"sha512-{base64.b64encode(hashlib.sha512(content).digest()).decode()}"
