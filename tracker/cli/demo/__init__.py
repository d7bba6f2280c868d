"""The demonstration: a story, the registry that it happens to, and the real daemon that tells of it."""
