"""Servers that are started and announce a websocket: those that do not."""

from __future__ import annotations

import sys

import pytest

from codexwire.runtime.errors import LaunchError
from codexwire.runtime.transport import open_served_websocket

pytestmark = pytest.mark.anyio


async def open_script(script: str, **options: float) -> None:
    async with open_served_websocket([sys.executable, "-c", script], **options):
        pass


async def test_a_server_that_ends_first_says_why() -> None:
    with pytest.raises(LaunchError, match=r"said no address \(no such option\)"):
        await open_script("import sys; sys.exit('no such option')")


async def test_a_silent_server_is_given_up() -> None:
    with pytest.raises(LaunchError, match=r"no address within 0\.5 s"):
        await open_script(
            "import time; print('hello', flush=True); time.sleep(60)", open_timeout=0.5
        )


async def test_a_server_that_is_not_where_it_says() -> None:
    with pytest.raises(LaunchError, match=r"no server at ws://127\.0\.0\.1:1"):
        await open_script("import time; print('ws://127.0.0.1:1', flush=True); time.sleep(60)")


async def test_a_program_that_is_not_there() -> None:
    with pytest.raises(LaunchError, match="cannot start '/no/such/program'"):
        async with open_served_websocket(["/no/such/program"]):
            pass
