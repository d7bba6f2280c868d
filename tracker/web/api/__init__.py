"""The API for programs, one module for each kind of thing."""
