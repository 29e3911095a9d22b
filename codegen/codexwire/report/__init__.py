"""Findings to text in a format: functions over plain data."""
