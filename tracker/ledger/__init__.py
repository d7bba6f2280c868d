"""The typed face of the store: events of trials and of watching in, the same out."""
