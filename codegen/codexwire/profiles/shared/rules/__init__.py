"""Normalization rules that hold for every protocol, one a file."""
