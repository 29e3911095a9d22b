"""No emitted file has a name that some system cannot have; Python knows those of Windows."""

from __future__ import annotations

from pathlib import PureWindowsPath

import pytest

from codexwire.emit.file_names import check_files
from codexwire.errors import EmitError

DEVICES = ["con", "prn", "aux", "nul", "conin$", "conout$"]
PORTS = [f"{port}{number}" for port in ("com", "lpt") for number in "123456789¹²³"]
FREE = ["console", "com", "com10", "lpt٣", "auxiliary", "a.nul", "nuls"]
NAMES = [name for base in (*DEVICES, *PORTS, *FREE) for name in (base, base.title(), f"{base} .go")]


def refused(name: str) -> bool:
    try:
        check_files({f"folder/{name}": b""}, taken="manifest.json")
    except EmitError:
        return True
    return False


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_the_name_of_a_device_is_no_file_name() -> None:
    reserved = {name: PureWindowsPath(name).is_reserved() for name in NAMES}
    assert {name: refused(name) for name in NAMES} == reserved
    assert 0 < sum(reserved.values()) < len(NAMES)


@pytest.mark.parametrize("letter", [*'<>:"|?*\\', *map(chr, range(32)), "\x7f"], ids=ascii)
def test_a_character_that_some_system_refuses_is_in_no_name(letter: str) -> None:
    with pytest.raises(EmitError):
        check_files({f"a{letter}b": b""}, taken="manifest.json")


@pytest.mark.parametrize("end", [".", " "])
def test_a_name_does_not_end_in_what_windows_leaves_out(end: str) -> None:
    assert refused(f"a{end}")
    assert not refused(f"a{end}b")
