"""Measurements, each as a ratio within one run against a floor or a peer."""
