"""The normalized protocol becomes files in memory, and then a package on disk."""
