"""Prints every ratio: ``python -m benchmarks``."""

from benchmarks import compare, importing, questions

for measured in (importing, compare, questions):
    measured.main()
