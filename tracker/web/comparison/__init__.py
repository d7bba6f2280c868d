"""Two contents of a record side by side, grouped as a person reads the record."""
