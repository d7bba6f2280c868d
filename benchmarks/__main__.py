"""Prints every ratio: ``python -m benchmarks``."""

from benchmarks import compare, delivering, importing, polling, questions

for measured in (importing, compare, questions, polling, delivering):
    measured.main()
