"""Saved sessions and recordings read into one neutral view: threads, turns, items."""
