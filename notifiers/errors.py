"""Errors of the notifiers, sorted by what the caller does next.

::

    NotifierError
    ├── InvalidInput     tell the person what was expected; nothing was done
    │   └── Forbidden    ... since the host is, or resolves to, an address that nobody outside may make us ask
    └── Unresolved       the name leads nowhere just now: a later try may find it

What goes wrong in a delivery is no error but an `Outcome`: these leave the parsing of addresses, networks, secrets
and tokens, and the guard.
"""


class NotifierError(Exception):
    """Root of what the package raises on purpose; its text is fit to be shown to a person."""


class InvalidInput(NotifierError):
    """What was given cannot be used; the text says what was expected."""


class Forbidden(InvalidInput):
    """The host is, or resolves to, an address of a special network that was not opened."""


class Unresolved(NotifierError):
    """The name does not resolve just now."""
