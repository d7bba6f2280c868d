"""Prints every ratio: ``python -m benchmarks``."""

from benchmarks import compare, delivering, importing, pages, polling, questions, searching

for measured in (importing, compare, questions, searching, pages, polling, delivering):
    measured.main()
