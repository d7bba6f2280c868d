"""Polls of a living registry."""
