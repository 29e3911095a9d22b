"""moto's S3 server on loopback, and ways in which it answers badly."""

from __future__ import annotations

import logging
import socket
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn, TypeAlias

import boto3
import pytest
import s3fs
from moto.moto_server.werkzeug_app import MotoRequestHandler
from moto.server import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import make_server

__all__ = [
    "Answer",
    "Server",
    "broken_off",
    "delete_all",
    "environment",
    "hang",
    "refusal",
    "reset",
    "served",
    "signed",
    "upload",
]

Answer: TypeAlias = Callable[[Any, Any, Any], Iterable[bytes]]
"""A WSGI application that is given moto's besides."""


class Server:
    """`address` of the server, `requests` by method, and `bad`, which may choose another answer to one.

    `bad` is called with method, path and how many requests for content there were before.
    """

    def __init__(self) -> None:
        logging.getLogger("werkzeug").setLevel(logging.ERROR)
        self._moto = DomainDispatcherApplication(create_backend_app)
        self._lock = threading.Lock()
        self.requests: Counter[str] = Counter()
        self.bad: Callable[[str, str, int], Answer | None] = lambda *_: None
        self.http = make_server(
            "127.0.0.1", 0, self._answer, threaded=True, request_handler=MotoRequestHandler
        )
        self.address = f"http://127.0.0.1:{self.http.server_port}"

    def _answer(self, environ: Any, start: Any) -> Iterable[bytes]:
        method, path = environ["REQUEST_METHOD"], environ["PATH_INFO"]
        kind = method if path.strip("/").count("/") else f"{method} bucket"
        with self._lock:
            count = self.requests["GET"]
            self.requests[kind] += 1
        answer = self.bad(kind, path, count)
        return self._moto(environ, start) if answer is None else answer(environ, start, self._moto)


@contextmanager
def served() -> Iterator[Server]:
    """Give a server, which ends with the block."""
    server = Server()
    thread = threading.Thread(target=server.http.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    yield server
    server.http.shutdown()
    server.http.server_close()
    thread.join()


def refusal(status: str, code: str, message: str) -> Answer:
    """Return an answer that is an error of S3."""
    body = f"<Error><Code>{code}</Code><Message>{message}</Message></Error>".encode()

    def answer(environ: Any, start: Any, _moto: Any) -> Iterable[bytes]:
        start(status, [("Content-Type", "application/xml"), ("Content-Length", str(len(body)))])
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]

    return answer


def reset(environ: Any, _start: Any, _moto: Any) -> Iterable[bytes]:
    """Break the connection."""
    _reset(environ)


def broken_off(environ: Any, start: Any, moto: Any) -> Iterable[bytes]:
    """Break the connection in the middle of the content."""
    content = b"".join(moto(environ, start))
    yield content[: len(content) // 2]
    _reset(environ)


def _reset(environ: Any) -> NoReturn:
    environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
    raise ConnectionResetError


def hang(environ: Any, _start: Any, _moto: Any) -> Iterable[bytes]:
    """Say nothing until the other side goes."""
    environ["werkzeug.socket"].recv(1)
    _reset(environ)


@contextmanager
def environment(
    patch: pytest.MonkeyPatch, server: Server, key_id: str, secret: str
) -> Iterator[Any]:
    """Lead every file system to an empty server, in other processes, too; give a client of it."""
    variables = {
        "AWS_ENDPOINT_URL": server.address,
        "AWS_ACCESS_KEY_ID": key_id,
        "AWS_SECRET_ACCESS_KEY": secret,
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_EC2_METADATA_DISABLED": "true",
    }
    for name, value in variables.items():
        patch.setenv(name, value)
    s3fs.S3FileSystem.clear_instance_cache()
    client = boto3.client("s3")
    client.create_bucket(Bucket="sessions")
    yield client
    server.bad = lambda *_: None
    delete_all(client)
    s3fs.S3FileSystem.clear_instance_cache()


def delete_all(client: Any = None) -> None:
    """Delete all buckets."""
    client = client or boto3.client("s3")
    for bucket in client.list_buckets()["Buckets"]:
        pages = client.get_paginator("list_objects_v2").paginate(Bucket=bucket["Name"])
        for file in [file for page in pages for file in page.get("Contents", ())]:
            client.delete_object(Bucket=bucket["Name"], Key=file["Key"])
        client.delete_bucket(Bucket=bucket["Name"])


def signed(key: str) -> str:
    """Return an address of a file in the bucket that needs no other credentials."""
    asked = {"Bucket": "sessions", "Key": key}
    return str(boto3.client("s3").generate_presigned_url("get_object", Params=asked))


def upload(folder: Path) -> None:
    """Write the recordings of a folder into the bucket `sessions`."""
    client = boto3.client("s3")
    for path in sorted(folder.rglob("*.jsonl")):
        client.upload_file(str(path), "sessions", path.relative_to(folder).as_posix())
