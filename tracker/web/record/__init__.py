"""A trial's record as sections that a person reads, each with its last change."""
