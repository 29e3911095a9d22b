"""`command/exec` in a real server's sandbox."""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import Any

import pytest
from live_client import FLAVOURS, entered, play

from codexwire.runtime.client import CommandOptions
from codexwire.runtime.errors import (
    InternalServerError,
    ProcessExistsError,
    ProcessNotFoundError,
    ProcessTerminalError,
    RequestTimeoutError,
    RpcError,
    StdinClosedError,
    UnsupportedError,
)

pytestmark = pytest.mark.parametrize("flavour", FLAVOURS)

CURRENT, OLDER = "0.163.0", "0.125.0"
# The helper that makes the sandbox is not installed into a home below the temporary folder.
OPEN = 'sandbox_mode = "danger-full-access"'


@pytest.fixture(params=[CURRENT])
def launched(request: Any, binary: Any, stub_of: Any, project: Path) -> Any:
    """Opens a client of a flavour."""
    home = stub_of().write_home(project.parent / "home", settings=OPEN)
    codex = binary(request.param)
    return lambda flavour: entered(
        flavour, lambda kind: kind.launch(codex, cwd=project, codex_home=home)
    )


async def command(client: Any, argv: list[str], **options: Any) -> Any:
    """`run_command` of either flavour."""
    made = client.run_command(argv, CommandOptions(**options))
    return await made if inspect.isawaitable(made) else made


@pytest.mark.parametrize("launched", [CURRENT, OLDER], indirect=True)
def test_a_command_comes_to_a_result(flavour: str, launched: Any, project: Path) -> None:
    async def scenario() -> None:
        async with launched(flavour) as client:
            shell = "echo out; echo err >&2; echo $DEMO; pwd; exit 7"
            for stream in (True, False):
                options = {"env": {"DEMO": "yes"}, "cwd": str(project), "stream": stream}
                result = await (await command(client, ["sh", "-c", shell], **options)).run()
                assert result.exit_code == 7
                assert result.stdout == f"out\nyes\n{project}\n".encode()
                assert result.stderr == b"err\n"

    play(flavour, scenario)


def test_standard_input_is_written_and_closed(flavour: str, launched: Any) -> None:
    async def scenario() -> None:
        async with launched(flavour) as client:
            async with await command(client, ["cat"], stdin=True) as cat:
                await cat.write(b"one\n")
                assert (await anext(cat)).data == b"one\n"
                await cat.write(b"\xff\x00two", close=True)
                result = await cat.wait()
            assert (result.exit_code, result.stdout) == (0, b"one\n\xff\x00two")

    play(flavour, scenario)


def test_a_terminal_is_written_to_resized_and_ended(flavour: str, launched: Any) -> None:
    shell = "stty size; read x; echo got:$x; stty size; sleep 60"

    async def scenario() -> None:
        async with (
            launched(flavour) as client,
            await command(client, ["sh", "-c", shell], tty=(24, 80)) as process,
        ):
            assert (await anext(process)).data == b"24 80\r\n"
            await process.resize(40, 100)
            await process.write(b"abc\n")
            seen = b""
            while b"40 100" not in seen:
                seen += (await anext(process)).data
            assert b"got:abc" in seen
            await process.terminate()
            assert (await process.wait()).exit_code != 0

    play(flavour, scenario)


def test_output_is_capped_and_time_is_limited(flavour: str, launched: Any) -> None:
    async def scenario() -> None:
        async with launched(flavour) as client:
            yes = ["sh", "-c", "yes | head -c 5000"]
            capped = await (await command(client, yes, output_cap=100)).run()
            assert (len(capped.stdout), capped.stdout_capped) == (100, True)
            whole = await (await command(client, yes, output_cap=-1)).run()
            assert (len(whole.stdout), whole.stdout_capped) == (5000, False)
            late = await (await command(client, ["sleep", "30"], timeout=0.3)).run()
            assert late.exit_code == 124

    play(flavour, scenario)


def test_what_cannot_be_run_is_an_error(flavour: str, launched: Any) -> None:
    async def scenario() -> None:
        async with launched(flavour) as client:
            with pytest.raises(InternalServerError, match="No such file"):
                await (await command(client, ["/no/such/binary"])).run()
            with pytest.raises(RpcError, match="must not be empty"):
                await (await command(client, [])).run()

    play(flavour, scenario)


def test_leaving_the_block_ends_the_command(flavour: str, launched: Any) -> None:
    async def scenario() -> None:
        async with launched(flavour) as client:
            async with await command(client, ["sleep", "60"]) as process:
                pass
            with pytest.raises(RpcError, match="no active command/exec"):
                await process.terminate()

    play(flavour, scenario)


def test_a_command_runs_once(flavour: str, launched: Any, project: Path) -> None:
    async def scenario() -> None:
        async with launched(flavour) as client:
            process = await command(client, ["sh", "-c", "echo x >> log; wc -l < log"])
            assert (await process.run()).stdout.split() == [b"1"]
            with pytest.raises(UnsupportedError, match="has been run already"):
                await process.run()

    play(flavour, scenario)
    assert (project / "log").read_text() == "x\n"


def test_output_that_is_not_streamed_is_told_as_what_it_is(flavour: str, launched: Any) -> None:
    odd = ["printf", r"\377ab\303\2611234567890"]

    async def scenario() -> None:
        async with launched(flavour) as client:
            exact = await (await command(client, odd)).run()
            assert (exact.stdout, exact.decoded) == (b"\xffab\xc3\xb11234567890", False)
            whole = await (await command(client, odd, stream=False)).run()
            assert (whole.stdout.decode()[:3], whole.decoded) == ("\xffab", True)
            assert whole.stdout_capped is False
            hidden = await (await command(client, odd, stream=False, output_cap=10)).run()
            assert hidden.stdout_capped is None
            plain = ["printf", "1234567890"]
            cut = await (await command(client, plain, stream=False, output_cap=5)).run()
            assert (cut.stdout, cut.stdout_capped, cut.stderr_capped) == (b"12345", True, False)

    play(flavour, scenario)


def test_what_cannot_be_done_to_a_command_has_its_error(flavour: str, launched: Any) -> None:
    async def scenario() -> None:
        async with launched(flavour) as client:
            async with await command(client, ["sleep", "60"], process_id="p") as process:
                with pytest.raises(ProcessExistsError):
                    await (await command(client, ["true"], process_id="p")).run()
                with pytest.raises(StdinClosedError):
                    await process.write(b"x")
                with pytest.raises(ProcessTerminalError):
                    await process.resize(3, 3)
                with pytest.raises(RequestTimeoutError, match="command p did not end"):
                    await process.wait(timeout=0.1)
            with pytest.raises(ProcessNotFoundError):
                await process.write(b"x")
            async with await command(client, ["cat"], stdin=True) as reader:
                await reader.close_stdin()
                with pytest.raises((StdinClosedError, ProcessNotFoundError)):
                    await reader.write(b"x")

    play(flavour, scenario)
