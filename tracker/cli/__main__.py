"""Lets ``python -m tracker.cli`` do what ``trialog`` does."""

from tracker.cli.entry import main

if __name__ == "__main__":
    main()
