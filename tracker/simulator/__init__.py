"""A small registry of our own over HTTP: it behaves as ClinicalTrials.gov does, and knows what truly changed."""
