"""The transcript formats, one file each, and the recordings of other things that are refused by name."""
