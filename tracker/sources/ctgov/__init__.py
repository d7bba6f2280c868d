"""ClinicalTrials.gov over its web interfaces: the adapter of ``tracker/registry.py``."""
