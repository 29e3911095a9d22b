"""The session checks, one file each."""
