"""What a reader of rollouts should know of, one file each."""
