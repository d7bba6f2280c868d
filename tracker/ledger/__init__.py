"""The typed face of the store: a trial's events in, a trial's events out."""
