"""What an HTTP status means for a delivery: a pure table, for every channel that ends in HTTP."""

from http import HTTPStatus

from notifiers.notifier import OutcomeKind

_ENDPOINT = frozenset({HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_MANY_REQUESTS})


def kind_of(status: int) -> OutcomeKind:
    """2xx was taken; 410 is gone; 408, 429, 5xx are the endpoint's failure; all else (3xx, 4xx) the message's."""
    if 200 <= status <= 299:
        return OutcomeKind.SENT
    if status == HTTPStatus.GONE:
        return OutcomeKind.ADDRESS_GONE
    if status in _ENDPOINT or status >= 500:
        return OutcomeKind.ENDPOINT_FAILED
    return OutcomeKind.MESSAGE_FAILED


def reason_of(status: int) -> str:
    """One line for people: ``answered 429 Too Many Requests``; empty for 2xx."""
    if 200 <= status <= 299:
        return ""
    try:
        phrase = f" {HTTPStatus(status).phrase}"
    except ValueError:
        phrase = ""
    redirect = ", a redirect, which is not followed" if 300 <= status <= 399 else ""
    return f"answered {status}{phrase}{redirect}"
