"""What is wrong or missing in the published schemas of rollouts, one file each."""
