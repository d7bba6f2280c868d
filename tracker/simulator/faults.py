"""What can go wrong between a registry and its readers, to be switched on for a while or at random.

A *plan* says what befalls one request. ``Faults.next`` schedules plans, ``Faults.at_random`` draws them from a
seed; a scheduled plan goes first. Drawing is the same for the same seed and the same order of requests.
"""

import threading
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from enum import StrEnum
from random import Random

from tracker.simulator.answers import TEXT, Answer, Page

_HTML_PAGE = b"<!DOCTYPE html><html><head><title>Please wait</title></head><body>One moment, please.</body></html>"


class Fault(StrEnum):
    """Everything that can befall a request."""

    TOO_MANY = "too_many"  # 429
    FORBIDDEN = "forbidden"  # 403
    SERVER_ERROR = "server_error"  # 500, 502, 503 or 504
    HTML = "html"  # 200, and a page for people
    MALFORMED = "malformed"  # 200, and JSON that breaks off
    CUT = "cut"  # the connection ends before Content-Length is reached
    SLOW = "slow"  # the body drips
    DROPPED = "dropped"  # the connection ends without an answer
    SKIPPED_ROW = "skipped_row"  # a row of a list page is missing
    DUPLICATED_ROW = "duplicated_row"  # a row stands in another's place
    SHUFFLED_ROWS = "shuffled_rows"
    WRONG_TOTAL = "wrong_total"


OF_PAGES = frozenset({Fault.SKIPPED_ROW, Fault.DUPLICATED_ROW, Fault.SHUFFLED_ROWS, Fault.WRONG_TOTAL})


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What befalls one request.

    ``status`` is for SERVER_ERROR. ``retry_after``, for 403, 429 and 5xx, is the header as sent: seconds, or a
    date as HTTP writes it. ``pause_s`` is the wait between two pieces of a slow body. ``path``: only requests whose
    path ends so; faults of pages befall list pages only.
    """

    fault: Fault
    status: int = 503
    retry_after: str | None = None
    pause_s: float = 0.01
    path: str = ""

    def fits(self, path: str, answer: Answer) -> bool:
        """Whether this can befall a request for ``path`` that would be answered so."""
        if not path.endswith(self.path):
            return False
        if self.fault is Fault.WRONG_TOTAL:
            return answer.page is not None and answer.page.total is not None
        if self.fault in OF_PAGES:
            return answer.page is not None and len(answer.page.rows) > 1
        return True


class Faults:
    """Which plan befalls the next request."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._scheduled: deque[Plan] = deque()
        self._rate = 0.0
        self._kinds: Sequence[Fault] = tuple(Fault)
        self._random = Random(0)

    def next(self, fault: Fault, *, count: int = 1, plan: Plan | None = None) -> None:
        """Let ``fault`` befall the next ``count`` requests that it can befall; ``plan`` says how."""
        with self._lock:
            self._scheduled.extend([replace(plan or Plan(fault=fault), fault=fault)] * count)

    def at_random(self, rate: float, *, seed: int, kinds: Sequence[Fault] = tuple(Fault)) -> None:
        """From now on let one of ``kinds`` befall that share of the requests."""
        with self._lock:
            self._rate, self._kinds, self._random = rate, tuple(kinds), Random(seed)

    def stop(self) -> None:
        """From now on nothing goes wrong."""
        with self._lock:
            self._scheduled.clear()
            self._rate = 0.0

    def plan_for(self, path: str, answer: Answer) -> Plan | None:
        """What befalls this request; None for nothing."""
        with self._lock:
            for plan in self._scheduled:
                if plan.fits(path, answer):
                    self._scheduled.remove(plan)
                    return plan
            if not self._rate or self._random.random() >= self._rate:
                return None
            drawn = _drawn(self._random.choice(self._kinds), self._random)
            return drawn if drawn.fits(path, answer) else None

    def spoil(self, answer: Answer, plan: Plan) -> Answer:
        """The answer that is sent instead; how it is sent (cut, slow, dropped) is the server's part."""
        with self._lock:
            return _spoiled(answer, plan, self._random)


def retry_after_date(seconds: float) -> str:
    """``seconds`` from now as a date for Retry-After."""
    return format_datetime(datetime.now(UTC) + timedelta(seconds=seconds), usegmt=True)


def _drawn(fault: Fault, random: Random) -> Plan:
    """A plan that costs a test no time: waits of nothing, drips of a millisecond."""
    return Plan(
        fault=fault,
        status=random.choice((500, 502, 503, 504)),
        retry_after=random.choice((None, "0", retry_after_date(0))),
        pause_s=0.001,
    )


def _spoiled(answer: Answer, plan: Plan, random: Random) -> Answer:
    headers = (("Retry-After", plan.retry_after),) if plan.retry_after is not None else ()
    match plan.fault:
        case Fault.TOO_MANY:
            return Answer(status=429, body=b"Too many requests", content_type=TEXT, headers=headers)
        case Fault.FORBIDDEN:
            return Answer(status=403, body=b"Forbidden", content_type=TEXT, headers=headers)
        case Fault.SERVER_ERROR:
            return Answer(status=plan.status, body=b"upstream error", content_type=TEXT, headers=headers)
        case Fault.HTML:
            return Answer(body=_HTML_PAGE, content_type="text/html; charset=UTF-8")
        case Fault.MALFORMED:
            body = answer.sent()
            return Answer(status=answer.status, body=body[: len(body) * 2 // 3] or b"{")
    if answer.page is None or plan.fault not in OF_PAGES:
        return answer
    return answer.with_page(_spoiled_page(answer.page, plan.fault, random))


def _spoiled_page(page: Page, fault: Fault, random: Random) -> Page:
    rows = list(page.rows)
    match fault:
        case Fault.WRONG_TOTAL:
            return replace(page, total=(page.total or 0) + random.choice((-1, 1, 17)))
        case Fault.SKIPPED_ROW:
            del rows[random.randrange(len(rows))]
        case Fault.DUPLICATED_ROW:
            stays, goes = random.sample(range(len(rows)), 2)
            rows[goes] = rows[stays]
        case _:
            random.shuffle(rows)
    return replace(page, rows=rows)
