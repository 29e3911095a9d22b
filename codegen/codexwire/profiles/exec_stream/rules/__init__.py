"""Where streams of events differ from the types of the official SDK, one file each."""
