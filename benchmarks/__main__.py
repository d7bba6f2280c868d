"""Prints every ratio: ``python -m benchmarks``."""

from benchmarks import compare, importing, polling, questions

for measured in (importing, compare, questions, polling):
    measured.main()
