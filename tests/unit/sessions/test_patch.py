"""The files that the text of an `apply_patch` call names, on invented texts."""

from __future__ import annotations

import pytest

from codexwire.sessions.patch import patched_files


@pytest.mark.parametrize(
    ("path", "cwd", "whole"),
    [
        ("a.txt", "/p", "/p/a.txt"),
        ("./a.txt", "/p/", "/p/a.txt"),
        ("/q/a.txt", "/p", "/q/a.txt"),
        ("a.txt", "C:\\p", "C:\\p\\a.txt"),
        ("D:\\a.txt", "C:\\p", "D:\\a.txt"),
        ("D:/a.txt", "C:\\p", "D:/a.txt"),
        ("a.txt", None, "a.txt"),
    ],
)
def test_a_path_is_that_of_the_folder_unless_it_is_whole(
    path: str, cwd: str | None, whole: str
) -> None:
    (file,) = patched_files(f"*** Begin Patch\n*** Delete File: {path}\n*** End Patch", cwd)
    assert file.path == whole


@pytest.mark.parametrize("end", ["*** End of File\n*** End Patch", "*** End Patch", ""])
def test_where_a_change_ends(end: str) -> None:
    (file,) = patched_files(f"*** Begin Patch\n*** Update File: a\n@@\n-a\n+b\n{end}", None)
    assert file.diff == "@@\n-a\n+b"
