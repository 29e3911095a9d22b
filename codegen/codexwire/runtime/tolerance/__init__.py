"""What peers of other versions write differently, and how to read it: one rule, one file."""
