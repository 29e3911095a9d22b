"""Two protocols compared: what changed, and which of the two upgrades it breaks."""
