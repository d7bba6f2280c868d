"""The door for browsers, probes and programs: an HTTP application, and what serves it."""
