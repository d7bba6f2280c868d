"""The life of a trial as its record told it: status, plans and how they moved, enrollment, results, updates."""
