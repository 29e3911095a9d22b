"""What a reader of streams of events should know of, one file each."""
