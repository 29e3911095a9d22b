"""Addresses on any file system of fsspec."""

from __future__ import annotations

import logging

from fsspec import AbstractFileSystem
from fsspec.core import url_to_fs

from codexwire.archive.masking import has_user, masked, reason
from codexwire.errors import UsageError

__all__ = ["file_system", "is_s3", "not_tried", "storage_of"]

for _name in ("aiobotocore", "azure", "botocore", "google"):
    # What matters is raised. These quote what a program that gives credentials has printed.
    logging.getLogger(_name).setLevel(logging.CRITICAL)


def file_system(source: str) -> tuple[AbstractFileSystem, str]:
    """Return the file system of an address, and what the address is called there.

    Credentials are those of the file system's own configuration. UsageError for an address that holds
    some, for a chain of file systems, and for one that is not known or lacks a package.
    """
    if has_user(source):
        raise UsageError(
            "an address with credentials in it ends in tables and logs",
            hint="put them into the configuration of fsspec or of the file system",
        )
    if "::" in source:
        raise UsageError(f"{masked(source)!r} is a chain of file systems", hint="unpack it first")
    try:
        fs, name = url_to_fs(source, use_listings_cache=False)
    except (ImportError, ValueError) as error:
        raise UsageError(f"{masked(source)!r} cannot be opened: {reason(error)}") from None
    return fs, name


def is_s3(fs: AbstractFileSystem) -> bool:
    """Whether a file system is that of s3fs, which takes requests of S3."""
    return hasattr(fs, "call_s3")


def storage_of(address: str) -> str:
    """Return the bucket or host of an address, as the start of an address."""
    protocol, _, name = address.partition("://")
    return f"{protocol}://{name.partition('/')[0]}"


def not_tried(storage: str) -> str:
    """Return why a file of a bucket or host was left out that was given up."""
    return f"not tried, as {storage} does not answer"
