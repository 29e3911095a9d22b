"""A file that cannot be read, or not to its end."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
import zstandard

from codexwire.errors import TranscriptError
from codexwire.transcript.source import OpenRecording

LINES = b"".join(b'{"number": %d}\n' % number for number in range(50_000))
GZIP = gzip.compress(LINES)
ZSTD = zstandard.ZstdCompressor(write_checksum=True).compress(LINES)


def told(path: Path) -> str:
    """What is said of a file that is read as far as it goes."""
    try:
        with OpenRecording(str(path)) as source:
            read = b"".join(text for _, text in source.lines())
    except TranscriptError as error:
        return str(error)
    assert read.startswith(LINES[:1000])
    return str(source.damage)


def middle_inverted(packed: bytes) -> bytes:
    at = len(packed) // 2
    return packed[:at] + bytes(byte ^ 0xFF for byte in packed[at : at + 64]) + packed[at + 64 :]


@pytest.mark.parametrize("packed", [GZIP[:-9], middle_inverted(GZIP), middle_inverted(ZSTD)])
def test_what_is_damaged_is_read_as_far_as_it_goes(packed: bytes, tmp_path: Path) -> None:
    path = tmp_path / "packed"
    path.write_bytes(packed)
    assert "the compressed data is damaged or cut short" in told(path)


def test_what_is_no_file_is_said(tmp_path: Path) -> None:
    assert "cannot read the recording: Is a directory" in told(tmp_path)
    assert "cannot read the recording: No such file" in told(tmp_path / "nowhere")
