"""Everything that can go wrong in the store, sorted by what the caller does next.

    StoreError
    ├── InvalidInput                  tell the person: what was handed in cannot be stored
    ├── Conflict                      reload and retry: somebody else was first
    │   └── WrongExpectedVersion      ... on this stream; carries stream, expected and actual
    ├── NotFound                      there is nothing under this name
    ├── Transient                     retry after `retry_after_s`: locked, busy, connection dropped
    └── Permanent                     stop and tell the operator: full disk, damaged file, read-only
        └── Outdated                  ... that an older program made it, and nothing may be changed

Errors of the drivers never leave the package: they are translated once (`store.translation`), with the
original as `__cause__`. Every error survives pickling, so a worker process can raise it to its parent.
"""


class StoreError(Exception):
    """The root: catch it to catch whatever the store raises."""


class InvalidInput(StoreError, ValueError):
    """What was handed in cannot be stored; the message says what to hand in instead."""


class Conflict(StoreError):
    """Somebody else was first; reload and decide again."""


class WrongExpectedVersion(Conflict):
    """The stream is not where the writer believed; `expected` and `actual` are versions, from 0.

    `actual` is None for a stream that does not exist; `expected` is NO_STREAM (-1) when it must not.
    """

    def __init__(self, stream: str, expected: int, actual: int | None) -> None:
        super().__init__(stream, expected, actual)  # args rebuild the error when it is unpickled
        self.stream = stream
        self.expected = expected
        self.actual = actual

    def __str__(self) -> str:
        found = "it does not exist" if self.actual is None else f"its last version is {self.actual}"
        wanted = "not to exist" if self.expected < 0 else f"to end at version {self.expected}"
        return f"stream {self.stream!r} was expected {wanted}, but {found}; read it again and retry"


class NotFound(StoreError):
    """There is nothing stored under this name."""


class Transient(StoreError):
    """It may work next time; wait `retry_after_s` seconds first."""

    def __init__(self, message: str, *, retry_after_s: float = 1.0) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class Permanent(StoreError):
    """It will not work until somebody repairs something; the message says what."""


class Outdated(Permanent):
    """The database is of an older program, and was opened without leave to bring it up to date."""
