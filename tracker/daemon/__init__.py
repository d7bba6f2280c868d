"""The daemon: everything that has to happen, when it has to happen, for months."""
