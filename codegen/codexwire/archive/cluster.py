"""A cluster of Dask: its scheduler found, its certificates looked at, its workers waited for."""

from __future__ import annotations

import logging
import time
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from distributed import Client, KilledWorker, Security
from distributed.versions import VersionMismatchWarning

from codexwire.archive.pool import Pool
from codexwire.archive.run_task import run_task
from codexwire.errors import TranscriptError, UsageError

__all__ = ["KilledWorker", "connected"]

_CONNECT = 20
"""Seconds in which a scheduler must answer and have a worker."""

_LEFT = "what was done is kept, and --resume goes on"
_TLS = "set DASK_DISTRIBUTED__COMM__TLS__CA_FILE, …__CLIENT__CERT and …__CLIENT__KEY"


@contextmanager
def connected(address: str) -> Iterator[Pool]:
    """Give the workers of a scheduler.

    UsageError when it does not answer, has no worker, does not take the certificate, and when it or a
    worker cannot do what it is sent. TranscriptError when it, or all workers, are gone in the middle.
    """
    logging.getLogger("distributed.client").setLevel(logging.CRITICAL)  # what matters is raised
    warnings.simplefilter("ignore", VersionMismatchWarning)  # what matters is checked in tasks
    _check(address)
    try:
        client: Any = Client(address, timeout=_CONNECT, set_as_default=False)  # type: ignore[no-untyped-call]
    except (OSError, ValueError, RuntimeError) as error:
        raise _no_answer(address, error) from None
    with client:
        try:
            client.wait_for_workers(1, timeout=_CONNECT)
        except TimeoutError:
            raise UsageError(
                f"the scheduler at {address} has no worker", hint=f"`dask worker {address}`"
            ) from None
        try:
            client.run(exec, f"import {run_task.__module__}")  # a worker without it dies of a task
            yield Pool(client.get_executor(pure=False), _width(client, address))
        except (OSError, CancelledError):
            raise TranscriptError(f"the scheduler at {address} is gone", hint=_LEFT) from None
        except (AttributeError, ImportError, RuntimeError, TypeError) as error:
            raise UsageError(  # somebody could not read the task
                f"the cluster cannot do a task: {_line(error)}",
                hint="install the same codexwire and Python on all machines, the scheduler's, too",
            ) from None


def _check(address: str) -> None:
    """Check the address and the certificates, of which Dask gives no clear error. UsageError for bad ones."""
    scheme, _, rest = address.partition("://")
    if not rest.rpartition(":")[2].rstrip("/").isdigit():
        raise UsageError(f"{address} has no port", hint=f"{scheme}://HOST:8786")
    if scheme not in ("tcp", "tls"):
        raise UsageError(f"{address} is no address of a scheduler", hint="tcp:// or tls://")
    if scheme == "tls":
        _check_certificates(Security())  # type: ignore[no-untyped-call]


def _check_certificates(security: Any) -> None:
    files = (security.tls_ca_file, security.tls_client_cert, security.tls_client_key)
    for file in files:
        if file and "\n" not in file and not Path(file).is_file():
            raise UsageError(f"there is no file {file}", hint="Dask's settings for TLS name it")
    try:
        context = security.get_connection_args("client").get("ssl_context")
    except OSError as error:
        raise UsageError(f"the certificates cannot be used: {_line(error)}", hint=_TLS) from None
    if context is None:
        raise UsageError("a scheduler at tls:// asks for certificates", hint=_TLS)


def _no_answer(address: str, error: Exception) -> UsageError:
    text = str(error)
    if "TLS certificate does not match" in text:
        hint = "its certificate is not of the authority in ca-file"
    elif "Timed out" not in text and address.startswith("tls://"):
        hint = "it does not take the certificate of this client, or speaks no TLS"
    elif "ConnectionResetError" in text:
        hint = "it breaks the connection: does it ask for tls://?"
    else:
        hint = _line(error) or "is it running?"
    return UsageError(f"no scheduler answers at {address}", hint=hint)


def _width(client: Any, address: str) -> Callable[[], int]:
    """Return what says how many tasks are to be under way: two a thread.

    It raises TranscriptError when there has been no worker for a while.
    """
    last = time.monotonic()

    def width() -> int:
        nonlocal last
        threads: int = sum(client.nthreads().values())
        if threads:
            last = time.monotonic()
        elif time.monotonic() - last > _CONNECT:
            text = f"the scheduler at {address} has no worker any more"
            raise TranscriptError(text, hint=_LEFT)
        return max(2, 2 * threads)

    return width


def _line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0][:200]
