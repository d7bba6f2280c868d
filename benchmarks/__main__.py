"""Prints every ratio: ``python -m benchmarks``."""

from benchmarks import compare, delivering, importing, polling, questions, searching

for measured in (importing, compare, questions, searching, polling, delivering):
    measured.main()
