"""Errors of the tracker, sorted by what the caller does next.

::

    TrackerError
    ├── InvalidInput    tell the person what was expected; nothing was done
    ├── NotFound        the thing asked for is not held; say what is near
    ├── Conflict        somebody else was quicker: reload and retry
    └── Permanent       stop and tell the operator; a retry cannot help

Messages name the trial, the file or the option and say what to do. Errors of third parties are translated
into these once, at the adapter that meets them.
"""


class TrackerError(Exception):
    """Root of what trialog raises on purpose; its text is fit to be shown to a person."""


class InvalidInput(TrackerError):
    """What was given cannot be used; the text says what was expected."""


class NotFound(TrackerError):
    """What was asked for is not held."""


class Conflict(TrackerError):
    """The state moved between reading and writing; the caller reloads and retries."""


class Permanent(TrackerError):
    """Going on would do harm; the caller stops and tells the operator."""
