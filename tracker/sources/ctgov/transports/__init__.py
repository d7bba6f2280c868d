"""The adapters of ``tracker/sources/ctgov/transport.py``, each over one HTTP library."""
