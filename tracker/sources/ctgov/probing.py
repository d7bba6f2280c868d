"""One request to the registry, and no more, to see whether it can be asked at all.

It promises a single question without a retry or a wait, unlike a poll's: whoever probes wants to know how things stand.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from tracker.domain.errors import Blocked, Permanent, Transient
from tracker.registry import Release
from tracker.setting_groups import CtgovSettings
from tracker.sources.ctgov.addresses import address
from tracker.sources.ctgov.answers import release_of
from tracker.sources.ctgov.courtesy import FORBIDDEN, Unusable
from tracker.sources.ctgov.live import API
from tracker.sources.ctgov.opening import make_transport, request_headers
from tracker.sources.ctgov.transport import Request, Response, TransportFailure

LONGEST_S = 10.0  # without a byte


@dataclass(frozen=True, slots=True, kw_only=True)
class Probed:
    """What the registry answered. ``ahead``: how far its Date is ahead of ours, None where it told none.

    A Date has whole seconds, and was told at some moment between question and answer, so ``ahead`` is about that much
    off.
    """

    release: Release
    ahead: timedelta | None
    took: timedelta


def probe(settings: CtgovSettings, *, now: Callable[[], datetime]) -> Probed:
    """Ask for the release, once. ``now`` is the machine's clock. Raises Blocked, Permanent, Transient, InvalidInput."""
    headers = request_headers(contact=settings.contact, user_agent=settings.user_agent)
    timeout_s = min(settings.timeout_s, LONGEST_S)
    transport = make_transport(settings.transport, timeout_s=timeout_s, through_proxy=not settings.is_on_loopback)
    url = address(settings.base_url, f"{API}/version")
    try:
        asked_at = now()
        answer = transport.send(Request(url=url, headers=headers))
        answered_at = now()
        release = _release(answer)
    except TransportFailure as err:
        raise Transient(f"the registry at {settings.base_url} gave no answer: {err}") from err
    except Unusable as err:
        raise Permanent(f"what answers at {settings.base_url} is not the registry: {err}") from err
    finally:
        transport.close()
    dated = date_of(answer.headers.get("date", ""))
    middle = asked_at + (answered_at - asked_at) / 2
    return Probed(release=release, ahead=None if dated is None else dated - middle, took=answered_at - asked_at)


def _release(answer: Response) -> Release:
    if answer.status == FORBIDDEN:
        raise Blocked("the registry blocks this client: it answered 403; this says nothing about any trial")
    if answer.status >= 500 or answer.status == 429:
        raise Transient(f"the registry takes no questions just now: it answered {answer.status}")
    return release_of(answer)


def date_of(header: str) -> datetime | None:
    """The instant that a Date header tells (RFC 9110, 6.6.1), in UTC; None where it tells none."""
    try:
        dated = parsedate_to_datetime(header)
    except (ValueError, TypeError, OverflowError):
        return None
    return dated.replace(tzinfo=dated.tzinfo or UTC)
