"""Test vectors: valid and invalid JSON of every type and method, with what an implementation should say."""
