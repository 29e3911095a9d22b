"""The protocol model that every other part works on."""
