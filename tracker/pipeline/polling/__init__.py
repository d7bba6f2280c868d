"""Polls of a living registry, leg by leg: every way by which a change can arrive."""
