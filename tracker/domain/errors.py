"""Errors of the tracker, sorted by what the caller does next.

::

    TrackerError
    ├── InvalidInput    tell the person what was expected; nothing was done
    │   ├── Mismatch    ... of parts that are each right and do not go together, or with what is held
    │   └── Refused     ... says the registry, whose words it carries
    ├── NotFound        the thing asked for is not held; say what is near
    ├── Conflict        somebody else was quicker: reload and retry
    ├── Transient       it may work later: leave things as they are and try again after retry_after_s
    ├── Permanent       stop and tell the operator; a retry cannot help
    │   └── Blocked     ... since the registry lets this client in no more; says nothing about any trial
    └── Stopped         a person asked to stop, and a wait was broken off for it

Messages name the trial, the file or the option and say what to do. Errors of third parties are translated
into these once, at the adapter that meets them.
"""

BLOCKS = "the registry blocks this client"
"""How the text of Blocked begins, by which it is known where only the text is kept."""


class TrackerError(Exception):
    """Root of what trialog raises on purpose; its text is fit to be shown to a person."""


class InvalidInput(TrackerError):
    """What was given cannot be used; the text says what was expected, ``part`` of what, where that has a name."""

    def __init__(self, message: str, *, part: str | None = None) -> None:
        super().__init__(message)
        self.part = part


class Mismatch(InvalidInput):
    """Each part can be used, but not with another part, or not with what is held."""


class NotFound(TrackerError):
    """What was asked for is not held."""


class Conflict(TrackerError):
    """The state moved between reading and writing; the caller reloads and retries."""


class Permanent(TrackerError):
    """Going on would do harm; the caller stops and tells the operator."""


class Refused(InvalidInput):
    """The registry refused a question as wrong; ``parameter`` is the one it names, ``said`` its own words."""

    def __init__(self, message: str, *, parameter: str | None = None, said: str = "") -> None:
        super().__init__(message)
        self.parameter = parameter
        self.said = said


class Transient(TrackerError):
    """It may work next time; wait ``retry_after_s`` seconds first."""

    def __init__(self, message: str, *, retry_after_s: float = 60.0) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class Blocked(Permanent):
    """The registry refuses this client, whatever it asks for."""


class Stopped(TrackerError):
    """A person asked to stop while something was waited for."""
